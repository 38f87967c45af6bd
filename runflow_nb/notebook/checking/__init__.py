"""Whether a saved notebook, with what it shows, is what the records say, and fit to be handed on. Rules of one finding
each, what reads for them, and the few things that can safely be put right."""
