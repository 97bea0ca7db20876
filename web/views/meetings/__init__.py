"""The screens before and during the sitting."""
