"""Why a fetch failed, in a few words for people: no stack words, no inner addresses, no secrets."""

from __future__ import annotations

import asyncio
import ssl
from http import HTTPStatus

import aiohttp

from bot.net.dial import Dialled

# Inside the operator's own network a member must not learn which ports are open: refused, silent and speaking
# something else than HTTP all read the same there.
NO_ANSWER = "the server did not answer"

# OpenSSL's X509_V_ERR_* (x509_vfy.h).
_CERTIFICATES = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "the certificate is self-signed",
    20: "the certificate is from an unknown authority",
    21: "the certificate is from an unknown authority",
    62: "the certificate is for another host",
    64: "the certificate is for another host",
}


def of_status(status: int) -> str:
    """E.g. "HTTP 404: not found"."""
    try:
        phrase = HTTPStatus(status).phrase.lower()
    except ValueError:
        return f"HTTP {status}"
    return f"HTTP {status}: {phrase}"


def of_size(limit_bytes: int) -> str:
    for unit, size in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if limit_bytes >= size:
            return f"the feed is larger than {limit_bytes / size:.4g} {unit}"
    return f"the feed is larger than {limit_bytes} bytes"


def of_timeout(seconds: float, *, answering: bool, seen: Dialled) -> str:
    if answering:
        return f"the server did not finish within {seconds:g} s"
    return NO_ANSWER if _is_inside(seen) else f"the server did not answer within {seconds:g} s"


def of_error(error: aiohttp.ClientError | OSError, seen: Dialled) -> str:
    """`seen` are the connections tried for the request that failed."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the host name does not exist"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _certificate(error.certificate_error)
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer was cut off"
    return NO_ANSWER if _is_inside(seen) else _connection(error)


def _is_inside(seen: Dialled) -> bool:
    return seen.private > 0 and seen.public == 0


def _certificate(error: Exception) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return _CERTIFICATES.get(code, "the certificate is not valid")


def _connection(error: aiohttp.ClientError | OSError) -> str:
    if isinstance(error, aiohttp.ClientSSLError):
        return "no secure connection could be made"
    if isinstance(error, aiohttp.ClientResponseError):
        return "the answer is not valid HTTP"
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, ConnectionRefusedError):
        return "the server refused the connection"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "the server could not be reached"
    if isinstance(error, asyncio.TimeoutError):
        return NO_ANSWER
    return "the server closed the connection"
