"""How a request becomes a finished run: look up, reserve, write ahead, create, wait, collect, record."""
