"""Which agenda item the talk belongs to: from what was shown, and from what was said."""
