"""Recordings (録音): how they come in, and where they begin on the clock of a meeting."""
