"""Laws are tried without a time limit for each example: on a busy machine that would say nothing about the code."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("render", deadline=None)
settings.load_profile("render")
