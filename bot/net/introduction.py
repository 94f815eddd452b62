"""How Herald introduces itself to the servers that it asks, so that their people know whom to write to."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

from bot import __version__

PACKAGE = "herald"


def introduction(user_agent: str, contact: str) -> str:
    """The User-Agent: as set, else this version with the contact, else with where the project says that it lives."""
    if user_agent:
        return user_agent
    where = contact or project_url()
    return f"Herald/{__version__} (+{where})" if where else f"Herald/{__version__}"


@cache
def project_url() -> str:
    """The first of the package's own addresses; "" if it names none, or is not installed."""
    try:
        named = metadata(PACKAGE).get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    # Core metadata: "Homepage, https://..."
    return next((url.strip() for _, _, url in (one.partition(",") for one in named)), "")
