"""The API after the sitting, and what citizens read."""
