"""How can the audit be read, and proved to be whole? Its chain, signed checkpoints, archives of the
oldest lines, its list with filters, and what goes to the city's log collector."""
