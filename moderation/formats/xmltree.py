r"""Records of an XML export as elements, their markup mended where writers are known to break it.

Exports hold what was typed, and their writers are not XML libraries: bytes of another encoding,
control characters, ``&nbsp;``, attributes without quotes, CDATA sections that end too early or
never. A parser that recovers drops such things without a word. Here each record is parsed strictly;
where that fails, the known faults are mended (:mod:`.xmlmends`), counted, and the record is parsed
strictly again. What still fails is rejected with the parser's first complaint.

No parser here loads a DTD, resolves an entity or reaches for the network; nesting is at most 256.
"""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.formats import xmlmends
from moderation.formats.decoding import declared, text_of
from moderation.formats.records import Reject
from moderation.formats.sources import Source
from moderation.formats.xmlrecords import Piece, Shape, pieces

# lxml carries no types: its elements are Any here.
Element = Any

LARGE = 8 << 20
"""From this size on (bytes) a record's elements are counted while it is parsed."""
MOST_ELEMENTS = 10_000
"""A large record with more is no comment, but an attack on memory."""

_PREFIXES = re.compile(rb"""\sxmlns:([A-Za-z_][\w.\-]*)\s*=""")
_LINE = re.compile(r",? line \d+(?:, column \d+)?")
_SAFE = {"resolve_entities": False, "no_network": True, "remove_comments": True, "remove_pis": True}


@dataclass(frozen=True, slots=True)
class Record:
    """A record that could be parsed.

    Attributes:
        piece: What it was parsed from.
        attributes: Its attributes by local name.
        fields: Its child elements by local name; of several the first.
    """

    piece: Piece
    attributes: Mapping[str, str]
    fields: Mapping[str, Element]

    def text(self, name: str, within: str | None = None) -> str | None:
        """The text of a child; None where it is absent or blank.

        Args:
            name: Its local name.
            within: Local name of the child whose child it is, if not the record's own.
        """
        above = self.fields.get(within) if within else None
        element = self.fields.get(name) if within is None else _child(above, name)
        if element is None:
            return None
        text: str = "".join(element.itertext()) if len(element) else element.text or ""
        return text.strip() or None

    def attribute(self, field: str, name: str) -> str | None:
        """An attribute of a child; None where either is absent, or it is blank."""
        element = self.fields.get(field)
        attributes = {} if element is None else _attributes(element)
        return attributes.get(name, "").strip() or None

    def markup(self, field: str) -> str | None:
        """The content of a child that holds HTML, escaped or not; None where it is absent."""
        element = self.fields.get(field)
        return None if element is None else _inner(element)


def records(source: Source, shape: Shape, field: str) -> Iterator[Record | Reject]:
    """The records of an export, comments and contexts, and the comments that cannot be read.

    A context that cannot be read comes without fields, and is told as a note.

    Args:
        source: The input, who is told what was mended.
        shape: Where its records begin and end.
        field: Local name of the element that holds the comment's HTML.

    Raises:
        InputError: The file declares entities or an external document.
    """
    reader = _Reader(source, field)
    unread = 0
    for piece in pieces(source, shape):
        if isinstance(piece, Reject):
            yield piece
        elif piece.name == shape.comment:
            ended = piece.whole
            yield reader.record(piece) if ended else _rejected(piece, f"has no </{piece.name}>")
        else:
            context = reader.record(piece)
            unread += isinstance(context, Reject)
            yield Record(piece, {}, {}) if isinstance(context, Reject) else context
    reader.tell()
    if unread:
        source.note(f"elements <{shape.context}> that could not be read: {unread}")


def _rejected(piece: Piece, reason: str) -> Reject:
    return Reject(reason, piece.raw, line=piece.line)


def _child(element: Element, name: str) -> Element:
    return None if element is None else element.find(f"{{*}}{name}")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


class _Reader:
    """Parses pieces, and counts what it mends."""

    def __init__(self, source: Source, field: str) -> None:
        from lxml import etree

        self._source = source
        self._field = field
        self._encoding = declared(source.head)
        self._etree = etree
        self._parser = etree.XMLParser(huge_tree=False, **_SAFE)
        names = {b"wp", b"dsq", b"content", b"excerpt", *_PREFIXES.findall(source.head)}
        # A prefix stands for itself, so that the version in its address does not matter.
        spaces = b" ".join(b'xmlns:%s="%s"' % (name, name) for name in sorted(names - {b"xml"}))
        self._before, self._after = b"<export %s>" % spaces, b"</export>"
        self._mended: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def record(self, piece: Piece) -> Record | Reject:
        """The record of a piece."""
        raw = piece.raw if piece.whole else piece.raw + _end_tag(piece)
        try:
            return _record(piece, self._parsed(raw))
        except self._etree.XMLSyntaxError as error:
            complaint = f"no valid XML: {_LINE.sub('', error.msg).strip()}"
        except ValueError as error:
            return _rejected(piece, str(error))
        text, faults = text_of(raw, self._encoding)
        for after, found in xmlmends.rounds(text, self._field):
            if after.encode() == raw:
                continue
            raw = after.encode()
            try:
                record = _record(piece, self._parsed(raw))
            except (self._etree.XMLSyntaxError, ValueError):
                continue
            for fault in [*faults, *found]:
                self._mended[fault] += 1
                self._first.setdefault(fault, piece.line)
            return record
        return _rejected(piece, complaint)

    def tell(self) -> None:
        """Say as notes what was mended, and where first."""
        for fault, count in self._mended.items():
            first = self._first[fault]
            self._source.note(f"mended: {fault} (records: {count}, the first in line {first})")

    def _parsed(self, raw: bytes) -> Element:
        document = self._before + raw + self._after
        if len(raw) < LARGE:
            return self._etree.fromstring(document, self._parser)[0]
        # The size is bounded (LONGEST), nothing is declared, and the elements are counted: only
        # the parser's limit of 10 MB a text is lifted.
        events = self._etree.iterparse(
            io.BytesIO(document), events=("start",), huge_tree=True, **_SAFE
        )
        for count, _ in enumerate(events):
            if count > MOST_ELEMENTS:
                raise ValueError(f"more than {MOST_ELEMENTS:,} elements in one record")
        return events.root[0]


def _record(piece: Piece, element: Element) -> Record:
    fields = {_local(child.tag): child for child in reversed(element)}
    return Record(piece, _attributes(element), fields)


def _attributes(element: Element) -> dict[str, str]:
    return {_local(name): value for name, value in element.attrib.items()}


def _end_tag(piece: Piece) -> bytes:
    name = piece.raw[1 : piece.raw.index(piece.name.encode()) + len(piece.name)]
    return b"</" + name + b">"


def _inner(element: Element) -> str:
    """The HTML in an element: its text where it was escaped, its markup where it was not."""
    from lxml import etree

    if not len(element):
        return element.text or ""
    children = (etree.tostring(child, encoding="unicode") for child in element)
    return html.escape(element.text or "", quote=False) + "".join(children)
