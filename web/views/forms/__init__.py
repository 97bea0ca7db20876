"""Screens of the record in its forms: files, templates, and the Word file that comes back."""
