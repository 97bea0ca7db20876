"""発言者確認: who spoke checks their own words, with the sound, until a date; the secretary decides
about what they propose.
"""
