"""CSV and its relatives: comma, semicolon, tab or bar between columns.

The first record names the columns; which sign stands between them is told from the first records.
:mod:`.quoting` cuts the lines into records.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from moderation.errors import FormatError
from moderation.formats.batches import Content, Options
from moderation.formats.conversion import Conversion, schema
from moderation.formats.lines import blocks
from moderation.formats.quoting import SEPARATOR, Batch, Record, Splitter
from moderation.formats.records import Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from moderation.formats.tables import Layout, is_usual, layout, told_apart

if TYPE_CHECKING:
    import pyarrow as pa

_SNIFFED = 50
"""Records by which the delimiter is told."""


def recognise(sample: Sample) -> bool:
    """Whether the head is a table with commas, semicolons or bars; or the file is a .csv."""
    named = sample.suffix == ".csv" and not sample.binary
    return named or _delimiter(sample.lines, ",;|") is not None


def recognise_tabs(sample: Sample) -> bool:
    """Whether the head is a table with tabs; or the file is a .tsv."""
    named = sample.suffix in {".tsv", ".tab"} and not sample.binary
    return named or _delimiter(sample.lines, "\t") is not None


def open_commas(source: Source, options: Options) -> Content:
    """Open a file with commas, semicolons or bars as a table; every extra column is text.

    Raises:
        ColumnError: No column holds the text, or the one that was named is absent.
        FormatError: The first record, which names the columns, cannot be read.
    """
    lines = Sample(source.head).lines
    return _opened(source, options, _delimiter(lines, ",;|") or _commonest(lines[:1], ",;|"))


def open_tabs(source: Source, options: Options) -> Content:
    """Open a file with tabs as a table; see :func:`open_commas`."""
    return _opened(source, options, "\t")


def _opened(source: Source, options: Options, delimiter: str) -> Content:
    import pyarrow as pa

    splitter = Splitter(delimiter)
    batches = splitter.batches(blocks(source))
    first = next(batches, ([], []))
    if splitter.header is None:
        mend = "its first line must name the columns"
        raise FormatError("no table can be read", path=source.name, mend=mend)
    names = told_apart(splitter.header, source)
    chosen = layout(names, source, options)
    shape = schema(pa.schema([pa.field(name, pa.string()) for name in chosen.extra]))
    conversion = Conversion(source, shape, keep_personal=options.keep_personal)
    return Content(shape, _tables(chain([first], batches), names, chosen, conversion, splitter))


def _tables(
    batches: Iterable[Batch],
    names: Sequence[str],
    chosen: Layout,
    conversion: Conversion,
    splitter: Splitter,
) -> Iterator[pa.Table | Reject]:
    import pyarrow as pa
    import pyarrow.compute as pc

    count = 0
    for cells, rejects in batches:
        yield from rejects
        if not cells:
            continue
        by_name = dict(zip(names, cells, strict=True))
        raw = {}
        for name, theirs in chain(chosen.own.items(), chosen.extra.items()):
            held = by_name[theirs]
            held = held if isinstance(held, pa.ChunkedArray) else pa.array(held, pa.string())
            raw[name] = held if name == "text" else pc.if_else(pc.equal(held, ""), None, held)
        yield conversion.table(raw, count)
        count += len(cells[0])
    if splitter.stray:
        conversion.source.note(f"rows with stray quotes, read as they stand: {splitter.stray}")
    conversion.tell()


def _delimiter(lines: Sequence[str], delimiters: str) -> str | None:
    """The delimiter with which most records have the header's width, and the header usual names."""
    if lines and lines[0].startswith(SEPARATOR):
        named = lines[0].removeprefix(SEPARATOR).strip(" ")
        return named if len(named) == 1 and named in delimiters else None
    best: tuple[int, str] | None = None
    for delimiter in delimiters:
        records = _sniffed(lines, delimiter)
        if not records or len(records[0]) < 2 or not any(map(is_usual, records[0])):
            continue
        fitting = sum(len(record) == len(records[0]) for record in records)
        if fitting * 5 >= len(records) * 3:
            best = max(best or (0, ""), (len(records[0]), delimiter))
    return best[1] if best else None


def _sniffed(lines: Sequence[str], delimiter: str) -> list[Record]:
    records: list[Record] = []
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    try:
        for record in reader:
            if record:
                records.append(record)
            if len(records) == _SNIFFED:
                break
    except csv.Error:
        pass  # what came before it tells enough
    return records


def _commonest(lines: Sequence[str], delimiters: str) -> str:
    """The delimiter that the header holds most of, the first where it holds none."""
    return max(delimiters, key="".join(lines).count)
