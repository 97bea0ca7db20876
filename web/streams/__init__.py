"""Native ASGI beside the Flask application: live events, and pieces of uploads."""
