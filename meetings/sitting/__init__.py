"""The meeting while it sits: presenting, who came, and whether the seats are connected."""
