"""What Herald remembers: the one Store over SQLAlchemy Core. The only part that holds SQL."""
