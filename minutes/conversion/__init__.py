"""Kana to kanji: the reading of a heard text over the dictionary of an input method. Another
spelling of the same sounds that makes better Japanese is a candidate. No database here."""
