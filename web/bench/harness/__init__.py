"""What the measurements share: a real server, browsers, many terminals, curves."""
