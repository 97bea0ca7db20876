"""Sound files: looked into, brought to one form, read, mixed, drawn, mended. No database here."""
