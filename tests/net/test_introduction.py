"""Who Herald says that it is."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message

import pytest

from bot import __version__
from bot.net import introduction as module
from bot.net.introduction import introduction, project_url


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """The package names these addresses."""
    facts = Message()
    for url in request.param:
        facts["Project-URL"] = url
    monkeypatch.setattr(module, "metadata", lambda _: facts)
    project_url.cache_clear()
    yield
    project_url.cache_clear()


@pytest.mark.parametrize(
    ("packaged", "user_agent", "contact", "said"),
    [
        ([], "", "", f"Herald/{__version__}"),
        ([], "", "ada@feeds.example", f"Herald/{__version__} (+ada@feeds.example)"),
        (["Homepage, https://herald.example"], "", "", f"Herald/{__version__} (+https://herald.example)"),
        (["Homepage, https://herald.example"], "", "https://me.example", f"Herald/{__version__} (+https://me.example)"),
        ([], "Mine/1", "https://me.example", "Mine/1"),
    ],
    indirect=["packaged"],
)
@pytest.mark.usefixtures("packaged")
def test_it_names_whom_to_write_to_and_guesses_nobody(user_agent: str, contact: str, said: str) -> None:
    assert introduction(user_agent, contact) == said
