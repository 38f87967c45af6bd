"""Tab completion of the magics: what could stand at the cursor, from specs, notebook, store and disk."""
