"""Tables, and what is true of one row. No files, no network, no Flask."""
