"""Herald installed from its wheel, used from an empty folder: all that it needs travels in the package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import begin_anew, ended, environment
from tests.forks import ROOT

FEED = '<rss version="2.0"><channel><title>T</title><item><title>One</title><guid>1</guid></item></channel></rss>'


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the package in it."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "wheel", *options, "-w", str(folder / "dist"), str(ROOT)], check=True)
    (wheel,) = (folder / "dist").glob("herald-*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(folder / "site"), str(wheel)], check=True
    )
    return folder / "site"


async def test_it_runs_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    alone = environment(PYTHONPATH=str(installed))
    where = subprocess.run(
        [sys.executable, "-c", "import bot; print(bot.__file__)"],
        cwd=tmp_path,
        env=alone,
        capture_output=True,
        check=True,
    )
    assert where.stdout.decode().startswith(str(installed)), "it must be the installed one that is tested"

    (tmp_path / "feed.xml").write_text(FEED)
    preview = await ended(await begin_anew(alone, tmp_path, "preview", "feed.xml", "--json"))
    assert preview.code == 0, preview.err
    assert json.loads(preview.out)["entries"][0]["title"] == "One"

    migrate = await ended(await begin_anew(alone, tmp_path, "migrate"))
    assert migrate.code == 0, migrate.err
    assert (tmp_path / "data" / "herald.db").is_file()

    demo = await ended(await begin_anew(alone, tmp_path, "demo", "--seconds", "8", "--no-browser"))
    assert demo.code == 0, demo.said
    assert "0 lost, 0 doubled" in " ".join(demo.out.split())
