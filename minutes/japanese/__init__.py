"""Analysis of Japanese text with MeCab: readings, sounds, inflection, words. Nothing here uses the
database.
"""
