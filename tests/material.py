"""Where the shared test material lies: real feeds and Discord's API description, beside the checkout.

Other people's texts are not in this repository. Where the material is absent, the tests that need it skip and say so.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("HERALD_TEST_MATERIAL", Path(__file__).resolve().parents[2] / "shared"))
SEED = SHARED / "feeds" / "seed" / "scmp-semiconductors.xml"
OPEN_FEEDS = SHARED / "feeds" / "open"
OPENAPI = SHARED / "discord-openapi.json"


def needs(path: Path) -> pytest.MarkDecorator:
    """Skips, naming what is missing, unless `path` is there."""
    return pytest.mark.skipif(not path.exists(), reason=f"test material is absent: {path}")
