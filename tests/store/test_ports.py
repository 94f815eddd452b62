"""The store is what the ports say: mypy checks the signatures, this that they are there."""

from __future__ import annotations

import pytest

from bot.ports import (
    BacklogStore,
    ClosedDmStore,
    Corrections,
    DigestStore,
    FollowStore,
    GuildStore,
    KeywordStore,
    MemberStore,
    MoreStore,
    Outbox,
    PictureStore,
    PollStore,
    PrivacyStore,
    ReissueStore,
    SearchStore,
    SettingsStore,
    TenancyStore,
)
from bot.store.store import Store


def as_ports(store: Store) -> tuple[PollStore, Outbox, GuildStore, SearchStore, FollowStore, TenancyStore]:
    return store, store, store, store, store, store


def as_port_of_corrections(store: Store) -> Corrections:
    return store


def as_port_of_digests(store: Store) -> DigestStore:
    return store


def as_ports_of_keywords(store: Store) -> tuple[KeywordStore, MoreStore, MemberStore, ClosedDmStore]:
    return store, store, store, store


def as_port_of_backlogs(store: Store) -> BacklogStore:
    return store


def as_port_of_reissues(store: Store) -> ReissueStore:
    return store


def as_port_of_privacy(store: Store) -> PrivacyStore:
    return store


def as_port_of_pictures(store: Store) -> PictureStore:
    return store


def as_port_of_settings(store: Store) -> SettingsStore:
    return store


PORTS = [
    PictureStore,
    ReissueStore,
    PollStore,
    Outbox,
    Corrections,
    GuildStore,
    SearchStore,
    TenancyStore,
    KeywordStore,
    MoreStore,
    MemberStore,
    ClosedDmStore,
    PrivacyStore,
    BacklogStore,
    DigestStore,
    SettingsStore,
]


@pytest.mark.parametrize("port", PORTS)
def test_the_store_has_every_method_of_the_port(port: type) -> None:
    wanted = {name for name in vars(port) if not name.startswith("_")}
    assert wanted
    assert {name for name in wanted if not callable(getattr(Store, name, None))} == set()
