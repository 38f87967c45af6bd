"""One module a group of addresses; `app.py` holds the table."""
