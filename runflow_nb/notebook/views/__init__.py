"""What is shown, as display bundles and plain text, made from records and specs. Nothing is published here."""
