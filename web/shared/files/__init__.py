"""Files that go out: their names, their heads, and who makes them."""
