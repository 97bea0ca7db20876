"""The API for what happens before and during a meeting."""
