"""Argv in, exit status out; one module a command, imported only when it is called."""
