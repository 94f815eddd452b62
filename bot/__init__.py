"""Herald: watches feeds and tells Discord. `CONTRIBUTING.md` has a tour of the house."""

__version__ = "0.1.0"
