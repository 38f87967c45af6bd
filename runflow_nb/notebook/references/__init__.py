"""What a word means: a run, a picture."""
