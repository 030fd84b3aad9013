"""``moderation score --engine``: the same scoring on Spark or Dask."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import typer

from moderation.errors import ModerationError

ENGINES = ("spark", "dask")


def by_engine(
    engine: str,
    inputs: list[str],
    out: Path | None,
    text_column: str,
    policy: Path | None,
    others: Mapping[str, object],
) -> None:
    """Score a folder or glob of Parquet into a new folder of Parquet.

    Raises:
        ModerationError: There is no such engine, it is not installed, a path is missing, or an
            option was given (of ``others``) that no engine heeds.
    """
    if engine not in ENGINES:
        raise ModerationError(f'no engine is called "{engine}"', mend=f"use {' or '.join(ENGINES)}")
    if given := [name for name, value in others.items() if value]:
        mend = f"leave out {', '.join(given)}"
        raise ModerationError("an engine does not heed every option", mend=mend)
    if out is None:
        raise ModerationError("an engine writes a folder", mend="name it with -o")
    if len(inputs) != 1:
        mend = "put a glob in quotes"
        raise ModerationError("an engine reads one folder or one glob", mend=mend)
    home = import_module(f"moderation.engines.{engine}")
    home.save(home.score(inputs[0], text_column=text_column, policy=policy), out)
    typer.echo(f"{out}: written", err=True)
