"""CSV and its relatives: comma, semicolon, tab or bar between columns, RFC 4180 quotes.

The first record names the columns. A record with another number of columns is rejected whole. Where
a quote is never closed, or closes in the middle of a value, only the line on which the record began
is given up, and reading goes on with the next: a stray quote costs one row, not the rest of the
file. So that this stays linear, lines are read a second time only up to a budget.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from moderation.errors import FormatError
from moderation.formats.batches import Content, Options
from moderation.formats.conversion import Conversion, schema
from moderation.formats.lines import LONGEST_LINE, Block, blocks
from moderation.formats.records import Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from moderation.formats.tables import Layout, is_usual, layout, unique

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_RECORD = LONGEST_LINE
"""A longer record (characters) has a quote that is never closed."""
_FREE_RETRIES = 10_000
"""Lines that may be read again in any input; beyond, as many as have been read once."""
_UNCLOSED = "a quote is never closed"
_ASTRAY = "a quote or line break in the middle of a value"
_SEPARATOR = "sep="
"""What Excel may write on a line before the header, the delimiter after it."""
_SNIFFED = 50
"""Records by which the delimiter is told."""

Record = list[str]
Batch = tuple[list[Record], list[Reject]]


def recognise(sample: Sample) -> bool:
    """Whether the head is a table with commas, semicolons or bars; or the file is a .csv."""
    return _delimiter(sample.lines, ",;|") is not None or sample.suffix == ".csv"


def recognise_tabs(sample: Sample) -> bool:
    """Whether the head is a table with tabs; or the file is a .tsv."""
    return _delimiter(sample.lines, "\t") is not None or sample.suffix in {".tsv", ".tab"}


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

    splitter = _Splitter(delimiter)
    batches = splitter.batches(blocks(source))
    first = next(batches, ([], []))
    if splitter.header is None:
        mend = "its first line must name the columns"
        raise FormatError("no table can be read", path=source.name, mend=mend)
    names = unique(splitter.header)
    chosen = layout(names, source, options)
    shape = schema(pa.schema([pa.field(name, pa.string()) for name in chosen.extra]))
    conversion = Conversion(source, shape)
    return Content(shape, _tables(chain([first], batches), names, chosen, conversion, splitter))


def _tables(
    batches: Iterable[Batch],
    names: Sequence[str],
    chosen: Layout,
    conversion: Conversion,
    splitter: _Splitter,
) -> Iterator[pa.Table | Reject]:
    import pyarrow as pa
    import pyarrow.compute as pc

    count = 0
    for records, rejects in batches:
        yield from rejects
        if not records:
            continue
        values = dict(zip(names, zip(*records, strict=True), strict=True))
        raw = {}
        for name, theirs in chain(chosen.own.items(), chosen.extra.items()):
            cells = pa.array(values[theirs], pa.string())
            raw[name] = cells if name == "text" else pc.if_else(pc.equal(cells, ""), None, cells)
        yield conversion.table(raw, count)
        count += len(records)
    if splitter.stray:
        conversion.source.note(f"rows with stray quotes, read as they stand: {splitter.stray}")
    conversion.tell()


class _Splitter:
    """Cuts blocks of lines into records; a record may go on in the next block.

    Attributes:
        header: The first record, once it is read.
        stray: Records that were read though their quotes stand astray.
    """

    def __init__(self, delimiter: str) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_RECORD))  # one for the process
        self.header: Record | None = None
        self.stray = 0
        self._delimiter = delimiter
        self._lines: list[str] = []
        self._first = 1
        self._retries = _FREE_RETRIES

    @property
    def width(self) -> int | None:
        """Columns of a record, once the header is read."""
        return None if self.header is None else len(self.header)

    def batches(self, parts: Iterable[Block | Reject]) -> Iterator[Batch]:
        """Records and rejects, block by block; the first batch comes with the header known."""
        for part in parts:
            if isinstance(part, Reject):
                yield [], [part]
                continue
            self._lines += io.StringIO(part.data.decode(), newline="\n").readlines()
            self._retries += part.count
            batch = self._split(last=False)
            if self.header is not None:
                yield batch
        yield self._split(last=True)

    def _split(self, *, last: bool) -> Batch:
        """All records that are whole; at the last, all that there are."""
        records: list[Record] = []
        rejects: list[Reject] = []
        lines, at = self._lines, 0
        waiting = [None, *reversed(lines)]
        while True:
            begin = at
            reader = csv.reader(iter(waiting.pop, None), delimiter=self._delimiter, strict=True)
            try:
                for record in reader:
                    end = begin + reader.line_num
                    if len(record) == self.width:
                        records.append(record)
                    elif record:  # a blank line is none
                        self._other_width(record, at, end, rejects)
                    at = end
                break
            except csv.Error as error:
                end = begin + reader.line_num
                if not waiting:  # the end was met inside quotes
                    if not last and sum(map(len, lines[at:])) < LONGEST_RECORD:
                        break
                    waiting.append(None)
                why = _UNCLOSED if "unexpected end" in str(error) else _ASTRAY
                at = self._recover(why, at, end, waiting, records, rejects)
        self._lines = lines[at:]
        self._first += at
        return records, rejects

    def _other_width(self, record: Record, at: int, end: int, rejects: list[Reject]) -> None:
        """The header, or a record that has not as many columns as it."""
        if self.header is None:
            if not record[0].startswith(_SEPARATOR):
                self.header = record
        else:
            reason = f"{len(record)} columns, not {self.width}"
            rejects.append(self._reject(reason, at, end))

    def _recover(
        self,
        why: str,
        at: int,
        end: int,
        waiting: list[str | None],
        records: list[Record],
        rejects: list[Reject],
    ) -> int:
        """Give up the record that broke, or only its first line; returns the line to go on at."""
        record = self._as_it_stands(self._lines[at])
        if record is None and end - at - 1 > self._retries:
            rejects.append(self._reject(why, at, end))
            return end
        self._retries -= end - at - 1
        waiting.extend(reversed(self._lines[at + 1 : end]))
        if record is None:
            rejects.append(self._reject(why, at, at + 1))
        else:
            self.stray += 1
            records.append(record)
        return at + 1

    def _as_it_stands(self, line: str) -> Record | None:
        """A line that reads well when its quotes mean nothing: ``1,"He said "no" to me"``."""
        if line.count('"') % 2:
            return None
        reader = csv.reader([line], delimiter=self._delimiter, quoting=csv.QUOTE_NONE)
        try:
            values = next(reader)
        except csv.Error:
            return None
        return [_unquoted(value) for value in values] if len(values) == self.width else None

    def _reject(self, reason: str, at: int, end: int) -> Reject:
        raw = "".join(self._lines[at:end]).encode()
        return Reject(reason, raw, line=self._first + at)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def _delimiter(lines: Sequence[str], delimiters: str) -> str | None:
    """The delimiter with which most records have the header's width, and the header usual names."""
    if lines and lines[0].startswith(_SEPARATOR):
        named = lines[0].removeprefix(_SEPARATOR).strip(" ")
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
