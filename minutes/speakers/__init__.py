"""The speakers of a transcript: stores the voices that diarisation found, suggests names for them
by voiceprint, and lets people name them.
"""
