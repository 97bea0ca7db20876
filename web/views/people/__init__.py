"""The screens of accounts, sign-in and administration."""
