"""Faults on demand: a plan says which requests go wrong, and how. `words` is the language, `apply` what comes of it."""
