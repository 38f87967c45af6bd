"""The subcommands of `%runflow`: one module each, with `run(arguments)`."""
