"""The people who are invited, and how they are told: rosters, guests, notices, mail."""
