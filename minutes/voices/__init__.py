"""Speaker diarisation: finds the voices in a recording and numbers them, without names and without
the database.
"""
