"""All settings: their names, defaults and bounds. An environment variable beats `.env`, which beats the TOML file.

`HERALD_POLL__MIN_INTERVAL=1s` is `min_interval` of `[poll]`. Durations are written "90s", "15m", "6h", "365d";
sizes "10MiB". A mistake raises SetupError, which names the setting and what it may be.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from bot.errors import SetupError

DEFAULT_API_BASE = "https://discord.com/api/v10"
DEFAULT_DATABASE_URL = "sqlite+aiosqlite:///data/herald.db"
DEFAULT_CONFIG = Path("config/herald.toml")
SHORTEST_INTERVAL = timedelta(milliseconds=100)  # below it a mistyped unit would hammer a server

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZES = {"": 1, "B": 1, "KB": 10**3, "KIB": 2**10, "MB": 10**6, "MIB": 2**20, "GB": 10**9, "GIB": 2**30}


def duration(value: object) -> object:
    """A `timedelta` from "90s", "1.5h" or a bare number of seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*(ms|[smhdw]?)\s*", str(value))
    if match is None:
        raise ValueError('write a duration such as "90s", "15m", "6h" or "7d"')
    try:
        return timedelta(seconds=float(match[1]) * _UNITS[match[2] or "s"])
    except OverflowError:
        raise ValueError("that is too long") from None


