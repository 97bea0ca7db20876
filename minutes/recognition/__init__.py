"""Speech recognition: sound files and samples in, timed text out. Nothing here uses the
database.
"""
