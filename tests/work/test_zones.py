"""Time zones as people write them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.work.zones import MOST_PROPOSED, find_zone, near_zones


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin ", "Europe/Berlin"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("SÃO PAULO", "America/Sao_Paulo"),
        ("Zürich", "Europe/Zurich"),
        ("zurich", "Europe/Zurich"),
        ("Wien", "Europe/Vienna"),
        ("San Francisco", "America/Los_Angeles"),
        ("Mumbai", "Asia/Kolkata"),
        ("Japan", "Asia/Tokyo"),
        ("US/Pacific", "US/Pacific"),  # an old name, still in many people's fingers
        ("Calcutta", "Asia/Calcutta"),
        ("utc", "UTC"),
        ("EST", "America/New_York"),  # not the zone of that name, which has no summer time
    ],
)
def test_a_zone_is_found_by_name_city_or_country(text: str, zone: str) -> None:
    assert find_zone(text) == zone


@pytest.mark.parametrize(
    "text", ["", " ", "Berln", "Etc/GMT-2", "UTC+2", "../../etc/passwd", "Atlantis", "🦊", "x" * 5000]
)
def test_what_is_no_zone_is_not_found(text: str) -> None:
    assert find_zone(text) is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Berln", "Europe/Berlin"),
        ("San Fransisco", "America/Los_Angeles"),
        ("Toky", "Asia/Tokyo"),
        ("london, uk", "Europe/London"),
        ("Germany", "Europe/Berlin"),
        ("USA", "America/Chicago"),
        ("cst", "America/Chicago"),
    ],
)
def test_the_likeliest_zone_is_proposed_first(text: str, first: str) -> None:
    assert find_zone(text) is None
    assert near_zones(text)[0] == first


@given(st.one_of(st.text(), st.sampled_from(["united states", "america", "pacific", "san", "ist", "cst"])))
def test_every_proposal_is_a_zone_that_would_be_taken(text: str) -> None:
    zones = near_zones(text)
    assert len(zones) == len(set(zones)) <= MOST_PROPOSED
    for zone in [*zones, *filter(None, [find_zone(text)])]:
        assert find_zone(zone) == zone
        assert ZoneInfo(zone).key == zone
