"""A whole job: comments of any number are read, scored and written, frame by frame.

Memory holds a few frames, whatever the size of the inputs, and the rows come out in the order
they came in. What is done is kept in parts beside the output (:mod:`.parts`), so that a job that
was killed goes on where it stood, and the output appears under its name only when it is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from os import PathLike
from typing import TYPE_CHECKING

from moderation.batch.parts import Parts, unfinished
from moderation.batch.tally import Tally
from moderation.batch.threads import mapped
from moderation.formats import Reading, Reject

if TYPE_CHECKING:
    import pyarrow as pa

    from moderation.scoring import Scorer

__all__ = ["PART_ROWS", "Progress", "Tally", "mapped", "run", "unfinished"]

#: Comments in a part: what is lost, at most, when a job is killed.
PART_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        tally: What became of the comments so far.
        new: How many of them this run scored; an earlier one did the others.
        share: How much of the input has been read, 0…1, or None where its size is not known.
    """

    tally: Tally
    new: int
    share: float | None


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Comments as read or as scored, and the records before them that could not be read."""

    comments: pa.Table
    rejects: list[Reject]
    tally: Tally


def run(
    reading: Reading,
    scorer: Scorer,
    out: str | PathLike[str],
    *,
    kind: str | None = None,
    jobs: int = 1,
    resume: bool = False,
    part_rows: int = PART_ROWS,
    watch: Callable[[Progress], None] | None = None,
) -> Tally:
    r"""Score everything there is to read, into one file.

    The rows do not depend on ``jobs``, on the reading's rows a frame, or on interruptions.

    Args:
        reading: The comments; not yet begun, and without ``on_reject``.
        scorer: What scores them.
        out: The file, which appears when it is whole; what could not be read goes to
            ``<out>.rejects.jsonl``.
        kind: ``csv``, ``jsonl`` or ``parquet``; what the suffix says where it is None.
        jobs: Threads that score, 1 or more.
        resume: Go on with the parts that an earlier run of the same job left.
        part_rows: Comments in a part, about.
        watch: Told the progress after every chunk, in the caller's thread.

    Returns:
        What became of the comments, those of earlier runs included.

    Raises:
        ModerationError: An unfinished job is in the way, or ``resume`` finds another job's parts;
            the file cannot be written.
        InputError: An input is damaged, or refused.

    Example:
        >>> import pathlib, tempfile
        >>> from moderation.scoring import Scorer
        >>> folder = tempfile.TemporaryDirectory()
        >>> page, out = (pathlib.Path(folder.name, name) for name in ("in.jsonl", "out.jsonl"))
        >>> _ = page.write_text('{"body": "Well said"}\n{"body": "You idiot"}')
        >>> dict(run(Reading(page), Scorer.load(), out).actions)
        {'approve': 1, 'review': 1}
        >>> out.read_text().count("\n")
        2
        >>> folder.cleanup()
    """
    from moderation.formats.frames import schema_of

    schema = schema_of(scorer.score_table(reading.schema.empty_table()))
    inputs, by = reading.identity, (scorer.model.identity, scorer.policy.identity)
    job = inputs and {**inputs, "model": by[0], "policy": by[1]}
    parts = Parts.opened(out, kind, schema, job, resume=resume)
    tally = parts.tally()
    before = tally.rows
    chunks = islice(_chunks(reading), parts.chunks, None)
    try:
        for chunk in mapped(partial(_scored, scorer, schema), chunks, jobs):
            parts.add(chunk.comments, chunk.rejects, chunk.tally)
            tally.merge(chunk.tally)
            if parts.open_rows >= part_rows:
                parts.close()
            if watch:
                watch(Progress(tally, tally.rows - before, reading.share))
        parts.join()
    except BaseException:
        parts.abandon()
        raise
    return tally


def _chunks(reading: Reading) -> Iterator[_Chunk]:
    """The comments table by table, each with the rejects that were met before it."""
    for table in reading.tables():
        yield _Chunk(table, _taken(reading.rejects), Tally())
    if reading.rejects:
        yield _Chunk(reading.schema.empty_table(), _taken(reading.rejects), Tally())


def _taken(rejects: list[Reject]) -> list[Reject]:
    taken = rejects[:]
    rejects.clear()
    return taken


def _scored(scorer: Scorer, schema: pa.Schema, chunk: _Chunk) -> _Chunk:
    from moderation.formats.frames import to_arrow, to_pandas

    scored = to_arrow(scorer.score_table(chunk.comments), schema)
    tally = Tally(rejected=len(chunk.rejects))
    tally.add(to_pandas(scored.select(["action", "error"])))
    return _Chunk(scored, chunk.rejects, tally)
