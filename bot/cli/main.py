"""The command line. Exit 0 fine, 1 failed, 2 wrong usage. With `--json` standard output holds JSON and nothing else."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from bot import __version__
from bot.errors import BotError, NotFound, QueryError, SetupError, UsageError

app = typer.Typer(
    name="herald",
    help="A feed notifier for Discord: nothing lost, nothing twice, and everything can be searched.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

# One line each: what is empty between them keeps them apart in the help.
SANDBOX_EPILOG = """\
It prints three variables. A discord.py bot that has them is pointed at it before it starts:

discord.http.Route.BASE = os.environ["DISCORD_API_BASE"]

discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY"])

bot.run(os.environ["DISCORD_TOKEN"])

Herald itself only needs DISCORD_API_BASE and DISCORD_TOKEN.

A program can do all that members do: GET /sandbox/ on the same port lists how."""

opml = typer.Typer(help="Lists of feeds, for and from other readers.", no_args_is_help=True)
app.add_typer(opml, name="opml")

MAX_ID = 2**63 - 1  # of Discord's
WRONG_USAGE = 2
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def main() -> None:
    """What the command `herald` runs."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError):  # a stream that was opened oddly stays as it is
                stream.reconfigure(errors="replace")  # what the terminal cannot show is a question mark, no end of all
    try:
        app(prog_name="herald")  # also when it was called as `python -m bot`
    except SetupError as error:
        _complain(error.problem, *error.advice)
    except BotError as error:
        _complain(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


def _complain(problem: str, *advice: str, code: int = 1) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    console.print(f"[red]herald:[/red] {escape(problem)}", soft_wrap=True)
    for line in advice:
        console.print(f"  {escape(line)}", soft_wrap=True)
    sys.exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"herald {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the command itself."""


@app.command()
def demo(
    seconds: Annotated[int | None, typer.Option(min=1, help="Only the terminal, for about this long.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only the terminal: a show that ends.")] = False,
    feed: Annotated[
        str | None, typer.Option(metavar="FILE|URL", help="Follow this feed too; its last entries come one by one.")
    ] = None,
) -> None:
    """See Herald work, offline: no token, no network, nothing to install.

    Opens a small Discord of your own in the browser, with a tour, until Ctrl-C.
    """
    from bot.demo.begin import begin  # noqa: PLC0415  (other commands need not load a sandbox)

    sys.exit(asyncio.run(begin(seconds=seconds, no_browser=no_browser, feed=feed)))


@app.command()
def run() -> None:
    """Run the bot."""
    from bot.app import run  # noqa: PLC0415

    asyncio.run(run())


@app.command()
def check(as_json: Json = False) -> None:
    """What is wrong with this installation? Prints the invitation link if nothing is."""
    from bot.cli.check import check  # noqa: PLC0415

    findings = asyncio.run(check())
    if as_json:
        _print_json([finding.__dict__ for finding in findings])
    else:
        console = Console(highlight=False)
        for finding in findings:
            mark = _mark(finding.fine, console.encoding)
            console.print(f"{mark} {escape(finding.text)}", soft_wrap=True)
            for line in finding.advice:
                console.print(f"  {escape(line)}", soft_wrap=True)
    sys.exit(0 if all(finding.fine for finding in findings) else 1)


def _mark(fine: bool, encoding: str) -> str:
    """In letters where the terminal has no such signs."""
    good, bad = ("✓", "✗") if encoding.startswith("utf") else ("ok", "--")
    return f"[green]{good}[/green]" if fine else f"[red]{bad}[/red]"


@app.command()
def preview(source: Annotated[str, typer.Argument(metavar="URL|FILE|-")], as_json: Json = False) -> None:
    """What Herald reads in a feed, what it would post, and what is odd. `-` is standard input. Needs no Discord."""
    from bot.cli import preview as previews  # noqa: PLC0415

    seen = asyncio.run(previews.load(source))
    if as_json:
        _print_json(previews.as_json(seen))
    else:
        previews.show(seen, Console(highlight=False))


@app.command()
def search(
    query: Annotated[str, typer.Argument(help='Words, "a phrase", a OR b, -without, start*, title:word.')],
    feed: Annotated[
        str | None, typer.Option(help="Only in feeds with this in their title, or at this address.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Only from then on: 7d, yesterday, 2026-05-13.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many entries.")] = 10,
    as_json: Json = False,
) -> None:
    """Search everything that was stored, of every server. The bot may be running."""
    from bot.cli import search as searches  # noqa: PLC0415

    try:
        found = asyncio.run(searches.search(query, feed=feed, since=since, limit=limit))
    except QueryError as error:
        _complain(error.reason, *searches.pointed_at(error), code=WRONG_USAGE)
    except NotFound:
        raise
    except UsageError as error:
        _complain(str(error), code=WRONG_USAGE)
    if as_json:
        _print_json(searches.as_json(found))
    else:
        searches.show(found, Console(highlight=False))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
    as_json: Json = False,
) -> None:
    """Copy the database to a file. The bot may be running.

    The file appears when it is whole and verified; until then the name is free, or the file of that name as it was.
    """
    from bot.cli import copies  # noqa: PLC0415

    made = copies.backup(file, force=force)
    if as_json:
        _print_json(made)
    else:
        typer.echo(f"Backed up to {made['file']} ({made['bytes']:,} bytes).")


