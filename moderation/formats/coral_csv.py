"""Coral's import format: comments as CSV without a header, every column present, if only empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from moderation.formats.lines import blocks
from moderation.formats.quoting import Splitter
from moderation.formats.records import Comment, Item
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from moderation.formats.times import utc

_COLUMNS = ("id", "author", "story", "created_at", "body", "parent", "status", "rating")
_STATUSES = {"", "NONE", "APPROVED", "REJECTED", "PREMOD", "SYSTEM_WITHHELD"}
_LOOKED_AT = 20


def recognise(sample: Sample) -> bool:
    """Whether most of its first records have Coral's eight columns, times and statuses in them."""
    reader = csv.reader(io.StringIO("\n".join(sample.lines)))
    try:
        records = [record for record in islice(reader, _LOOKED_AT) if record]
    except csv.Error:
        return False
    fitting = [record for record in records if _fits(record)]
    return 2 * len(fitting) > len(records) and any(record[3] + record[6] for record in fitting)


def _fits(record: list[str]) -> bool:
    if len(record) != len(_COLUMNS):
        return False
    moment, _ = utc(record[3])
    return bool(record[0]) and (moment is not None or not record[3]) and record[6] in _STATUSES


def parse(source: Source) -> Iterator[Item]:
    """The comments, row by row."""
    splitter = Splitter(",")
    splitter.header = list(_COLUMNS)
    for columns, rejects in splitter.batches(blocks(source)):
        yield from rejects
        for name, author, story, created_at, body, parent, status, _ in _rows(columns):
            yield Comment(
                body,
                comment_id=name,
                thread_id=story,
                parent_id=parent or None,
                author=author,
                created_at=created_at,
                state=status or None,
                html=True,
            )
    if splitter.stray:
        source.note(f"rows with stray quotes, read as they stand: {splitter.stray}")


def _rows(columns: Sequence[Any]) -> Iterator[Sequence[str]]:
    """The rows of columns, each an Arrow array or a sequence."""
    lists = [column.to_pylist() if hasattr(column, "to_pylist") else column for column in columns]
    return zip(*lists, strict=True)
