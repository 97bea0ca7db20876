"""Before and during the sitting: agenda, documents, invitations, and who may see what."""
