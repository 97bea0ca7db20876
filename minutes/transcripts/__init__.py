"""The transcript (逐語録): correcting, splitting, joining, counting and exporting it."""
