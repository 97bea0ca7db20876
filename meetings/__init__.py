"""The domain before and during a meeting: agenda, documents, invitations, and who may see what."""
