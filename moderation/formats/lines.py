"""Text inputs as blocks of whole lines in UTF-8, whatever their encoding.

UTF-16 and UTF-32 are known by their byte order marks. Anything else is UTF-8; a line that is not
(exports often mix) is read as Windows-1252, and a note tells how many there were and where the
first stands.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from moderation.formats.records import Reject
from moderation.formats.samples import WIDE, encoding
from moderation.formats.sources import Source

BLOCK = 1 << 22
"""Bytes read at a time."""
LONGEST_LINE = 1 << 26
"""A longer line (bytes) is no comment; it is rejected, so that memory stays flat."""
_KEPT_OF_A_LONG_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines.

    Attributes:
        first: Number of the first line, counted from 1.
        count: How many lines there are.
        data: UTF-8; every line but the input's last ends with a line feed.
    """

    first: int
    count: int
    data: bytes

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line without its line feed, and its number."""
        lines = self.data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        return enumerate(lines, self.first)


def blocks(source: Source, size: int = BLOCK) -> Iterator[Block | Reject]:
    """The lines of a text input, in blocks of about that many bytes.

    Yields:
        Blocks in order; a :class:`Reject` for a line of more than 64 MiB. The last thing done is
        to note what was read as Windows-1252.
    """
    misfits: list[int] = []
    number = 1
    with source.open() as stream:
        for chunk in _chunks(stream, source, size):
            if isinstance(chunk, Reject):
                chunk.line = number
                number += 1
                yield chunk
                continue
            count = _line_feeds(chunk) + (not chunk.endswith(b"\n"))
            yield Block(number, count, _utf8(chunk, number, misfits))
            number += count
    if misfits:
        source.note(
            f"lines that are not UTF-8 were read as Windows-1252: {len(misfits)}, "
            f"the first is line {misfits[0]}"
        )


def _chunks(stream: BinaryIO, source: Source, size: int) -> Iterator[bytes | Reject]:
    """Runs of whole lines; of a line without an end in sight only the start is kept."""
    waiting: list[bytes] = []
    endless: bytes | None = None
    for data in unmarked(stream, source, size):
        if endless is not None:
            end = data.find(b"\n") + 1
            if not end:
                continue
            yield _too_long(endless)
            endless, data = None, data[end:]
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join([*waiting, data[:cut]])
            waiting = []
        waiting.append(data[cut:])
        if sum(map(len, waiting)) > LONGEST_LINE:
            endless, waiting = b"".join(waiting)[:_KEPT_OF_A_LONG_LINE], []
    if endless is not None:
        yield _too_long(endless)
    elif any(waiting):
        yield b"".join(waiting)


def _too_long(start: bytes) -> Reject:
    return Reject(f"a line of more than {LONGEST_LINE >> 20} MiB; only its start is kept", start)


def unmarked(stream: BinaryIO, source: Source, size: int) -> Iterator[bytes]:
    """The bytes of an input from after its byte order mark; UTF-16 and UTF-32 become UTF-8.

    Args:
        stream: The opened source, at its start.
        source: Its start decides; what it is read as is noted there.
        size: How many bytes to read at a time.
    """
    name = encoding(source.head)
    if name in WIDE:
        source.note(f"read as {name.upper()}")
        decoder = codecs.getincrementaldecoder(name)("replace")
        while data := stream.read(size):
            yield decoder.decode(data).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode()
        return
    if name == "utf-8-sig":
        stream.read(len(codecs.BOM_UTF8))
    old_mac = b"\r" in source.head and b"\n" not in source.head
    while data := stream.read(size):
        yield data.replace(b"\r", b"\n") if old_mac else data


def _line_feeds(chunk: bytes) -> int:
    """Asked of NumPy, which looks at many bytes at once."""
    return int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == ord("\n")))


def _utf8(chunk: bytes, first: int, misfits: list[int]) -> bytes:
    if _is_utf8(chunk):
        return chunk
    lines = chunk.split(b"\n")
    for at, line in enumerate(lines):
        if not _is_utf8(line):
            misfits.append(first + at)
            lines[at] = _from_windows(line).encode()
    return b"\n".join(lines)


def _is_utf8(data: bytes) -> bool:
    """Asked of Arrow, which looks at many bytes at once and makes no string of them."""
    import pyarrow as pa

    bounds = np.array([0, len(data)], np.int64)
    whole = [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, whole).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _from_windows(line: bytes) -> str:
    """Windows-1252; its five undefined bytes become the control characters of Latin-1."""
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in line)
