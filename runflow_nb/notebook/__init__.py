"""IPython's side: magics, options, prompts, showing, which notebook this is."""
