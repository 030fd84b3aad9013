"""``moderation score``: read, score, flag, and write or show the queue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def score(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Files of any known format; - is stdin.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to write: .csv, .jsonl or .parquet."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Kind of output: table, csv, jsonl or parquet.")
    ] = None,
    format: Annotated[  # noqa: A002  # the option's name
        str | None, typer.Option(help="Format of the input, see: moderation formats.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy file (TOML) instead of the shipped one.")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Column of a table that holds the text.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Threads that score at a time.")] = 1,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first record that cannot be read.")
    ] = False,
    unplaced: Annotated[
        bool, typer.Option("--unplaced", help="Show the lines of a page that are no comment.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what an interrupted run has done.")
    ] = False,
    engine: Annotated[
        str | None,
        typer.Option(help="spark or dask: from a folder or glob of Parquet to a folder."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when something is flagged.")
    ] = False,
) -> None:
    """Score comments and show or write what a person should look at, in what order, and why.

    On a terminal: a table, worst first. In a pipe: JSON Lines, every comment in the order it came.

    For example:

        moderation score page.txt

        moderation score export.csv --text-column body -o scored.parquet

        moderation score page.txt --check >/dev/null || mail -s "look at this" desk@example.org
    """
    from moderation.cli import work
    from moderation.cli.engine import by_engine
    from moderation.scoring import Scorer

    if engine:
        by_engine(engine, inputs, out, text_column or "text", policy)
        return
    output = work.Output.of(out, to)
    scorer = Scorer.load(policy)
    chosen = work.Inputs(tuple(inputs), format, text_column, strict, unplaced)
    if output.kind == "table" and not resume:
        tally = work.show(chosen, scorer, jobs)
    else:
        tally = work.write(chosen, scorer, output, jobs, resume)
    if check and tally.flagged:
        raise typer.Exit(1)
