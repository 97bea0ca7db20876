"""The speech models: which there are, whether their files are usable, which tokens they have."""
