"""Accounts that other systems of the city keep: its directory, its single sign-on, a proxy."""
