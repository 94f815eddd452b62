"""What is encrypted on the disk: opened by its own key alone, and nowhere to be read without it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FetchError, SetupError
from bot.model import Access, Login
from bot.store.store import Store
from bot.store.vault import KeyVault
from bot.work.private import add_private
from tests.keys import KEY, OTHER_KEY, VAULT
from tests.store.scene import HOUR, NOW, Scene, a_commit, an_entry

ACCESS = Access(url="https://feeds.example/s3cret-path?token=t0ken", login=Login(header="X-Api-Key", value="p4ssword"))
SECRETS = (b"s3cret-path", b"t0ken", b"p4ssword", b"X-Api-Key", b"cDRzc3dvcmQ")

logins = st.none() | st.builds(Login, header=st.text(), value=st.text())


@given(st.builds(Access, url=st.text(), login=logins))
def test_what_is_sealed_opens_again(access: Access) -> None:
    assert VAULT.open(VAULT.seal(access), name="") == access


def test_another_key_does_not_open_it_and_says_why() -> None:
    with pytest.raises(FetchError, match="another key") as told:
        KeyVault([OTHER_KEY]).open(VAULT.seal(ACCESS), name="https://feeds.example/#1")
    assert told.value.url == "https://feeds.example/#1"


def test_of_several_keys_the_first_encrypts_and_all_decrypt() -> None:
    both = KeyVault([OTHER_KEY, KEY])
    assert both.open(VAULT.seal(ACCESS), name="") == ACCESS
    assert KeyVault([OTHER_KEY]).open(both.seal(ACCESS), name="") == ACCESS


@pytest.mark.parametrize("key", ["", "hunter2", "sesame" * 20, base64.b64encode(b"x" * 16).decode(), "ä"])
def test_what_is_no_key_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(SetupError) as told:
        KeyVault([key])
    assert not key or key not in " ".join((told.value.problem, *told.value.advice))
    assert "openssl rand -base64 32" in told.value.advice[0]


def test_a_mark_is_of_one_guild_and_one_address() -> None:
    marks = {VAULT.mark(guild, url) for guild in (1, 2) for url in ("https://a.example/", "https://b.example/")}
    assert len(marks) == 4
    assert VAULT.mark(1, "https://a.example/") in marks


def test_no_record_shows_what_is_secret() -> None:
    assert "t0ken" not in repr(ACCESS)
    assert "p4ssword" not in repr(ACCESS)


async def _private(store: Store, guild_id: int = 1, access: Access = ACCESS) -> int:
    facts = a_commit(0).facts
    echo = a_commit(0, [an_entry(1)])
    made = await add_private(store, VAULT, guild_id, access, facts=facts, now=NOW, commit=echo)
    return made.id


async def test_no_byte_of_the_database_gives_away_a_login_or_an_address_that_is_a_key(
    scene: Scene, url: str, tmp_path: Path
) -> None:
    first = await _private(scene.store)
    feed = await scene.store.feed_by_url("https://feeds.example/s3cret-path?token=t0ken")
    assert feed is None, "it is not to be found by its address"
    (sealed,) = await scene.store.sealed_feeds()
    assert VAULT.open(sealed, name="") == ACCESS
    await scene.store.reseal_feed(1, first, VAULT.seal(ACCESS), NOW + HOUR)
    for file in tmp_path.rglob("*"):
        held = file.read_bytes() if file.is_file() else b""
        assert not [secret for secret in SECRETS if secret in held], file


async def test_guilds_that_follow_the_same_address_privately_share_nothing(scene: Scene) -> None:
    mine, yours = await _private(scene.store, 1), await _private(scene.store, 2)
    public = await scene.feed(ACCESS.url)
    assert len({mine, yours, public.id}) == 3
    assert await _private(scene.store, 1) == mine
    assert (public.owner_guild_id, public.sealed) == (None, None)
    assert not await scene.store.reseal_feed(2, mine, b"theirs", NOW), "another guild's login changes nothing"


async def test_a_public_feed_that_moves_is_not_united_with_a_private_one(scene: Scene) -> None:
    name = (await add_private(scene.store, VAULT, 1, ACCESS, facts=a_commit(0).facts, now=NOW)).url
    public = await scene.feed("https://old.example/")
    assert await scene.store.move_feed(public.id, name, NOW)
    (sealed,) = await scene.store.sealed_feeds()
    assert VAULT.open(sealed, name="") == ACCESS
