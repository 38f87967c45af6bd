"""The records of runs in saved notebooks: read without a store, and brought into one. Whatever stands there is judged,
never trusted: a notebook is anybody's word."""
