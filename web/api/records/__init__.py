"""The API of the official record: its digest, what proves that it is the approved one, who checks
it."""
