"""`%runflow`: its subcommands, what each takes, and a module for each."""
