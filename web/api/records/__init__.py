"""The API of the official record: its digest."""
