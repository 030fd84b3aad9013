"""The command line: arguments, progress, tables for people, exit codes.

Every command is a thin call of the library, in a module of its own; whatever it needs is imported
when it runs, so that ``--help`` answers at once. Exit codes: 0 done, 1 with ``--check`` when
something is flagged, 2 for a user's mistake, which is one line on stderr, 130 when interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from moderation import __version__
from moderation.cli import explain, formats, model, report, score
from moderation.errors import ModerationError

DONE, FLAGGED, MISTAKE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="moderation",
    help="Reads comment threads, scores sentiment and toxicity, and flags what a person should "
    "look at, in what order, and why: on this machine.",
    epilog="Start with: moderation score page.txt",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    score.score,
    explain.explain,
    report.report,
    model.train,
    model.evaluate,
    model.model,
    formats.formats,
):
    app.command()(command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"moderation {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[  # its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of no command in particular."""


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line with these arguments; returns its exit code."""
    command = typer.main.get_command(app)
    try:
        code = command.main(arguments, prog_name="moderation", standalone_mode=False)
    except ModerationError as fault:
        return _mistake(str(fault))
    except typer.TyperException as fault:
        return _mistake(f"{fault.format_message().rstrip('.')}; see moderation --help")
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except typer.Abort:
        code = INTERRUPTED
    if code == INTERRUPTED:  # what Typer makes of Ctrl-C
        typer.echo("interrupted", err=True)
    return code if isinstance(code, int) else DONE


def _mistake(message: str) -> int:
    typer.echo("error: " + " ".join(message.split()), err=True)
    return MISTAKE
