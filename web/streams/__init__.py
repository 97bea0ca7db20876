"""Native ASGI in front of the Flask application: live events, and pieces of uploads."""
