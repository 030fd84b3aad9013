"""A stream of JSON cut into the records of its arrays, in linear time and flat memory.

A record is decoded when its last bracket is met. What is broken costs as little as possible:
reading goes on at the next object that begins with the same key, and a record whose list of
replies breaks off is kept without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from moderation.errors import InputError
from moderation.formats.window import (
    CLOSE_ARRAY,
    CLOSE_OBJECT,
    CLOSING,
    END,
    OPEN_ARRAY,
    Span,
    Window,
    open_brackets,
)

DEEPEST = 400
"""Brackets within brackets; a chain of 200 replies, each in a list in the last, reaches it."""
MOST_OPEN = 50_000
"""Brackets that may be open at a time: more are an attack, and nothing of it is worth its time."""
_PAGES_WITHIN_PAGES = 3
_BLANK = b" \t\r\n,\x00"
_VALUE = re.compile(rb'(?=[^\s,])(?:[^",]++|"(?:[^"\\]++|\\.)*+"?+)++', re.S)
_ALL = re.compile(rb"\S.*+", re.S)


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
        self._window = Window(chunks)
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
                yield from self._between(window.at - (bracket != END))
            if bracket in (CLOSE_OBJECT, CLOSE_ARRAY):
                if self._inside and CLOSING[self._inside[-1]] == bracket:
                    self._inside.pop()
            elif bracket == OPEN_ARRAY and self._enters(wrapped):
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
            depth += 1 if bracket in CLOSING else -1
            self._window.begin = self._window.at
            bracket = self._window.bracket() if depth else END

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
            if bracket in CLOSING:
                stack.append(bracket)
                deepest = max(deepest, len(stack))
                if deepest > MOST_OPEN:
                    raise self._refusal()
                if wraps and stack == b"{[" and window.key() in self._arrays:
                    self._inside += stack
                    return
            elif bracket == CLOSING[stack[-1]]:
                stack.pop()
            else:
                window.at -= bracket != END
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
        opened = open_brackets(span.raw)
        if len(opened) > DEEPEST or not span.raw.rstrip().endswith(b"["):
            return
        self._inside += opened
        closing = bytes(CLOSING[bracket] for bracket in reversed(opened))
        try:
            span.value = self._decode(span.raw + closing, span.line)
            span.broken = None
        except ValueError:
            pass  # its replies are read all the same
