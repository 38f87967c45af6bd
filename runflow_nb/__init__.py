"""Runflow pictures in Jupyter: paid once, never lost, shown anywhere."""
