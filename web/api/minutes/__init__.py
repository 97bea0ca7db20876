"""The API for what happens after a meeting, and for what citizens read."""
