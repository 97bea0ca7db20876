"""Makes the official style (整文) of the faithful text (逐語); every difference names its rule."""
