"""Time zones by name or by city, as people write them. The tables are those of the tzdata package."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from bot.query.fold import as_written, fold

MOST_PROPOSED = 5  # buttons in a row
LIKE_ENOUGH = 0.75
SHORTEST_BEGINNING = 3

REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Europe/", "Indian/", "Pacific/")

# Big cities that no zone is named after, other languages' names of those that one is, and what else people say.
_ALSO_CALLED = {
    "Africa/Johannesburg": "Cape Town, Durban, Pretoria",
    "Africa/Lagos": "Abuja, Kano",
    "America/Bogota": "Medellin, Cali",
    "America/Chicago": "USA, United States, CST, CDT, Austin, Dallas, Houston, Minneapolis, New Orleans",
    "America/Denver": "USA, United States, MST, MDT, Salt Lake City, Albuquerque",
    "America/Edmonton": "Calgary",
    "America/Los_Angeles": "USA, United States, PST, PDT, San Francisco, San Diego, Seattle, Portland, Las Vegas",
    "America/Mexico_City": "Ciudad de México, Guadalajara, Puebla",
    "America/New_York": "USA, United States, EST, EDT, Atlanta, Boston, Miami, Philadelphia, Pittsburgh, Washington",
    "America/Sao_Paulo": "Rio de Janeiro, Brasilia, Porto Alegre, Curitiba",
    "America/Toronto": "Montreal, Ottawa, Quebec",
    "Asia/Dubai": "Abu Dhabi",
    "Asia/Ho_Chi_Minh": "Hanoi, Saigon",
    "Asia/Jakarta": "Bandung, Surabaya",
    "Asia/Jerusalem": "Tel Aviv, Haifa",
    "Asia/Karachi": "Islamabad, Lahore",
    "Asia/Kolkata": "Mumbai, Bombay, Delhi, New Delhi, Bangalore, Bengaluru, Chennai, Hyderabad, Pune",
    "Asia/Riyadh": "Jeddah, Mecca",
    "Asia/Seoul": "Busan, Incheon",
    "Asia/Shanghai": "CST, Beijing, Peking, Shenzhen, Guangzhou, Chengdu, Wuhan, Hangzhou",
    "Asia/Taipei": "Kaohsiung, Taichung",
    "Asia/Tokyo": "JST, Osaka, Kyoto, Yokohama, Nagoya, Sapporo, Fukuoka",
    "Australia/Brisbane": "Gold Coast",
    "Australia/Sydney": "Canberra, Newcastle",
    "Europe/Athens": "Athina, Athen, Thessaloniki",
    "Europe/Belgrade": "Beograd, Belgrad",
    "Europe/Berlin": "CET, CEST, Munich, München, Hamburg, Cologne, Köln, Frankfurt, Stuttgart, Leipzig, Düsseldorf",
    "Europe/Brussels": "Bruxelles, Brüssel, Antwerp",
    "Europe/Bucharest": "București, Bukarest",
    "Europe/Copenhagen": "København, Kopenhagen",
    "Europe/Istanbul": "Ankara, Izmir",
    "Europe/Kyiv": "Kiev, Kiew, Lviv, Odesa",
    "Europe/Lisbon": "Lisboa, Lissabon, Porto",
    "Europe/London": "UK, England, Scotland, Wales, BST, Birmingham, Manchester, Edinburgh, Glasgow, Liverpool",
    "Europe/Madrid": "Barcelona, Valencia, Sevilla, Bilbao",
    "Europe/Moscow": "Moskva, Moskau, Saint Petersburg, Sankt Peterburg",
    "Europe/Paris": "Lyon, Marseille, Toulouse, Nice, Lille, Strasbourg",
    "Europe/Prague": "Praha, Prag, Brno",
    "Europe/Rome": "Roma, Rom, Milan, Milano, Mailand, Naples, Napoli, Turin, Torino",
    "Europe/Vienna": "Wien, Graz, Salzburg, Linz",
    "Europe/Warsaw": "Warszawa, Warschau, Krakow, Kraków, Gdansk, Wroclaw",
    "Europe/Zurich": "Zürich, Geneva, Genève, Genf, Basel, Bern, Lausanne",
}


def find_zone(text: str) -> str | None:
    """The one time zone that is meant by its name or a city's, whatever its spelling of case and accents; else None."""
    zones = _by_name().get(_plain(text), ())
    return zones[0] if len(zones) == 1 else None


def near_zones(text: str) -> list[str]:
    """What may be meant, the likeliest first: a country's zones, what begins so, what is spelt nearly so."""
    wanted, known = _plain(text), _by_name()
    names = [wanted]
    if wanted not in known:
        begins_so = [name for name in known if name.startswith(wanted)] if len(wanted) >= SHORTEST_BEGINNING else []
        names = [*begins_so, *get_close_matches(wanted, known, MOST_PROPOSED, LIKE_ENOUGH)]
    return list(dict.fromkeys(zone for name in names for zone in known[name]))[:MOST_PROPOSED]


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[str, ...]]:
    """Everything that a zone may be called -> the zones. Zones of today come before the old names of some."""
    rows = [line.split("\t") for line in _table("zone.tab")]
    countries = dict(line.split("\t")[:2] for line in _table("iso3166.tab"))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for _, _, zone, *_ in rows:
        found[_plain(zone)].append(zone)
        found[_plain(zone.rpartition("/")[2])].append(zone)
    for zone, others in _ALSO_CALLED.items():
        for other in others.split(", "):
            found[_plain(other)].append(zone)
    for country, _, zone, *_ in rows:
        found[_plain(countries[country])].append(zone)
    for old in (files("tzdata") / "zones").read_text("utf-8").split():
        # Not "Etc/GMT-2", whose sign is the other way round, nor "EST", which has no summer time.
        if "/" in old and not old.startswith("Etc/"):
            found.setdefault(_plain(old), [old])
        if old.startswith(REGIONS):
            found.setdefault(_plain(old.rpartition("/")[2]), [old])
    for name in ("utc", "gmt", "z"):
        found[name] = ["UTC"]
    return {name: tuple(dict.fromkeys(zones)) for name, zones in found.items()}


def _table(name: str) -> list[str]:
    text = (files("tzdata.zoneinfo") / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", fold(as_written(text))).split())
