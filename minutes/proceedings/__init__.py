"""Proposes from what was said what happened in the sitting and what became of its items."""
