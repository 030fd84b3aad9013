"""The records of an XML export, cut out of the stream before any of them is parsed.

One broken record must not cost its neighbours, and what cannot be read must be shown as it stands,
with its line: no parser of whole documents gives that. So the cut is made here, at the tags that
begin and end a record, and each record is parsed by lxml as a small document (:mod:`.xmltree`).
Tags inside CDATA sections and comments are text, but for one exception: a CDATA section in which a
record ends and another tag of a record follows at once, or in which such a tag is followed by a
further CDATA section, was never closed, and would swallow its neighbours.

Work is linear in the input; memory holds one record and one chunk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moderation.errors import InputError
from moderation.formats.lines import unmarked
from moderation.formats.records import Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source

CHUNK = 1 << 20
"""Bytes read at a time."""
LONGEST = 1 << 26
"""A longer record (bytes) is no comment; it is rejected, so that memory stays flat."""
_KEPT_OF_A_LONG_RECORD = 1 << 16
_LONGEST_TOKEN = 128
_CLOSERS = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
_DECLARATION = re.compile(r"<!DOCTYPE\s+[\w:.\-]+\s*[^\s>]|<!ENTITY")


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the records of a kind of export begin and end; all names are local ones.

    Attributes:
        root: The element that holds everything.
        comment: The element that holds a comment.
        context: The element that says of comments where they belong.
        nested: Whether comments stand within their context; it is then cut out up to the first.
    """

    root: str
    comment: str
    context: str
    nested: bool

    def cut_short_by(self, name: str) -> frozenset[str]:
        """The elements whose tags show that such a record has ended, though its tag is missing."""
        alone = name == self.comment and not self.nested
        return frozenset({self.comment} if alone else {self.comment, self.context})


@dataclass(frozen=True, slots=True)
class Piece:
    """One record as it stands in the input.

    Attributes:
        name: Its element's local name.
        raw: Its bytes, from the start tag to the end tag.
        line: The line of its start tag, counted from 1.
        whole: Whether it has its end tag.
    """

    name: str
    raw: bytes
    line: int
    whole: bool


def pieces(source: Source, shape: Shape) -> Iterator[Piece | Reject]:
    """The records of an export, in order; what surrounds them is passed over.

    Yields:
        Pieces; a :class:`Reject` for a record of more than 64 MiB, or where a comment or CDATA
        section around the records is never closed. An input without its last end tag is noted.

    Raises:
        InputError: The file declares entities or an external document, as only attacks do.
    """
    head = Sample(source.head).text
    if declared := _DECLARATION.search(head):
        raise InputError(
            "declares entities or an external document, as XML bombs do",
            path=source.name,
            line=head.count("\n", 0, declared.start()) + 1,
            mend="take the <!DOCTYPE> out if you trust the file",
        )
    cutter = _Cutter(shape)
    with source.open() as stream:
        for chunk in unmarked(stream, source, CHUNK):
            yield from cutter.feed(chunk)
    yield from cutter.close()
    if not cutter.ended:
        source.note(f"the file breaks off: there is no </{shape.root}>")


@dataclass(slots=True)
class _Open:
    """A record whose end has not come yet: its name, where it begins in the buffer, its line."""

    name: str
    start: int
    line: int


@dataclass(slots=True)
class _Literal:
    """A CDATA section or comment that is open.

    Attributes:
        closer: What ends it.
        content: Where its content begins in the buffer, or -1 where that is dropped.
        line: The line it begins in.
        tagged: Whether a tag of a record stands in it.
        record_end: Where the last such tag ends, if it is an end tag; else -1.
    """

    closer: bytes
    content: int
    line: int
    tagged: bool = False
    record_end: int = -1

    def swallows(self, token: re.Match[bytes]) -> bool:
        """Whether this token shows that the section should have been closed long before."""
        if self.closer != b"]]>":
            return False
        if not token.lastindex:
            return self.tagged and token[0] in _CLOSERS
        ended = self.record_end >= 0
        adjacent = ended and not token.string[self.record_end : token.start()].strip()
        self.tagged = True
        self.record_end = token.end() if token[1] else -1
        return adjacent


