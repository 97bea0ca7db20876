"""The command line: `gijido …`, one module for each command."""
