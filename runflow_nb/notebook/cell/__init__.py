"""The text of a cell: options, prompt and templates, read, written and rewritten."""
