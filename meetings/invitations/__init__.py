"""Who is asked to come, and how they are told: rosters, guests, notices, mail."""
