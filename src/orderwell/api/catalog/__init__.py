"""Products and what surrounds them."""
