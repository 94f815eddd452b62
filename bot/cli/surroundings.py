"""What `herald check` looks at around Herald: disk, memory, clock, port, and what the web sees of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from bot.cli.finding import Finding
from bot.net import plain
from bot.net.introduction import project_url
from bot.settings import Settings

LEAST_DISK = 200 * 2**20  # bytes; a backup beside a database of some thousand feeds, and room for its log
LEAST_MEMORY = 256 * 2**20  # bytes; the worker processes that read documents have their own share
LEAST_CPUS = 0.5
MOST_SKEW = timedelta(minutes=1)
CGROUP = Path("/sys/fs/cgroup")  # where a container finds its own limits (cgroup v2)


def disk(folder: Path) -> Finding:
    """The room where the database lies. Raises OSError if it is not there."""
    return room(shutil.disk_usage(folder).free, folder)


def room(free_bytes: int, folder: Path) -> Finding:
    """A full disk loses nothing, but nothing new comes either."""
    text = f"Disk: {free_bytes // 2**20:,} MiB free at {folder}."
    if free_bytes >= LEAST_DISK:
        return Finding(True, text)
    return Finding(False, text, (f"Make room, {LEAST_DISK // 2**20} MiB or more: on a full disk Herald stands still.",))


def machine(*, cgroup: Path = CGROUP) -> Finding:
    """Never at fault: a small machine serves a small server well."""
    memory, cpus = _memory_bytes(cgroup), _cpus(cgroup)
    hints = []
    if memory < LEAST_MEMORY:
        hints.append(f"It may be little: {LEAST_MEMORY // 2**20} MiB are comfortable for some hundred feeds.")
    if cpus < LEAST_CPUS:
        hints.append(f"Commands may be slow with less than {LEAST_CPUS} CPUs.")
    return Finding(True, f"Machine: {memory // 2**20:,} MiB of memory, {cpus:g} CPUs.", tuple(hints))


def _memory_bytes(cgroup: Path) -> int:
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 2**40
    limit = _words(cgroup / "memory.max")
    return min(whole, int(limit[0])) if limit and limit[0].isdecimal() else whole


def _cpus(cgroup: Path) -> float:
    whole = float(os.cpu_count() or 1)
    limit = _words(cgroup / "cpu.max")  # "50000 100000": so many microseconds of so many
    if len(limit) == 2 and all(one.isdecimal() for one in limit):
        return min(whole, round(int(limit[0]) / int(limit[1]), 2))
    return whole


def _words(file: Path) -> list[str]:
    try:
        return file.read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return []


async def health_port(port: int, *, running: bool) -> Finding:
    """`running`: a Herald has the database, so the port may well be its own."""
    if port == 0:
        return Finding(True, "Health port: off.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except PermissionError:
            return Finding(False, f"Health port: {port} needs rights that Herald has not.", (_other_port(),))
        except OSError:
            if running and await _is_herald(port):
                return Finding(True, f"Health port: {port}, where the running Herald answers.")
            return Finding(False, f"Health port: {port} is in use.", ("Is Herald running already?", _other_port()))
    return Finding(True, f"Health port: {port} is free.")


def _other_port() -> str:
    return "Set HERALD_OPS__HEALTH_PORT to a free port above 1023, or to 0 for none."


async def _is_herald(port: int) -> bool:
    try:
        told = json.loads((await plain.ask(f"http://127.0.0.1:{port}/ready")).body)
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and "discord" in told.get("parts", {})


async def clock(api_base: str) -> AsyncIterator[Finding]:
    """Ours beside Discord's; nothing if Discord does not tell, which is said elsewhere."""
    try:
        answer = await plain.ask(f"{api_base.rstrip('/')}/gateway")
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (OSError, ValueError):
        return
    yield skew(datetime.now(UTC), theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))


def skew(ours: datetime, theirs: datetime) -> Finding:
    """Digests, quiet hours and the times below entries go by our clock."""
    ahead = ours - theirs
    if abs(ahead) <= MOST_SKEW:
        return Finding(True, "Clock: agrees with Discord's.")
    way = "ahead of" if ahead > timedelta(0) else "behind"
    told = timedelta(seconds=round(abs(ahead).total_seconds()))
    return Finding(False, f"Clock: {told} {way} Discord's.", ("Set it, and keep it set: timedatectl set-ntp true",))


def networks(allowed: list[str]) -> Finding:
    """What of the inside members may point Herald at."""
    whole = [one for one in allowed if ip_network(one).prefixlen == 0]
    if whole:
        return Finding(
            False,
            f"Private networks: {whole[0]} in fetch.allow_networks lets members reach all that this machine reaches.",
            ('Name only what holds feeds, for example ["10.1.2.0/24"].',),
        )
    return Finding(True, f"Private networks: {', '.join(allowed) if allowed else 'none'} may be asked for feeds.")


def contact(settings: Settings) -> Finding:
    """Never at fault, but who cannot write to us blocks us."""
    fetch = settings.fetch
    if fetch.contact or fetch.user_agent or project_url():
        return Finding(True, "Contact: feeds' servers are told one.")
    return Finding(True, "Contact: none.", ("Set contact in [fetch]: feeds' servers then know whom to write to.",))


async def push(public_url: str, *, running: bool) -> Finding:
    """Whether hubs could reach us at websub.public_url, as far as that can be told from here."""
    if not public_url:
        return Finding(True, "Push: off.")
    if urlsplit(public_url).scheme != "https" or not urlsplit(public_url).hostname:
        return Finding(
            False, f"Push: {public_url} is no https address.", ("Set public_url in [websub] to https://...",)
        )
    try:
        await plain.ask(public_url)
    except OSError:
        if not running:
            return Finding(True, f"Push: {public_url} does not answer.", ("Look again when Herald runs.",))
        advice = "Let it lead to Herald's health port, or empty public_url in [websub]: polling goes on without."
        return Finding(False, f"Push: {public_url} does not answer.", (advice,))
    return Finding(True, f"Push: something answers at {public_url}.")
