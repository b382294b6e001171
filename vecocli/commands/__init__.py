"""One file a command: flags -> config -> one library call -> show; nothing else."""
