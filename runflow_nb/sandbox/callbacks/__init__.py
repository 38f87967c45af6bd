"""Callbacks as the model pages tell of them: a POST to a run's `callback_url` when it has ended."""
