"""The way to an approval: whose turn it is, who may decide, who is reminded."""
