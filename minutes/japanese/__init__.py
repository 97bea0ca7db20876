"""Japanese text itself, by MeCab: readings, sounds, inflection, words. No database here."""
