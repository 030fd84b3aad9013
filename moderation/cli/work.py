"""What the commands that read a whole input share: opening it, scoring it, telling how it went."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from moderation import marks

if TYPE_CHECKING:
    import pandas as pd

    from moderation.batch import Tally
    from moderation.formats import Reading
    from moderation.formats.writing import Rejects
    from moderation.scoring import Scorer

#: Rejected records that are named on stderr where no file takes them.
NAMED_REJECTS = 5


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to read, and how."""

    paths: tuple[str, ...]
    format: str | None = None
    text_column: str | None = None
    strict: bool = False
    unplaced: bool = False

    def reading(self, rejects: Rejects | None = None) -> Reading:
        """The comments, frame by frame; what cannot be read goes to ``rejects``."""
        from moderation.formats import Reading

        columns = {"text": self.text_column} if self.text_column else {}
        return Reading(
            *self.paths,
            format=self.format,
            columns=columns,
            strict=self.strict,
            on_reject=rejects,
        )


@dataclass(frozen=True, slots=True)
class Output:
    """Where the scored comments go, and as what; without a path to standard output."""

    kind: str
    path: Path | None = None

    @classmethod
    def of(cls, path: Path | None, kind: str | None) -> Output:
        """The kind that was asked for, or that the suffix says, or that fits standard output.

        Raises:
            FormatError: There is no such kind, or none for the suffix.
        """
        from moderation.formats.writing import kind_of

        if path is None and kind in (None, "table"):
            return cls(kind or ("table" if sys.stdout.isatty() else "jsonl"))
        return cls(kind_of(path or "", kind), path)


def show(inputs: Inputs, scorer: Scorer, jobs: int) -> Tally:
    """Score everything there is to read and show the queue."""
    from rich.console import Console

    from moderation.batch import Tally, mapped
    from moderation.cli import progress, table

    reading, tally, queue = inputs.reading(), Tally(), table.Queue()
    for frame in progress.shown(mapped(scorer.score, reading, jobs), tally):
        queue.add(frame)
    tell(reading, inputs.unplaced)
    queue.show(scorer.policy, tally, Console(highlight=False))
    return tally


def write(inputs: Inputs, scorer: Scorer, output: Output, jobs: int) -> Tally:
    """Score everything there is to read and write every row, in the order it came."""
    from moderation.batch import Tally, mapped
    from moderation.cli import progress, table
    from moderation.formats.frames import schema_of
    from moderation.formats.writing import Rejects, Writer

    rejects = Rejects(output.path) if output.path else None
    reading, tally = inputs.reading(rejects), Tally()
    schema = schema_of(_nothing_of(reading, scorer))
    with Writer(output.path or sys.stdout.buffer, output.kind, schema) as writer:
        for frame in progress.shown(mapped(scorer.score, reading, jobs), tally):
            writer.write(frame)
    tell(reading, inputs.unplaced)
    if rejects:
        rejects.close()
    typer.echo(table.counts_in_words(tally), err=True)
    return tally


def gathered(inputs: Inputs, scorer: Scorer) -> pd.DataFrame:
    """Everything there is to read, scored, in one frame."""
    import pandas as pd

    from moderation.batch import Tally
    from moderation.cli import progress

    reading = inputs.reading()
    scored = progress.shown(map(scorer.score, reading), Tally())
    frames = [*scored] or [_nothing_of(reading, scorer)]
    tell(reading)
    return pd.concat(frames, ignore_index=True)


def _nothing_of(reading: Reading, scorer: Scorer) -> pd.DataFrame:
    """No rows, in all the columns that come out."""
    from moderation.formats.frames import to_pandas

    return scorer.score(to_pandas(reading.schema.empty_table()))


def tell(reading: Reading, unplaced: bool = False) -> None:
    """What a person should know of how the inputs were read, on stderr.

    Args:
        reading: Read to its end.
        unplaced: Show the lines of a page that could not be placed, not only their number.
    """
    for note in reading.notes:
        typer.echo(f"note: {note}", err=True)
    if reading.unplaced and not unplaced:
        typer.echo("note: show the unplaced lines with --unplaced", err=True)
    for line in reading.unplaced if unplaced else ():
        words = marks.visible(line.raw.decode("utf-8", "replace"))
        typer.echo(f"unplaced: line {line.line}: {words}", err=True)
    for reject in reading.rejects[:NAMED_REJECTS]:
        place = reject.source if reject.line is None else f"{reject.source}:{reject.line}"
        typer.echo(f"rejected: {place}: {reject.reason}", err=True)
    if reading.rejected > NAMED_REJECTS:
        typer.echo(f"rejected: {reading.rejected - NAMED_REJECTS:,} more", err=True)
