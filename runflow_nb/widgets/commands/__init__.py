"""The widgets as subcommands of `%runflow`."""
