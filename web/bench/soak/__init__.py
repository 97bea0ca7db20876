"""`gijido bench soak`: people work on while the server and its worker are killed, frozen and locked
out, again and again; afterwards everything that was acknowledged must be there, once."""