class _Cutter:
    """The scan: a buffer, and where in it a record and a literal section are open."""

    def __init__(self, shape: Shape) -> None:
        names = "|".join([shape.comment, shape.context, shape.root])
        prefix = r"(?:[\w.\-]{1,32}:)?"
        self._tokens = re.compile(
            rf"</{prefix}({names})\s{{0,16}}>|<{prefix}({names})(?=[\s/>])"
            r"|<!\[CDATA\[|<!--|\]\]>|-->".encode()
        )
        self._shape = shape
        self._buffer = b""
        self._scanned = self._counted = 0
        self._line = 1
        self._open: _Open | None = None
        self._literal: _Literal | None = None
        self._without_literals = 0
        self.ended = False

    def feed(self, chunk: bytes, *, last: bool = False) -> Iterator[Piece | Reject]:
        self._buffer += chunk
        limit = len(self._buffer) - (0 if last else _LONGEST_TOKEN)
        token = self._tokens.search(self._buffer, self._scanned)
        while token and token.start() < limit:
            self._scanned = token.end()
            yield from self._take(token)
            token = self._tokens.search(self._buffer, self._scanned)
        self._scanned = max(self._scanned, limit)
        yield from self._forget()

    def close(self) -> Iterator[Piece | Reject]:
        yield from self.feed(b"", last=True)
        if self._open:
            yield self._piece(self._open, len(self._buffer), whole=False)
        elif self._literal:
            what = "a CDATA section" if self._literal.closer == b"]]>" else "a comment"
            reason = f"{what} that is never closed; what follows is not read"
            yield Reject(reason, self._buffer[:_KEPT_OF_A_LONG_RECORD], line=self._literal.line)

    def _take(self, token: re.Match[bytes]) -> Iterator[Piece]:
        literal, found = self._literal, token[0]
        if literal:
            if found == literal.closer:
                self._literal = None
            elif literal.swallows(token):
                self._literal = None
                self._without_literals = self._scanned = token.start()
                if literal.content >= 0:
                    self._scanned = literal.content
        elif found in _CLOSERS:
            if token.start() >= self._without_literals:
                content = token.end() if found == b"<![CDATA[" else -1
                line = self._line_at(token.start())
                self._literal = _Literal(_CLOSERS[found], content, line)
        elif token.lastindex:
            yield from self._tag(token, str(token[token.lastindex], "ascii"))

    def _tag(self, token: re.Match[bytes], name: str) -> Iterator[Piece]:
        ends, is_root = bool(token[1]), name == self._shape.root
        self.ended = self.ended or (ends and is_root)
        if self._open:
            if ends and name == self._open.name:
                yield self._piece(self._open, token.end(), whole=True)
                return
            if not is_root and name not in self._shape.cut_short_by(self._open.name):
                return
            yield self._piece(self._open, token.start(), whole=False)
        if not ends and not is_root:
            self._open = _Open(name, token.start(), self._line_at(token.start()))

    def _piece(self, record: _Open, end: int, *, whole: bool) -> Piece:
        self._open = None
        return Piece(record.name, self._buffer[record.start : end], record.line, whole)

    def _line_at(self, position: int) -> int:
        self._line += self._buffer.count(b"\n", self._counted, position)
        self._counted = max(self._counted, position)
        return self._line

    def _forget(self) -> Iterator[Reject]:
        """Drop what is behind, and a record or CDATA section that has become too long."""
        kept = self._scanned
        if self._open:
            kept = self._open.start
        elif self._literal and self._literal.content >= 0:
            kept = self._literal.content
        if len(self._buffer) - kept > LONGEST:
            raw = self._buffer[kept : kept + _KEPT_OF_A_LONG_RECORD]
            line = self._open.line if self._open else self._line_at(kept)
            reason = f"a record of more than {LONGEST >> 20} MiB; only its start is kept"
            yield Reject(reason, raw, line=line)
            self._open, kept = None, self._scanned
            if self._literal:
                self._literal.content = -1
        self._line_at(kept)
        self._buffer = self._buffer[kept:]
        self._counted -= kept
        self._scanned -= kept
        self._without_literals -= kept
        if self._open:
            self._open.start = 0
        if self._literal:
            self._literal.content = max(self._literal.content - kept, -1)
            self._literal.record_end = max(self._literal.record_end - kept, -1)
