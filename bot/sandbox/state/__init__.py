"""The sandbox's Discord as it is now, and every change to it."""
