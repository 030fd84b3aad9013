r"""A stream of JSON cut into the records of its arrays, in linear time and flat memory.

One regular expression runs from bracket to bracket, over whole strings; a record is decoded when
its last bracket is met. What is broken costs as little as possible: reading goes on at the next
object that begins with the same key, and a record whose list of replies breaks off is kept
without them. The bytes that are read again for that are bounded by those that have been read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import reduce

import msgspec

from moderation.errors import InputError

LARGEST_RECORD = 1 << 25
"""Bytes of one record; a larger one is refused, so that memory stays flat."""
DEEPEST = 400
"""Brackets within brackets; a chain of 200 replies, each in a list in the last, reaches it."""
MOST_OPEN = 50_000
"""Brackets that may be open at a time: more are an attack, and nothing of it is worth its time."""
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
_VALUE = re.compile(rb'(?=[^\s,])(?:[^",]++|"(?:[^"\\]++|\\.)*+"?+)++', re.S)
_ALL = re.compile(rb"\S.*+", re.S)
_KEY = rb'"(?:[^"\\]|\\.){0,64}+"\s*+:'
_FIRST_KEY = re.compile(rb"\{\s*+(" + _KEY + rb")", re.S)
_LAST_KEY = re.compile(_KEY + rb"\s*+\Z", re.S)
_LONGEST_KEY = 200
_BLANK = b" \t\r\n,\x00"
_OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_ARRAY, _CLOSE_ARRAY = b"{}[]"
_CLOSING = {_OPEN_OBJECT: _CLOSE_OBJECT, _OPEN_ARRAY: _CLOSE_ARRAY}
_END = 0
_PAGES_WITHIN_PAGES = 3
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


class Splitter:
    """The records of one stream of JSON documents, in order.

    Args:
        chunks: The bytes, cut anywhere.
        arrays: Members of a wrapping object that hold the records.
        decode: Turns a record's bytes, and its line, into a value; ValueError says why not.
        path: The input, for errors.

    Raises:
        InputError: While iterating: the input is nested absurdly deep.
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        arrays: Collection[str],
        decode: Callable[[bytes, int], object],
        path: str,
    ) -> None:
        self._path = path
        self._window = _Window(chunks)
        self._arrays = frozenset(b'"%s"' % name.encode() for name in arrays)
        self._decode = decode
        self._inside = bytearray()
        """Opening brackets of the arrays and wrapping objects that have been entered."""

    def __iter__(self) -> Iterator[Span]:
        window = self._window
        while not window.ended:
            bracket = window.bracket()
            wrapped = self._inside.endswith(b"{")
            if not wrapped:
                yield from self._between(window.at - (bracket != _END))
            if bracket in (_CLOSE_OBJECT, _CLOSE_ARRAY):
                if self._inside and _CLOSING[self._inside[-1]] == bracket:
                    self._inside.pop()
            elif bracket == _OPEN_ARRAY and self._enters(wrapped):
                self._inside.append(bracket)
            elif wrapped:
                self._pass_over(bracket)
            elif bracket:
                yield from self._record(bracket)
            window.begin = window.at

    def _enters(self, wrapped: bool) -> bool:
        """Whether the array that opens here holds records."""
        if wrapped:
            return self._window.key() in self._arrays
        return self._in_pages()

    def _in_pages(self) -> bool:
        """Whether what comes next stands at the top, or in arrays only: it may be a page."""
        return len(self._inside) < _PAGES_WITHIN_PAGES and b"{" not in self._inside

    def _pass_over(self, bracket: int) -> None:
        """Leave out a member of a wrapping object, whatever its size."""
        depth = 0
        while bracket:
            depth += 1 if bracket in _CLOSING else -1
            self._window.begin = self._window.at
            bracket = self._window.bracket() if depth else _END

    def _between(self, end: int) -> Iterator[Span]:
        """What stands between records, unless it is blank: in an array, value by value."""
        window = self._window
        begin, between = window.begin, window.cut(end)
        if between.strip(_BLANK):
            for found in (_VALUE if self._inside else _ALL).finditer(between):
                if found[0].strip(_BLANK):
                    window.begin = begin + found.start()
                    yield window.span(begin + found.end(), "no JSON object")
        window.begin = end

    def _record(self, bracket: int) -> Iterator[Span]:
        """The record that opens here; or none, where it turns out to be a wrapping object."""
        window = self._window
        wraps = self._in_pages()
        window.begin = window.at - 1
        stack, deepest = bytearray([bracket]), 1
        if self._inside and window.whole():
            stack.clear()
        while stack:
            bracket = window.bracket()
            if bracket in _CLOSING:
                stack.append(bracket)
                deepest = max(deepest, len(stack))
                if deepest > MOST_OPEN:
                    raise self._refusal()
                if wraps and stack == b"{[" and window.key() in self._arrays:
                    self._inside += stack
                    return
            elif bracket == _CLOSING[stack[-1]]:
                stack.pop()
            else:
                window.at -= bracket != _END
                yield from self._broken(window.why or "its brackets do not match")
                return
        if deepest > DEEPEST:
            yield from self._broken(f"nested more than {DEEPEST} levels deep")
            return
        span = window.span(window.at)
        try:
            span.value = self._decode(span.raw, span.line)
        except ValueError as error:
            yield from self._broken(str(error))
        else:
            yield span

    def _refusal(self) -> InputError:
        what = f"nested more than {MOST_OPEN:,} levels deep, as only an attack is"
        line = self._window.span(self._window.begin).line
        return InputError(what, path=self._path, line=line, mend="name an export as it was made")

    def _broken(self, why: str) -> Iterator[Span]:
        """What can be told of a record that cannot be read as a whole."""
        window = self._window
        span = window.span(window.at, why)
        restart = window.restart()
        if restart is not None:
            span.raw = span.raw[: window.place(restart) - span.byte]
            window.at = restart
            self._close(span)
        yield span

    def _close(self, span: Span) -> None:
        """Read a record that ends where its replies begin, and enter the list of its replies."""
        opened = _opened(span.raw)
        if len(opened) > DEEPEST or not span.raw.rstrip().endswith(b"["):
            return
        self._inside += opened
        closing = bytes(_CLOSING[bracket] for bracket in reversed(opened))
        try:
            span.value = self._decode(span.raw + closing, span.line)
            span.broken = None
        except ValueError:
            pass  # its replies are read all the same


def _opened(raw: bytes) -> bytearray:
    """The brackets that are open at the end of a text."""
    opened, at = bytearray(), 0
    while found := _RUN.match(raw, at):
        at = found.end()
        bracket = raw[at - 1]
        if bracket in _CLOSING:
            opened.append(bracket)
        elif opened:
            opened.pop()
    return opened


class _Window:
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
        """The next bracket outside strings, passing it; _END when there is none."""
        while not (found := _RUN.match(self._data, self.at)):
            if not self._more():
                self.at = len(self._data)
                return _END
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
