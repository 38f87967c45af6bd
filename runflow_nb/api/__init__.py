"""The Runflow HTTP API: typed, async, tolerant of every shape its pages show; knows nothing of notebooks."""
