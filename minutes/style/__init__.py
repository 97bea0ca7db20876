"""From the faithful text (逐語) to the official style (整文), every difference with its rule."""
