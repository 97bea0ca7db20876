"""What of the minutes citizens do not get: closed passages, and the public copy without them."""
