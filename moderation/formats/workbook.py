"""Excel workbooks (.xlsx), read by calamine: the sheet that looks like comments.

calamine is compiled, and much faster than openpyxl, the other choice. It trusts the sizes that the
archive declares, so every member is unpacked and measured first.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moderation.errors import FormatError, InputError
from moderation.formats.batches import Content, Options
from moderation.formats.compression import ABSURD_RATIO, BROKEN_ZIP, TRUSTED_BYTES
from moderation.formats.conversion import Conversion, schema
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from moderation.formats.tables import Layout, is_usual, layout, told_apart

if TYPE_CHECKING:
    import pyarrow as pa

Cells = list[list[Any]]

_HEADER_WITHIN = 20
"""Rows among which the header is looked for: titles and blank rows may stand above it."""


def recognise(sample: Sample) -> bool:
    """Whether the file is an Office archive with a workbook in it."""
    return sample.head.startswith(b"PK\x03\x04") and b"xl/" in sample.head


def open_workbook(source: Source, options: Options) -> Content:
    """Open the first sheet whose header has usual names, else the first that is not empty.

    Raises:
        FormatError: The workbook is damaged, or no sheet holds a table.
        InputError: It unpacks to an absurd size.
        ColumnError: No column holds the text, or the one that was named is absent.
    """
    import pyarrow as pa

    path = source.unpacked()
    _refuse_bombs(path, source.name)
    sheets = _sheets(path, source.name)
    if not sheets:
        mend = "name a workbook with a table"
        raise FormatError("every sheet is empty", path=source.name, mend=mend)
    title = next((name for name, rows in sheets.items() if _header(rows) is not None), None)
    title = title or next(iter(sheets))
    others = [name for name in sheets if name != title]
    if others:
        source.note(f'read the sheet "{title}", not {", ".join(others)}')
    rows = sheets[title][_header(sheets[title]) or 0 :]
    names = told_apart([_spelt(cell) or "" for cell in rows[0]], source)
    records = [row for row in rows[1:] if any(cell != "" for cell in row)]
    used = [
        bool(_spelt(cell)) or any(r[at] != "" for r in records) for at, cell in enumerate(rows[0])
    ]
    chosen = layout([n for n, holds in zip(names, used, strict=True) if holds], source, options)
    shape = schema(pa.schema([(name, pa.string()) for name in chosen.extra]))
    conversion = Conversion(source, shape, keep_personal=options.keep_personal)
    return Content(shape, _tables(records, names, chosen, conversion, options.rows))


def _tables(
    records: Cells, names: Sequence[str], chosen: Layout, conversion: Conversion, size: int
) -> Iterator[pa.Table]:
    for begin in range(0, len(records), size):
        part = records[begin : begin + size]
        values = dict(zip(names, zip(*part, strict=True), strict=True))
        raw: dict[str, list[object]] = {}
        for name, theirs in chain(chosen.own.items(), chosen.extra.items()):
            as_held = name in {"created_at", "likes", "state"}
            raw[name] = [_value(cell) if as_held else _spelt(cell) for cell in values[theirs]]
        yield conversion.table(raw, begin)
    conversion.tell()


def _sheets(path: Path, name: str) -> dict[str, Cells]:
    """Title and rows of every sheet that is not empty; all rows of a sheet have one width."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(path)
        rows = {
            title: workbook.get_sheet_by_name(title).to_python() for title in workbook.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        what = f"no whole workbook ({str(error)[:120]})"
        raise FormatError(what, path=name, mend="open it and save it again as .xlsx") from None
    return {title: cells for title, cells in rows.items() if cells}


def _header(rows: Cells) -> int | None:
    """Which of the first rows names columns."""
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        if any(isinstance(cell, str) and is_usual(cell) for cell in row):
            return at
    return None


def _value(cell: object) -> object:
    return datetime.combine(cell, time()) if type(cell) is date else cell


def _spelt(cell: Any) -> str | None:  # noqa: ANN401  # whatever a cell holds
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date | datetime | time) else str(cell)


def _refuse_bombs(path: Path, name: str) -> None:
    """Unpack every member, whatever size it declares, and stop at an absurd one."""
    try:
        with zipfile.ZipFile(path) as archive:
            total, packed = 0, path.stat().st_size
            for member in archive.infolist():
                member.file_size = sys.maxsize  # what is declared may be a lie
                with archive.open(member) as content:
                    while data := content.read(1 << 20):
                        total += len(data)
                        if total > TRUSTED_BYTES and total > ABSURD_RATIO * packed:
                            what = f"unpacks to more than {ABSURD_RATIO} times its size"
                            raise InputError(what, path=name, mend="save it again as .csv")
    except BROKEN_ZIP:
        raise FormatError("a damaged workbook", path=name, mend="copy it again") from None