@app.command()
def restore(file: Annotated[Path, typer.Argument(metavar="FILE")], as_json: Json = False) -> None:
    """Put a backup in the place of the database. Stop the bot first.

    The former database is kept beside it. What was published since the backup is new again: it is posted once more.
    """
    from bot.cli import copies  # noqa: PLC0415

    done = copies.restore(file)
    if as_json:
        _print_json(done)
        return
    typer.echo(f"Restored {done['database']}.")
    if done["former"]:
        typer.echo(f"The former database is {done['former']}; remove it when all is well.")


@app.command()
def migrate() -> None:
    """Bring the database up to date. `herald run` does so by itself."""
    asyncio.run(_migrate())
    typer.echo("The database is up to date.")


async def _migrate() -> None:
    from bot.settings import load  # noqa: PLC0415
    from bot.store.store import Store  # noqa: PLC0415

    async with await Store.open(load().database_url):
        pass  # opening it is what brings it up to date


@opml.command("export")
def opml_export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Standard output if left out.")] = None,
    guild: Annotated[int | None, typer.Option(metavar="ID", min=1, max=MAX_ID, help="One server, not all.")] = None,
    as_json: Json = False,
) -> None:
    """Write what is followed as OPML. Works while Herald runs."""
    from bot.cli import opml as lists  # noqa: PLC0415

    result = asyncio.run(lists.export(guild))
    if file is not None:
        lists.write(file, result.document)
    if as_json:
        _print_json(lists.exported_json(result, file))
        return
    if file is None:
        sys.stdout.buffer.write(result.document)
    lists.tell_exported(result, file, Console(stderr=True, highlight=False))


@opml.command("import")
def opml_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    channel: Annotated[
        int, typer.Option(metavar="ID", min=1, max=MAX_ID, help="For feeds whose channel the file does not name.")
    ],
    guild: Annotated[int | None, typer.Option(metavar="ID", min=1, max=MAX_ID, help="The channel's server.")] = None,
    as_json: Json = False,
) -> None:
    """Follow the feeds of an OPML file. Herald must not run meanwhile; it reads them when it starts."""
    from bot.cli import opml as lists  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    try:
        results = asyncio.run(lists.bring_in(file, channel, guild, console))
    except lists.WhichGuild as error:
        raise typer.BadParameter(str(error), param_hint="--guild") from error
    if as_json:
        _print_json(lists.brought_json(results))
    else:
        lists.tell_brought(results, Console(highlight=False))
    sys.exit(0 if results.complete else 1)


@app.command(epilog=SANDBOX_EPILOG)
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 0,
    state: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Guilds, messages and the token are kept there until the next time."),
    ] = None,
) -> None:
    """A Discord of your own on this machine, for Herald or any other discord.py bot.

    Prints its address and a token, and serves a page where you are its members.
    """
    from bot.sandbox.__main__ import serve  # noqa: PLC0415

    try:
        asyncio.run(serve(port=port, state=state))
    except (OSError, ValueError) as error:
        raise SetupError(f"the sandbox cannot start: {error}") from error


def _print_json(value: Any) -> None:
    utf_8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"  # for anything else JSON has its escapes
    sys.stdout.write(json.dumps(value, ensure_ascii=not utf_8, indent=2) + "\n")
