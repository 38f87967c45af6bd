"""What is kept: the journal as truth, an index that may vanish, originals and previews by hash."""
