"""What the commands that read a whole input share: opening it, scoring it, telling how it went."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from moderation import marks
from moderation.errors import ModerationError

if TYPE_CHECKING:
    import pandas as pd

    from moderation.batch import Tally
    from moderation.formats import Reading, Reject
    from moderation.scoring import Scorer

#: Rejected records that are named on stderr where no file takes them.
NAMED_REJECTS = 5


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to read, and how."""

    paths: tuple[str, ...]
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    keep_personal: bool = False
    strict: bool = False
    unplaced: bool = False

    def reading(self, on_reject: Callable[[Reject], None] | None = None) -> Reading:
        """The comments, frame by frame."""
        from moderation.formats import Reading

        return Reading(
            *self.paths,
            format=self.format,
            columns=self.columns,
            strict=self.strict,
            keep_personal=self.keep_personal,
            on_reject=on_reject,
        )

    def shown(self) -> Reading:
        """The comments, frame by frame, and of the rejects only those that will be named."""

        def keep(reject: Reject) -> None:
            if len(reading.rejects) < NAMED_REJECTS:
                reading.rejects.append(reject)

        reading = self.reading(keep)
        return reading


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

    @property
    def file(self) -> Path | None:
        """The file to write; None of standard output, and of a device, which has no parts."""
        return self.path if self.path and (self.path.is_file() or not self.path.exists()) else None


def apart(inputs: Inputs, out: Path | None) -> None:
    """See to it that what is read is not written over.

    Raises:
        ModerationError: The output is one of the inputs, under whatever name.
    """
    if out is None or not out.is_file():
        return
    if any(os.path.exists(path) and os.path.samefile(path, out) for path in inputs.paths):
        raise ModerationError("is read, too", path=out, mend="name another place with -o")


def show(inputs: Inputs, scorer: Scorer, jobs: int) -> Tally:
    """Score everything there is to read and show the queue."""
    from rich.console import Console

    from moderation.batch import Tally, mapped
    from moderation.cli import progress, table

    reading, tally, queue = inputs.shown(), Tally(), table.Queue()
    for frame in progress.shown(mapped(scorer.score, reading, jobs), tally, reading):
        queue.add(frame)
    tell(reading, inputs.unplaced)
    queue.show(scorer.policy, tally, Console(highlight=False))
    return tally


def write(inputs: Inputs, scorer: Scorer, output: Output, jobs: int, resume: bool) -> Tally:
    """Score everything there is to read and write every row, in the order it came.

    Raises:
        ModerationError: ``resume`` without a file that a job could have left unfinished.
    """
    from moderation.cli import table

    reading = inputs.reading() if output.file else inputs.shown()
    if output.file:
        tally = _to_file(reading, scorer, output.file, output.kind, jobs, resume)
        tell(reading, inputs.unplaced, Path(f"{output.file}.rejects.jsonl"))
    elif resume:
        raise ModerationError("--resume goes on with a file", mend="name it with -o")
    else:
        tally = _to_stream(reading, scorer, output, jobs)
        tell(reading, inputs.unplaced)
    typer.echo(table.counts_in_words(tally), err=True)
    return tally


def _to_file(
    reading: Reading, scorer: Scorer, out: Path, kind: str, jobs: int, resume: bool
) -> Tally:
    from moderation import batch
    from moderation.cli.progress import Display

    try:
        with Display() as display:
            return batch.run(
                reading, scorer, out, kind=kind, jobs=jobs, resume=resume, watch=display
            )
    except KeyboardInterrupt:
        if batch.unfinished(out):
            typer.echo("what is done is kept: go on with the same command and --resume", err=True)
        raise


def _to_stream(reading: Reading, scorer: Scorer, output: Output, jobs: int) -> Tally:
    from moderation.batch import Tally, mapped
    from moderation.cli import progress
    from moderation.formats.frames import schema_of
    from moderation.formats.writing import Writer

    tally, schema = Tally(), schema_of(scorer.score(reading.empty()))
    with Writer(output.path or sys.stdout.buffer, output.kind, schema) as writer:
        for frame in progress.shown(mapped(scorer.score, reading, jobs), tally, reading):
            writer.write(frame)
    return tally


def gathered(inputs: Inputs, scorer: Scorer) -> pd.DataFrame:
    """Everything there is to read, scored, in one frame."""
    import pandas as pd

    from moderation.batch import Tally
    from moderation.cli import progress

    reading = inputs.shown()
    scored = progress.shown(map(scorer.score, reading), Tally(), reading)
    frames = [*scored] or [scorer.score(reading.empty())]
    tell(reading)
    return pd.concat(frames, ignore_index=True)


def tell(reading: Reading, unplaced: bool = False, rejects: Path | None = None) -> None:
    """What a person should know of how the inputs were read, on stderr.

    Args:
        reading: Read to its end.
        unplaced: Show the lines of a page that could not be placed, not only their number.
        rejects: Where the records are that could not be read; without it some are named.
    """
    for note in reading.notes:
        typer.echo(f"note: {note}", err=True)
    if reading.unplaced and not unplaced:
        typer.echo("note: show the unplaced lines with --unplaced", err=True)
    for line in reading.unplaced if unplaced else ():
        words = marks.visible(line.raw.decode("utf-8", "replace"))
        typer.echo(f"unplaced: line {line.line}: {words}", err=True)
    _tell_rejected(reading, rejects)


def _tell_rejected(reading: Reading, file: Path | None) -> None:
    """How many records of how many could not be read, and where they are."""
    for reject in () if file else reading.rejects[:NAMED_REJECTS]:
        place = reject.source if reject.line is None else f"{reject.source}:{reject.line}"
        typer.echo(f"rejected: {place}: {reject.reason}", err=True)
    if reading.rejected:
        where = f", see {file}" if file else ""
        counts = f"{reading.rejected:,} of {reading.records:,} records"
        typer.echo(f"rejected: {counts}{where}", err=True)
