"""``moderation report``: the queue as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Files of any known format; - is stdin.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write.")],
    title: Annotated[str, typer.Option(help="Heading of the page.")] = "Comments to look at",
    format: Annotated[  # noqa: A002  # the option's name
        str | None, typer.Option(help="Format of the input, see: moderation formats.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy file (TOML) instead of the shipped one.")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Column of a table that holds the text.")
    ] = None,
) -> None:
    """Score comments and write a page to look at them: worst first, why, words marked.

    The page is one file, works without a network, and can be mailed or printed.

    Example: moderation report export.csv -o report.html
    """
    from moderation import report as reports
    from moderation.cli import work
    from moderation.scoring import Scorer

    scorer = Scorer.load(policy)
    frame = work.gathered(work.Inputs(tuple(inputs), format, text_column), scorer)
    reports.save(reports.render(frame, title=title, policy=scorer.policy), out)
    typer.echo(f"{out}: open it in a browser", err=True)
