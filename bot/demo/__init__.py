"""`herald demo`: a sandbox, a feed site, and the real bot between them, with nothing to install and no network."""
