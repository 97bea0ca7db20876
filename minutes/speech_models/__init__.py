"""The speech models: which there are, whether they are sound, which tokens they know."""
