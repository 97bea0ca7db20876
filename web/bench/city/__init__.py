"""A large city after years of work, made for measuring."""
