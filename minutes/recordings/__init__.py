"""Recordings (録音): receives them, and places them on the clock of their meeting."""
