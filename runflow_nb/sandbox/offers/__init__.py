"""The models that the sandbox offers: what each takes, what it bills, and how its runs are made."""
