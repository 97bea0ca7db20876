"""What comes after the sitting: recordings, transcription, correction, the official minutes."""
