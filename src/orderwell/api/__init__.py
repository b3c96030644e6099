"""The programming interface `/api/v1`: JSON in, one call of a domain, JSON out."""
