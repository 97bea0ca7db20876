"""Imports transcripts that were made elsewhere (取り込み): reads the files and places their text on
the recording, by their times or by the sound.
"""
