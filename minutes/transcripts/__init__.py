"""The transcript (逐語録): correcting, cutting, counting and exporting it."""
