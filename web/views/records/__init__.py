"""Screens of the official record: what proves that it is the approved one, and who checks it."""