def size(value: object) -> object:
    """A number of bytes from "10MiB", "500 kB" or a bare number."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(\d{1,15})\s*([A-Za-z]{0,3})\s*", value)
    if match is None or match[2].upper() not in _SIZES:
        raise ValueError('write a size such as "10MiB" or "500kB"')
    return int(match[1]) * _SIZES[match[2].upper()]


def _list_of_text(value: object) -> object:
    """A list written as JSON or TOML would, or with commas, which is what people type into an environment variable."""
    if not isinstance(value, str):
        return value
    return [part.strip().strip("\"'") for part in value.strip().strip("[]").split(",") if part.strip()]


def _networks(value: list[str]) -> list[str]:
    for part in value:
        try:
            ip_network(part)
        except ValueError as error:
            raise ValueError(f'{error}; write networks such as "127.0.0.0/8"') from None
    return value


Duration = Annotated[timedelta, BeforeValidator(duration), Field(ge=timedelta(0), le=timedelta(days=3660))]
Size = Annotated[int, BeforeValidator(size), Field(ge=1024, le=2**30)]
Networks = Annotated[list[str], NoDecode, BeforeValidator(_list_of_text), AfterValidator(_networks)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Poll(_Section):
    """How often feeds are asked."""

    default_interval: Duration = timedelta(minutes=15)
    min_interval: Duration = timedelta(minutes=1)
    max_interval: Duration = timedelta(hours=6)
    concurrency: int = Field(200, ge=1, le=2000)
    per_host_concurrency: int = Field(1, ge=1, le=50)
    per_host_delay: Duration = timedelta(seconds=1)


class Fetch(_Section):
    """How a feed is fetched."""

    timeout: Duration = timedelta(seconds=30)
    max_bytes: Size = 10 * 2**20
    allow_networks: Networks = []
    page_images: bool = True
    contact: str = Field("", max_length=150, pattern=r"^[\x21-\x27\x2a-\x7e]*$")  # no blank, no round bracket
    user_agent: str = Field("", max_length=200, pattern=r"^[\x20-\x7e]*$")


class Delivery(_Section):
    """How entries reach their channels."""

    batch_window: Duration = timedelta(seconds=2)
    flood_limit: int = Field(10, ge=1, le=1000)
    hourly_limit: int = Field(60, ge=1, le=10_000)


class Retention(_Section):
    """How long entries stay searchable."""

    entries: Duration = timedelta(days=365)


class Quota(_Section):
    """Limits for each guild and each member."""

    feeds_per_guild: int = Field(200, ge=0)
    keywords_per_member: int = Field(50, ge=0)
    digests_per_guild: int = Field(10, ge=0)


class Ops(_Section):
    """What the operator sees."""

    health_port: int = Field(8080, ge=0, le=65535)
    log_format: Literal["text", "json"] = "text"


class WebSub(_Section):
    """Push instead of polling."""

    public_url: str = ""


class Settings(BaseSettings):
    """Every setting, checked. Secrets do not show in `repr`."""

    model_config = SettingsConfigDict(
        env_prefix="HERALD_",
        env_nested_delimiter="__",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )
    poll: Poll = Poll()
    fetch: Fetch = Fetch()
    delivery: Delivery = Delivery()
    retention: Retention = Retention()
    quota: Quota = Quota()
    ops: Ops = Ops()
    websub: WebSub = WebSub()
    discord_token: SecretStr = Field(SecretStr(""), validation_alias="DISCORD_TOKEN")
    secret_key: SecretStr = SecretStr("")  # one or several with commas: store/vault
    discord_api_base: str = Field(DEFAULT_API_BASE, validation_alias="DISCORD_API_BASE", pattern=r"^https?://[^\s]+$")
    database_url: str = DEFAULT_DATABASE_URL
    config: Path = DEFAULT_CONFIG

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, _config_path())
        return init_settings, env_settings, dotenv_settings, toml


def _config_path() -> Path:
    named = os.environ.get("HERALD_CONFIG") or dotenv_values(".env").get("HERALD_CONFIG")
    return Path(named) if named else DEFAULT_CONFIG


def load(**overrides: Any) -> Settings:
    """The settings as the process finds them. Raises SetupError with one line for each mistake."""
    path = _config_path()
    try:
        _check_sections(path)
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SetupError(*_complaints(error)) from None
    except SettingsError as error:
        raise SetupError(f"A setting is wrong: {error}.", "config/herald.toml explains every setting.") from None
    except tomllib.TOMLDecodeError as error:
        raise SetupError(f"{path} is not valid TOML: {error}.", f"Mend that line of {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} cannot be read: {error}.", "Check the file and its permissions.") from None
    _check_together(settings)
    return settings


def ignored_variables() -> dict[str, str]:
    """Variables of the environment and of `.env` that look like settings and are none -> what to do about each.

    Pydantic passes over them in silence. They are no mistake for sure: Kubernetes sets some for a service named herald.
    """
    known = list(_variables())
    typed = sorted({name.upper() for name in (*os.environ, *dotenv_values(".env"))})
    wrong = [name for name in typed if name.startswith("HERALD_") and name not in known]
    nearest = {name: get_close_matches(name, known, n=1, cutoff=0.7) for name in wrong}  # all begin alike
    return {name: f"did you mean {meant[0]}?" if meant else "unset it" for name, meant in nearest.items()}


def _variables() -> Iterator[str]:
    """What the settings are called in the environment. A section may be given whole, as JSON."""
    for name, setting in Settings.model_fields.items():
        yield f"HERALD_{name}".upper()
        if isinstance(setting.annotation, type) and issubclass(setting.annotation, BaseModel):
            yield from (f"HERALD_{name}__{inner}".upper() for inner in setting.annotation.model_fields)


def _check_sections(path: Path) -> None:
    """A misspelt section would be passed over in silence otherwise."""
    if not path.is_file():
        if path != DEFAULT_CONFIG:
            raise SetupError(f"HERALD_CONFIG names {path}, and there is no such file.", "Mend the name, or unset it.")
        return
    unknown = sorted(set(tomllib.loads(path.read_text("utf-8"))) - set(Settings.model_fields))
    if unknown:
        meant = _did_you_mean(unknown[0], Settings.model_fields)
        raise SetupError(
            f"{path}: there is no setting {unknown[0]}{meant}.", "config/herald.toml explains every setting."
        )


def _check_together(settings: Settings) -> None:
    poll = settings.poll
    if poll.min_interval < SHORTEST_INTERVAL:
        raise SetupError("poll.min_interval is too short.", 'Write "1s" or more; "1m" is polite.')
    if poll.min_interval > poll.max_interval:
        raise SetupError("poll.min_interval is longer than poll.max_interval.", "Swap them, or raise the latter.")


def _complaints(error: ValidationError) -> list[str]:
    """A line for each mistake. Never pydantic's `input`, which may be a secret."""
    lines = []
    for mistake in error.errors(include_input=False, include_url=False, include_context=False):
        name = ".".join(str(part) for part in mistake["loc"])
        what = mistake["msg"].removeprefix("Value error, ").replace("Input should", "it should").split(", unable to")[0]
        if mistake["type"] == "extra_forbidden":
            what = "there is no such setting" + _did_you_mean(str(mistake["loc"][-1]), _names_beside(mistake["loc"]))
        lines.append(f"{name}: {what}.")
    return [f"A setting is wrong. {lines[0]}", *lines[1:], "config/herald.toml explains every setting."]


def _did_you_mean(typed: str, names: Iterable[str]) -> str:
    """ " (did you mean ...?)" with the name spelt most like it; "" if none is."""
    nearest = get_close_matches(typed, names, n=1)
    return f" (did you mean {nearest[0]}?)" if nearest else ""


def _names_beside(place: tuple[int | str, ...]) -> Iterable[str]:
    """The settings of the section that the mistake is in."""
    section = Settings.model_fields.get(str(place[0])) if len(place) > 1 else None
    kind = section.annotation if section is not None else None
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else Settings.model_fields
