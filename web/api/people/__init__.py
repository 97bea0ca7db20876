"""The API of accounts and tokens."""
