"""The parts of the page that shows a packed notebook without Jupyter."""
