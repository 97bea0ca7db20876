"""The screens for what happens before and during a meeting."""
