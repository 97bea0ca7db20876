"""Assigns the segments of a transcript to agenda items, by what was shown and by what was said."""
