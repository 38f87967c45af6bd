"""Files that no picture library writes: moving pictures and sound, with the standard library alone."""
