"""A channel drawn in a terminal."""
