"""Read the files of a session: a module for each kind; all faults of a file at once, with line and column."""
