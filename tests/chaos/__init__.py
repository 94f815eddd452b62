"""Chaos: the real bot in real processes, hurt at random for minutes, and an independent judge of what arrived.

    make chaos ARGS="--seconds 600 --seed 7"

`stage` is the world it lives in, `trouble` what is done to it, `checker` the judge, `report` the table at the end.
"""
