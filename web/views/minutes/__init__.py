"""The screens after the sitting, and what citizens read."""
