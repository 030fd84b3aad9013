"""An array of JSON objects, or a page that wraps one, read as a table: its keys are columns.

The objects become lines, and the rest is :mod:`.jsonlines`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moderation.formats import jsonlines
from moderation.formats.batches import Content, Options
from moderation.formats.documents import records
from moderation.formats.lines import BLOCK, Block
from moderation.formats.records import Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from moderation.formats.tables import is_text, is_usual

_WRAPPERS = ("comments", "data", "items", "results", "rows", "posts", "messages")
_WRAPPED = re.compile(rf'"(?:{"|".join(_WRAPPERS)})"\s*:\s*\[\s*\{{')


def recognise(sample: Sample) -> bool:
    """Whether it is an array of objects with usual names, or an object that holds little else."""
    if sample.opening == "{":
        if any(map(is_text, sample.record)) or not _WRAPPED.search(sample.text):
            return False
    elif not re.match(r"\s*\[\s*\{", sample.text):
        return False
    return any(map(is_usual, sample.keys))


def open_array(source: Source, options: Options) -> Content:
    """Open an array of objects as a table.

    Raises:
        ColumnError: No key holds a text, or the one that was named is absent or nested.
        FormatError: There is no object in it.
    """
    return jsonlines.opened(_blocks(source), source, options)


def _blocks(source: Source) -> Iterator[Block | Reject]:
    """The objects as lines, numbered as they come."""
    waiting: list[bytes] = []
    size = count = 0
    for record in records(source, _WRAPPERS):
        if isinstance(record, Reject):
            yield record
            continue
        line = record.raw.replace(b"\n", b" ")  # in JSON no string holds a line feed
        waiting.append(line)
        size += len(line)
        if size >= BLOCK:
            yield Block(count + 1, len(waiting), b"\n".join(waiting))
            count += len(waiting)
            waiting, size = [], 0
    if waiting:
        yield Block(count + 1, len(waiting), b"\n".join(waiting))
