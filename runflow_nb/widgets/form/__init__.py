"""The form for a model, made from its spec."""
