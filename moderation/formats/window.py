"""The part of a stream of JSON that is in memory, and its brackets, in linear time.

One regular expression runs from bracket to bracket, over whole strings. What has been read may be
read again after a mistake; the bytes that are, are bounded by those that have been read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce

import msgspec

LARGEST_RECORD = 1 << 25
"""Bytes of one record; a larger one is refused, so that memory stays flat."""
_KEPT_OF_A_LARGE_RECORD = 1 << 16
_READ_AGAIN = 4
"""How often a byte may be read again after mistakes, on average."""

_PLAIN = rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+'
"""Whatever holds no bracket, and whole strings."""
_SHALLOW = reduce(
    lambda inner, _: rb"%b(?:[{\[]%b[}\]]%b)*+" % (_PLAIN, inner, _PLAIN), range(5), _PLAIN
)
_RUN = re.compile(_PLAIN + rb"([{}\[\]])", re.S)
_WHOLE = re.compile(rb"\{" + _SHALLOW + rb"\}", re.S)
"""An object of a few levels, as most records are: found by one match."""
_KEY = rb'"(?:[^"\\]|\\.){0,64}+"\s*+:'
_FIRST_KEY = re.compile(rb"\{\s*+(" + _KEY + rb")", re.S)
_LAST_KEY = re.compile(_KEY + rb"\s*+\Z", re.S)
_LONGEST_KEY = 200
OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY = b"{}[]"
CLOSING = {OPEN_OBJECT: CLOSE_OBJECT, OPEN_ARRAY: CLOSE_ARRAY}
END = 0
_TOO_LARGE = f"a record of more than {LARGEST_RECORD >> 20} MiB; only its start is kept"


class Span(msgspec.Struct, gc=False):
    """A stretch of the input: a decoded record, or bytes that are none.

    Attributes:
        raw: Its bytes.
        line: Where it begins, counted from 1.
        byte: Its first byte, counted from 0.
        value: What it holds, where it is a record.
        broken: Why it could not be read, or None.
    """

    raw: bytes
    line: int
    byte: int
    value: object = None
    broken: str | None = None


def open_brackets(raw: bytes) -> bytearray:
    """The brackets that are open at the end of a text."""
    opened, at = bytearray(), 0
    while found := _RUN.match(raw, at):
        at = found.end()
        bracket = raw[at - 1]
        if bracket in CLOSING:
            opened.append(bracket)
        elif opened:
            opened.pop()
    return opened


class Window:
    """The part of the stream that is in memory: what is before ``begin`` may be forgotten.

    Attributes:
        begin: Where the present record begins.
        at: How far the brackets have been read.
        why: What cut the present record short.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._data = b""
        self._forgotten = 0
        self._line, self._line_at = 1, 0
        self._again = 0
        self.begin = self.at = 0
        self._exhausted = False
        self.why = ""

    @property
    def ended(self) -> bool:
        """Whether all has been read."""
        return self._exhausted and self.at >= len(self._data)

    def bracket(self) -> int:
        """The next bracket outside strings, passing it; END when there is none."""
        while not (found := _RUN.match(self._data, self.at)):
            if not self._more():
                self.at = len(self._data)
                return END
        self.why = ""
        self.at = found.end()
        return self._data[self.at - 1]

    def whole(self) -> bool:
        """Pass the object at ``begin``, if it has few levels and is in memory to its end."""
        found = _WHOLE.match(self._data, self.begin)
        if found:
            self.at = found.end()
        return found is not None

    def key(self) -> bytes:
        """The key whose value opens with the last bracket, in its quotes; else empty."""
        end = self.at - 1
        found = _LAST_KEY.search(self._data, max(self.begin, end - _LONGEST_KEY), end)
        return found[0].rstrip()[:-1].rstrip() if found else b""

    def cut(self, end: int) -> bytes:
        """The bytes from ``begin`` to ``end``."""
        return self._data[self.begin : end]

    def place(self, at: int) -> int:
        """A position's number of bytes from the start of the stream."""
        return self._forgotten + at

    def span(self, end: int, broken: str | None = None) -> Span:
        """The bytes from ``begin`` to ``end`` with their place."""
        self._line += self._data.count(b"\n", self._line_at, self.begin)
        self._line_at = self.begin
        if end - self.begin > LARGEST_RECORD:
            end = self.begin + _KEPT_OF_A_LARGE_RECORD
        return Span(self.cut(end), self._line, self.place(self.begin), broken=broken)

    def restart(self) -> int | None:
        """Where the next object begins as the present record does.

        None where none has been read, or where too much has been read again already. After a
        record that is too large, what comes is searched, too, and what has been read forgotten.
        """
        own = _FIRST_KEY.match(self._data, self.begin)
        if not own or self._again > _READ_AGAIN * self.place(self.at):
            return None
        alike = re.compile(rb"(?<![:\s])(\s*+)\{\s*+" + re.escape(own[1]))
        found = alike.search(self._data, self.begin + 1, self.at)
        while not found and self.why == _TOO_LARGE and not self._exhausted:
            self.begin = self.at = max(len(self._data) - _LONGEST_KEY, self.begin)
            self._more()
            found = alike.search(self._data, self.at)
            self.at = len(self._data)
        if not found:
            return None
        self._again += self.at - found.end(1)
        return found.end(1)

    def _more(self) -> bool:
        """Read at least as much again as is held, forgetting what may be."""
        held = len(self._data) - self.begin
        if held > LARGEST_RECORD:
            self.why = _TOO_LARGE
            return False
        parts = [self._data[self.begin :]]
        size = 0
        while size <= held:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            parts.append(chunk)
            size += len(chunk)
        if not size:
            self.why = "breaks off before its end"
            self._exhausted = True
            return False
        self._line += self._data.count(b"\n", self._line_at, self.begin)
        self._forgotten += self.begin
        self._data = b"".join(parts)
        self.at -= self.begin
        self.begin = self._line_at = 0
        return True
