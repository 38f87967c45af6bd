"""The studio: a form that makes pictures, its cards, and what of it stays in the notebook."""
