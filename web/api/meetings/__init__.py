"""The API before and during the sitting."""
