"""People, their sign-ins and passwords."""
