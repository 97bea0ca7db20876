"""After the sitting: recordings, transcription, correction, the official minutes."""
