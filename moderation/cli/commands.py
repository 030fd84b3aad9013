"""The commands, each in a module of its own, as one Typer application."""

from __future__ import annotations

from typing import Annotated

import typer

from moderation import __version__
from moderation.cli import explain, formats, model, report, score

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
