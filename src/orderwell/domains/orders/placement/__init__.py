"""The steps of `services/place.py`, one module each, in the order they run."""
