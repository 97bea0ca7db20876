"""Commands about what a meeting leaves: its record, its archive, and how long it is kept."""
