"""`gijido user …`: people, their passwords and their roles, one by one and as lists."""
