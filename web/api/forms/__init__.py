"""The record in its forms: files to save, templates, and the Word file that comes back."""
