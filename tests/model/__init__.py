"""A model of everything around the outbox, in memory and in virtual time, with hypothesis choosing what happens.

The Store (a real SQLite file), the Poller, the Deliverer, reading and rendering are the real ones. Discord, the
publishers, the wall clock and the electricity are models. Nothing here opens a socket or waits.
"""
