"""The worker process and the steps of its work."""
