r"""JSON inputs as a stream of records: JSON Lines, arrays, and pages that wrap an array.

>>> import pathlib, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = pathlib.Path(folder, "page.json")
...     _ = path.write_bytes(b'{"next": 2, "items": [{"id": 1}, {"id": 2, "items": [}]}')
...     [getattr(item, "value", item.raw) for item in records(Source(path), ["items"])]
[{'id': 1}, b'{"id": 2, "items": [']

JSON Lines are decoded line by line; for anything else see :mod:`.splitting`. Strings may hold
bytes that are not UTF-8 (read as Windows-1252, counted and told) and raw control characters.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any

import msgspec

from moderation.formats.jsontext import decoded
from moderation.formats.lines import BLOCK, blocks, unmarked
from moderation.formats.records import Reject
from moderation.formats.samples import Sample, encoding
from moderation.formats.sources import Source
from moderation.formats.splitting import Splitter

Object = dict[str, Any]


class Record(msgspec.Struct, gc=False):
    """One object of the input.

    Attributes:
        value: The object.
        raw: Its bytes.
        line: Where it begins, counted from 1.
        byte: Its first byte, counted from 0; None in JSON Lines.
    """

    value: Object
    raw: bytes
    line: int
    byte: int | None = None

    def reject(self, reason: str, raw: bytes | None = None) -> Reject:
        """This record, or the part of it that ``raw`` holds, as one that could not be read."""
        return Reject(reason, self.raw if raw is None else raw, line=self.line, byte=self.byte)


def records(source: Source, arrays: Collection[str] = ()) -> Iterator[Record | Reject]:
    """The objects of a JSON input, in order.

    Args:
        source: JSON Lines, or JSON documents one after another: arrays of objects, or objects.
        arrays: Members of a wrapping object that hold the records: ``{"comments": [...]}``. Its
            other members are passed over.
    """
    decoder = _Decoder()
    if _is_json_lines(Sample(source.head)):
        yield from _from_lines(source, arrays, decoder)
    else:
        yield from _from_documents(source, arrays, decoder)
    decoder.tell(source)


class _Decoder:
    """Decodes records, lenient about what their strings hold."""

    def __init__(self) -> None:
        self._misfits: list[int] = []

    def __call__(self, raw: bytes, line: int) -> object:
        """The value; ValueError says why there is none."""
        try:
            return msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
        text = raw.decode("utf-8", _WINDOWS)
        value = decoded(text.encode())
        if text.encode() != raw:
            self._misfits.append(line)
        return value

    def tell(self, source: Source) -> None:
        """Note how many were not UTF-8."""
        if self._misfits:
            source.note(
                f"records that are not UTF-8 were read as Windows-1252: {len(self._misfits)}, "
                f"the first is in line {self._misfits[0]}"
            )


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8 as Windows-1252; its five undefined ones as in Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    parts = (bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in bad)
    return "".join(parts), error.end


_WINDOWS = "moderation.windows-1252"
codecs.register_error(_WINDOWS, _as_windows)


def _is_json_lines(sample: Sample) -> bool:
    """Whether most lines are an object each."""
    lines = [line for line in sample.lines if line.strip()]
    whole = sum(bool(Sample(line.encode("utf-8", "replace")).record) for line in lines)
    return sample.opening == "{" and 2 * whole >= len(lines)


def _from_lines(
    source: Source, arrays: Collection[str], decode: _Decoder
) -> Iterator[Record | Reject]:
    for part in blocks(source):
        if isinstance(part, Reject):
            yield part
            continue
        for number, line in part.lines():
            if not line.strip():
                continue
            at = Record({}, line, number)
            try:
                value = decode(line, number)
            except ValueError as error:
                yield at.reject(str(error))
            else:
                yield from _objects(value, at, arrays)


def _from_documents(
    source: Source, arrays: Collection[str], decode: _Decoder
) -> Iterator[Record | Reject]:
    marked = len(codecs.BOM_UTF8) if encoding(source.head) == "utf-8-sig" else 0
    for span in Splitter(_bytes(source), arrays, decode, source.name):
        at = Record({}, span.raw, span.line, span.byte + marked)
        if span.broken:
            yield at.reject(span.broken)
        else:
            yield from _objects(span.value, at, arrays)


def _objects(value: object, at: Record, arrays: Collection[str]) -> Iterator[Record | Reject]:
    """The value if it is a record; the objects in it if it is an array or wraps one."""
    if isinstance(value, dict):
        pages = [value[name] for name in arrays if isinstance(value.get(name), list)]
        if not pages:
            at.value = value
            yield at
            return
        value = list(chain.from_iterable(pages))
    if not isinstance(value, list):
        yield at.reject("no JSON object")
        return
    for item in value:
        raw = msgspec.json.encode(item)
        if isinstance(item, dict):
            yield Record(item, raw, at.line, at.byte)
        else:
            yield at.reject("no JSON object", raw)


def _bytes(source: Source) -> Iterator[bytes]:
    with source.open() as stream:
        yield from unmarked(stream, source, BLOCK)
