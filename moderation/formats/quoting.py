"""Lines of a CSV cut into records, by its quotes (RFC 4180).

A block whose quotes all stand where the standard has them is cut and decoded at once, by Arrow.
Any other is read record by record. One with another number of columns is rejected whole; where a
quote is never closed, or closes in the middle of a value, only the line on which the record began
is given up, and reading goes on with the next: a stray quote costs one row, not the rest of the
file. So that this stays linear, lines are read a second time only up to a budget.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from moderation.formats.lines import LONGEST_LINE, Block
from moderation.formats.records import Reject

LONGEST_RECORD = LONGEST_LINE
"""A longer record (characters) has a quote that is never closed."""
_FREE_RETRIES = 10_000
"""Lines that may be read again in any input; beyond, as many as have been read once."""
SEPARATOR = "sep="
"""What Excel may write on a line before the header, the delimiter after it."""
_UNKNOWN = -1  # a width
_UNCLOSED = "a quote is never closed"
_ASTRAY = "a quote or line break in the middle of a value"
_QUOTE, _FEED, _RETURN = b'"\n\r'

Record = list[str]
Batch = tuple[Sequence[Any], list[Reject]]
"""Columns, each an Arrow array or a sequence of texts; none where there is no record. Rejects."""


def whole_records(data: bytes, delimiter: str) -> int:
    r"""Where the last record of well-quoted data ends.

    Returns:
        Bytes up to and with the last line feed outside quotes; 0 where there is none, or where a
        quote or a carriage return stands in the middle of a value.

    Example:
        >>> whole_records(b'a,"b\nc"\nd,"e', ","), whole_records(b'a,b "c"\n', ",")
        (8, 0)
    """
    import numpy as np

    signs = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(signs == _QUOTE)
    end = data.rfind(b"\n") + 1
    before = int(np.searchsorted(quotes, end))
    if before % 2:  # inside quotes: the last record begins before they open
        end = data.rfind(b"\n", 0, quotes[before - 1]) + 1
        before = int(np.searchsorted(quotes, end))
    if not end or before % 2 or data.count(b"\r", 0, end) != data.count(b"\r\n", 0, end):
        return 0
    opening, closing = quotes[:before:2], quotes[1:before:2]
    beside = [_QUOTE, _FEED, ord(delimiter)]
    starts_well = np.isin(signs[opening - 1], beside) | (opening == 0)
    ends_well = np.isin(signs[closing + 1], [*beside, _RETURN])
    return end if starts_well.all() and ends_well.all() else 0


class Splitter:
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
        self._rest = b""
        self._first = 1
        self._retries = _FREE_RETRIES

    def batches(self, parts: Iterable[Block | Reject]) -> Iterator[Batch]:
        """Records and rejects, block by block; the first batch comes with the header known."""
        for part in parts:
            if isinstance(part, Reject):
                yield [], [part]
                continue
            self._rest += part.data
            self._retries += part.count
            batch = self._at_once() or self._one_by_one(last=False)
            if self.header is not None:
                yield batch
        yield self._one_by_one(last=True)

    def _at_once(self) -> Batch | None:
        """The whole records of well-quoted lines, if that is what they are."""
        import pyarrow as pa
        import pyarrow.csv as pc

        end = whole_records(self._rest, self._delimiter) if self.header else 0
        if not end:
            return None
        names = [str(place) for place in range(len(self.header or ()))]
        try:
            table = pc.read_csv(
                pa.BufferReader(memoryview(self._rest)[:end]),
                pc.ReadOptions(column_names=names, use_threads=False, block_size=end + 1),
                pc.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
                pc.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
            )
        except pa.ArrowInvalid:  # a record of another width
            return None
        self._first += self._rest.count(b"\n", 0, end)
        self._rest = self._rest[end:]
        return table.columns, []

    def _one_by_one(self, *, last: bool) -> Batch:
        """All records that are whole; at the last, all that there are."""
        lines = io.StringIO(self._rest.decode(), newline="\n").readlines()
        walk = _Walk(lines, self._first, self._delimiter, self.header)
        while not walk.done and (last or not walk.is_cut_off()):
            self._retries = walk.recover(self._retries)
        self.header = walk.header
        self.stray += walk.stray
        self._rest = "".join(lines[walk.at :]).encode()
        self._first += walk.at
        return list(zip(*walk.records, strict=True)), walk.rejects


class _Walk:
    """Lines read record by record, as far as they go; where they break, :meth:`recover` goes on.

    Attributes:
        at: The line on which the next record begins.
        done: Whether all lines are read.
        header, records, rejects, stray: What was found so far.
    """

    def __init__(self, lines: list[str], first: int, delimiter: str, header: Record | None) -> None:
        self.at = 0
        self.header = header
        self.records: list[Record] = []
        self.rejects: list[Reject] = []
        self.stray = 0
        self._lines = lines
        self._first = first
        self._delimiter = delimiter
        self._waiting: list[str | None] = [None, *reversed(lines)]  # a stack: lines can be put back
        self._go_on()

    def is_cut_off(self) -> bool:
        """Whether the record that broke may be whole once there are more lines."""
        return not self._waiting and sum(map(len, self._lines[self.at :])) < LONGEST_RECORD

    def recover(self, retries: int) -> int:
        """Give up the record that broke, or its first line only, and go on behind.

        Args:
            retries: Lines that may be read again.

        Returns:
            How many still may.
        """
        again = self._end - self.at - 1
        record = self._as_it_stands(self._lines[self.at])
        if record is None and again > retries:
            self._reject(self._why, self._end)
            again = 0
        elif record is None:
            self._reject(self._why, self.at + 1)
        else:
            self.stray += 1
            self.records.append(record)
            self.at += 1
        if not self._waiting:
            self._waiting.append(None)
        self._waiting += reversed(self._lines[self.at : self.at + again])
        self._go_on()
        return retries - again

    def _go_on(self) -> None:
        """Read records until they end or break."""
        begin = self.at
        width = len(self.header) if self.header else _UNKNOWN
        source = iter(self._waiting.pop, None)
        reader = csv.reader(source, delimiter=self._delimiter, strict=True)
        self.done = True
        try:
            for record in reader:
                end = begin + reader.line_num
                if len(record) == width:
                    self.records.append(record)
                    self.at = end
                elif record:
                    width = self._other_width(record, end)
                else:  # a blank line is no record
                    self.at = end
        except csv.Error as error:
            self.done = False
            self._end = begin + reader.line_num
            self._why = _UNCLOSED if "unexpected end" in str(error) else _ASTRAY

    def _other_width(self, record: Record, end: int) -> int:
        """Take the header, or reject a record of another width than it; returns that width."""
        if self.header is not None:
            self._reject(f"{len(record)} columns, not {len(self.header)}", end)
            return len(self.header)
        self.at = end
        if record[0].startswith(SEPARATOR):
            return _UNKNOWN
        self.header = record
        return len(record)

    def _as_it_stands(self, line: str) -> Record | None:
        """A line that reads well when its quotes mean nothing: ``1,"He said "no" to me"``."""
        if self.header is None or line.count('"') % 2:
            return None
        reader = csv.reader([line], delimiter=self._delimiter, quoting=csv.QUOTE_NONE)
        try:
            values = next(reader)
        except csv.Error:
            return None
        return [_unquoted(v) for v in values] if len(values) == len(self.header) else None

    def _reject(self, reason: str, end: int) -> None:
        raw = "".join(self._lines[self.at : end]).encode()
        self.rejects.append(Reject(reason, raw, line=self._first + self.at))
        self.at = end


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
