"""Certificates for TLS tests, made on the spot by the openssl command: none of them, and no key, lies around."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is absent")


def server_context(folder: Path, *, host: str = "IP:127.0.0.1", expired: bool = False) -> ssl.SSLContext:
    """A server's TLS with a self-signed certificate for `host`, which `client_context` can be told to trust."""
    certificate, key, request, extras = (folder / name for name in ("certificate.pem", "key.pem", "request", "extras"))
    extras.write_text(f"subjectAltName={host}\n")
    _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test",
             "-keyout", key, "-out", request)  # fmt: skip
    _openssl("x509", "-req", "-in", request, "-signkey", key, "-extfile", extras, "-out", certificate,
             "-days", "-1" if expired else "2")  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def client_context(folder: Path) -> ssl.SSLContext:
    """The system's usual strictness, with the certificate of `folder` among the trusted."""
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))
