"""The kinds of file that frames are written to: CSV, JSON Lines and Parquet.

An encoder turns Arrow tables of one schema into bytes, table by table, and joins files that it
made. :mod:`.writing` decides where the bytes go.

In a CSV a text that a spreadsheet would run as a formula (it begins with ``=``, ``+``, ``-``,
``@``, their full-width forms, a tab or a line break) gets an apostrophe before it, and so does one
that begins with apostrophes and then such a sign: so exactly one apostrophe is to be taken away
again, which :func:`restored` does. Numbers are left as they are. Lists and structures, ``reasons``
among them, become JSON.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

_SIGNS = r"[=+\-@＝＋－＠\t\r\n]"
_FORMULA = f"^('*{_SIGNS})"
_DEFUSED = re.compile(f"^'('*{_SIGNS})")
_UNIQUE = ("comment_id", "parent_id", "created_at", "text")
"""Columns whose values seldom recur, so that a dictionary does not pay."""
_ZSTD = -8
"""The level of compression: texts take six tenths of the time of Snappy, and a sixth more room."""
_GROUP_ROWS = 1 << 16
"""Rows in a group: few enough that whoever writes them is soon free again."""
_JOINED_GROUP_ROWS = 1 << 17
"""The same in a joined file, whose table of contents would be long with small ones."""
_GROUP_BYTES = 1 << 26
_JOINED_ROWS = 1 << 14


class Encoder(Protocol):
    """Arrow tables to bytes."""

    def __init__(self, sink: BinaryIO, schema: pa.Schema) -> None: ...

    def write(self, table: pa.Table) -> None:
        """Add the rows of a table, whose schema is that of the encoder."""

    def finish(self) -> None:
        """Write what is still held back; the sink stays open."""

    def abandon(self) -> None:
        """Write nothing more."""

    @staticmethod
    def join(parts: Sequence[Path], sink: BinaryIO) -> None:
        """Write the rows of files of this kind one after another; at least one, of one schema."""


class JsonLines:
    """One object a line, keys in the order of the schema; what is missing is ``null``."""

    def __init__(self, sink: BinaryIO, schema: pa.Schema) -> None:  # noqa: ARG002  # see Encoder
        self._sink = sink
        self._encoder = msgspec.json.Encoder(enc_hook=str)

    def write(self, table: pa.Table) -> None:
        """Add the rows of a table."""
        self._sink.write(self._encoder.encode_lines(table.to_pylist()))

    def finish(self) -> None:
        """Nothing is held back."""

    def abandon(self) -> None:
        """Nothing is held back."""

    @staticmethod
    def join(parts: Sequence[Path], sink: BinaryIO) -> None:
        """Byte by byte."""
        for part in parts:
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, sink, 1 << 20)


class Csv:
    """RFC 4180 in UTF-8, a header line first, every text in quotes; what is missing is empty."""

    def __init__(self, sink: BinaryIO, schema: pa.Schema) -> None:
        import pyarrow as pa
        import pyarrow.csv as pc

        names = [re.sub(_FORMULA, r"'\1", name) for name in schema.names]
        kinds = [_cell_type(kind) for kind in schema.types]
        self._schema = pa.schema(list(zip(names, kinds, strict=True)))
        self._writer = pc.CSVWriter(sink, self._schema)

    def write(self, table: pa.Table) -> None:
        """Add the rows of a table."""
        import pyarrow as pa

        cells = [_cells(column) for column in table.columns]
        self._writer.write_table(pa.Table.from_arrays(cells, schema=self._schema))

    def finish(self) -> None:
        """Write the header if there was no row."""
        self._writer.close()

    def abandon(self) -> None:
        """Nothing is held back."""

    @staticmethod
    def join(parts: Sequence[Path], sink: BinaryIO) -> None:
        """Byte by byte, the header of the first part only."""
        for number, part in enumerate(parts):
            with part.open("rb") as lines:
                if number:  # a header may hold line breaks, so it is read as CSV
                    next(csv.reader(line.decode() for line in iter(lines.readline, b"")))
                shutil.copyfileobj(lines, sink, 1 << 20)


class Parquet:
    """Row groups of so many rows or 64 MiB, whatever the size of the tables."""

    def __init__(self, sink: BinaryIO, schema: pa.Schema, group_rows: int = _GROUP_ROWS) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._writer = pq.ParquetWriter(
            sink,
            schema,
            compression="zstd",
            compression_level=_ZSTD,
            use_dictionary=[name for name in schema.names if name not in _UNIQUE],
            write_statistics=[field.name for field in schema if field.type != pa.string()],
        )
        self._group_rows = group_rows
        self._waiting: list[pa.Table] = []
        self._rows = self._bytes = 0

    def write(self, table: pa.Table) -> None:
        """Add the rows of a table."""
        self._waiting.append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= self._group_rows or self._bytes >= _GROUP_BYTES:
            self._write_group()

    def finish(self) -> None:
        """Write the last rows and the footer."""
        self._write_group()
        self._writer.close()

    def abandon(self) -> None:
        """Keep the footer back, which would else be written when nobody looks."""
        self._writer.is_open = False

    def _write_group(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_table(
                pa.concat_tables(self._waiting), row_group_size=self._rows or 1
            )
        self._waiting, self._rows, self._bytes = [], 0, 0

    @staticmethod
    def join(parts: Sequence[Path], sink: BinaryIO) -> None:
        """Some rows at a time: a row group and its decoded columns at once would be many."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        whole = Parquet(sink, pq.read_schema(parts[0]), _JOINED_GROUP_ROWS)
        for part in parts:
            with pq.ParquetFile(part, pre_buffer=False) as file:
                for batch in file.iter_batches(_JOINED_ROWS):
                    whole.write(pa.Table.from_batches([batch]))
        whole.finish()


ENCODERS: dict[str, type[Encoder]] = {"csv": Csv, "jsonl": JsonLines, "parquet": Parquet}
"""Kind of output, which is its suffix, to encoder."""


def restored(cell: str) -> str:
    """The text that stands behind a cell of a CSV that this tool wrote.

    Example:
        >>> restored("'=1+1"), restored("''-)"), restored("'tis")
        ('=1+1', "'-)", "'tis")
    """
    return _DEFUSED.sub(r"\1", cell)


def _cell_type(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    if pa.types.is_floating(kind):
        return pa.float64()
    return kind if pa.types.is_integer(kind) or pa.types.is_boolean(kind) else pa.string()


def _cells(column: Any) -> Any:  # noqa: ANN401  # pyarrow carries no types
    """A column as CSV has it: numbers, truth, or text that no spreadsheet runs."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    cell = _cell_type(kind)
    if pa.types.is_floating(kind):
        numbers = column.cast(cell)
        return pc.if_else(pc.is_nan(numbers), pa.scalar(None, cell), numbers)
    if cell != pa.string():
        return column
    if pa.types.is_timestamp(kind):
        spelt = pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
        return pc.replace_substring(spelt, ".000000Z", "Z")
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        values = [_json(value) for value in column.to_pylist()]
        return pa.array(values, cell)
    return pc.replace_substring_regex(column.cast(cell), _FORMULA, r"'\1")


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value, enc_hook=str).decode()
