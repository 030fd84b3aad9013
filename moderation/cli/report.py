"""``moderation report``: the queue as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from moderation.cli import options


def report(
    inputs: options.Inputs,
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write.")],
    title: Annotated[str, typer.Option(help="Heading of the page.")] = "Comments to look at",
    format: options.Format = None,  # noqa: A002  # the option's name
    policy: options.Policy = None,
    text_column: options.TextColumn = None,
    column: options.Column = None,
    keep_personal: options.KeepPersonal = False,
    strict: options.Strict = False,
) -> None:
    """Score comments and write a page to look at them: worst first, why, words marked.

    The page is one file, works without a network, and can be mailed or printed.

    Example: moderation report export.csv -o report.html
    """
    from moderation import report as reports
    from moderation.cli import startup, work

    startup.load_numba()
    from moderation.scoring import Scorer

    scorer = Scorer.load(policy)
    columns = options.columns(text_column, column)
    chosen = work.Inputs(tuple(inputs), format, columns, keep_personal, strict)
    work.apart(chosen, out)
    frame = work.gathered(chosen, scorer)
    reports.save(reports.render(frame, title=title, policy=scorer.policy), out)
    typer.echo(f"{out}: open it in a browser", err=True)
