"""``moderation score``: read, score, flag, and write or show the queue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from moderation.cli import options


def score(
    inputs: options.Inputs,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to write: .csv, .jsonl or .parquet."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Kind of output: table, csv, jsonl or parquet.")
    ] = None,
    format: options.Format = None,  # noqa: A002  # the option's name
    policy: options.Policy = None,
    text_column: options.TextColumn = None,
    column: options.Column = None,
    jobs: Annotated[int, typer.Option(min=1, help="Threads that score at a time.")] = 1,
    keep_personal: options.KeepPersonal = False,
    strict: options.Strict = False,
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
        bool,
        typer.Option("--check", help="Exit with 1 when something is flagged or cannot be read."),
    ] = False,
) -> None:
    """Score comments and show or write what a person should look at, in what order, and why.

    On a terminal: a table, worst first. In a pipe: JSON Lines, every comment in the order it came.

    For example:

        moderation score page.txt

        moderation score export.csv --text-column body -o scored.parquet

        moderation score page.txt --check >/dev/null || mail -s "look at this" desk@example.org
    """
    from moderation.cli import startup, work
    from moderation.cli.engine import by_engine

    startup.load_numba()
    from moderation.scoring import Scorer

    if engine:
        others = {"--to": to, "--format": format, "--column": column, "--jobs": jobs > 1}
        others |= {"--keep-personal": keep_personal, "--strict": strict, "--unplaced": unplaced}
        others |= {"--resume": resume, "--check": check}
        by_engine(engine, inputs, out, text_column or "text", policy, others)
        return
    output = work.Output.of(out, to)
    scorer = Scorer.load(policy)
    columns = options.columns(text_column, column)
    chosen = work.Inputs(tuple(inputs), format, columns, keep_personal, strict, unplaced)
    work.apart(chosen, output.path)
    if output.kind == "table" and not resume:
        tally = work.show(chosen, scorer, jobs)
    else:
        tally = work.write(chosen, scorer, output, jobs, resume)
    if check and (tally.flagged or tally.rejected):
        raise typer.Exit(1)
