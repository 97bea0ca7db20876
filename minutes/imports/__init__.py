"""Transcripts that were made elsewhere (取り込み): reading the files, placing their text on the
recording by their times or by the sound."""
