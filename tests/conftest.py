"""For all tests: laws are checked with the same examples in each run, at whatever speed the machine has.

`HYPOTHESIS_PROFILE=search make unit` looks for new ones.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
