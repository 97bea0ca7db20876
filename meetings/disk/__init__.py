"""Everything about the disk: the home, files by their hash, whether they are whole, upgrades."""
