"""Telling voices apart: from samples to numbered voices, without names and database."""
