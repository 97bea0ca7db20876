"""The sitting itself: presenting, who came, and whether the seats are connected."""
