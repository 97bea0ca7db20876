"""Backups: everything of the home, encrypted, in a folder elsewhere; and back from there."""
