"""Text copied from a page: the thread under an article, without the article and the furniture.

Each layout of :mod:`.page_layouts` is tried; the one that finds most comments is taken. Lines that
are part of none are counted and kept for a person to look at, never guessed into a comment. Who
answers whom is known by name where the page prints it, else by indentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from moderation.errors import InputError
from moderation.formats.conversion import digest
from moderation.formats.lines import blocks
from moderation.formats.page_layouts import (
    END,
    FURNITURE,
    HEADING,
    LAYOUTS,
    LONGEST_MARK,
    Header,
    Layout,
    Line,
)
from moderation.formats.records import UNPLACED, Comment, Item, Reject, Skipped
from moderation.formats.samples import Sample
from moderation.formats.sources import Source

LARGEST_PAGE = 1 << 26
"""A larger text (bytes) was not copied from a page."""

_VOTES = re.compile(r"[\d△▽▲▼∧∨^v|+−–\- ]+")
_FOLDED = re.compile(r"see more|read more|show more|…", re.I)


@dataclass(slots=True)
class _Found:
    """A comment on a page.

    Attributes:
        lines: Numbers of its first line and of the one after its last.
        body: Its text as lines with their indents.
        closed: Whether its footer was met.
    """

    header: Header
    lines: list[int]
    body: list[Line] = field(default_factory=list)
    likes: int | None = None
    closed: bool = False

    def add(self, line: Line) -> None:
        """Take a line into the text."""
        self.body.append(line)
        if line.text:
            self.lines[1] = line.number + 1

    def end(self, footer: Line, likes: int | None) -> None:
        """Close with the footer; counts of votes that stand above it are no text."""
        self.closed = True
        self.lines[1] = footer.number + 1
        self.likes = likes
        while len(self.body) > 1 and (not self.body[-1].text or _is_control(self.body[-1])):
            votes = self.body.pop().text
            self.likes = int(votes) if votes.isdecimal() and len(votes) < 10 else self.likes

    def text(self) -> str:
        """The text, without the indent that all its lines share."""
        margin = min(line.indent for line in self.body if line.text)
        lines = [
            " " * (line.indent - margin) + line.text if line.text else "" for line in self.body
        ]
        return "\n".join(lines).strip()


def _is_control(line: Line) -> bool:
    return bool(_VOTES.fullmatch(line.text) or _FOLDED.fullmatch(line.text))


def recognise(sample: Sample) -> bool:
    """Whether this is plain text: neither binary, nor XML, HTML or JSON."""
    if sample.binary:
        return False
    return sample.opening not in "<{[" or sample.suffix in {".txt", ".text"}


def parse(source: Source) -> Iterator[Item]:
    """Comments of a page, then the lines that are part of none.

    Raises:
        InputError: The text is too large to be a page.
    """
    raws: list[str] = []
    size = 0
    for part in blocks(source):
        if isinstance(part, Reject):
            yield part
            continue
        size += len(part.data)
        if size > LARGEST_PAGE:
            what = f"is text of more than {LARGEST_PAGE >> 20} MiB, but no table that is known"
            raise InputError(what, path=source.name, mend="name its format with --format")
        raws += [line.decode() for _, line in part.lines()]
    lines = [Line.of(number, raw) for number, raw in enumerate(raws, 1)]
    found = _best(lines)
    if not found:
        looked_for = "; ".join(layout.title for layout in LAYOUTS)
        source.note(f"no comment thread found in {source.file}: looked for {looked_for}")
    yield from _comments(found, source)
    placed = {number for one in found for number in range(*one.lines)}
    for line, raw in zip(lines, raws, strict=True):
        if line.text and line.number not in placed and not (found and _is(FURNITURE, line)):
            yield Skipped(UNPLACED, raw.encode(), line.number)


def _best(lines: Sequence[Line]) -> list[_Found]:
    """What the layout finds that finds most."""
    announced = any(_is(HEADING, line) for line in lines)
    best: list[_Found] = []
    for layout in LAYOUTS:
        found = _walk(lines, layout)
        if layout.needs_footers:
            found = found[next((at for at, one in enumerate(found) if one.closed), len(found)) :]
            if sum(one.closed for one in found) * 2 < len(found):
                continue
        if len(found) >= (1 if announced else layout.enough) and len(found) > len(best):
            best = found
    return best


def _walk(lines: Sequence[Line], layout: Layout) -> list[_Found]:
    """The comments that a layout sees, those without a text left out."""
    has_footers = layout.footer is not None and any(_is(layout.footer, line) for line in lines)
    around = END if has_footers else FURNITURE
    found: list[_Found] = []
    now: _Found | None = None
    above = Line(0, 0, "")
    at = 0
    while at < len(lines):
        line = lines[at]
        header = layout.header(lines, at) if 0 < len(line.text) <= LONGEST_MARK else None
        if header and not (now and _is_quoted(header, now, above, layout)):
            now = _Found(header, [line.number, line.number + header.length])
            found.append(now)
            at += header.length
            above = lines[at - 1]
            continue
        if now and layout.footer and (footer := _is(layout.footer, line)):
            now.end(line, int(footer["likes"]) if footer["likes"] else None)
            now = None
        elif now and _is_beyond(line, now, above, around, layout):
            now = None
        elif now:
            now.add(line)
        above = line
        at += 1
    return [one for one in found if any(line.text for line in one.body)]


def _is(mark: re.Pattern[str], line: Line) -> re.Match[str] | None:
    return mark.fullmatch(line.text) if 0 < len(line.text) <= LONGEST_MARK else None


def _is_quoted(header: Header, now: _Found, above: Line, layout: Layout) -> bool:
    """Whether what looks like a header belongs to the text of the comment that is open."""
    if layout.indented:
        return header.bullet in "-–+*" and header.bullet != now.header.bullet
    return bool(above.text) and not FURNITURE.fullmatch(above.text[:LONGEST_MARK])


def _is_beyond(
    line: Line, now: _Found, above: Line, around: re.Pattern[str], layout: Layout
) -> bool:
    """Whether a line stands after the comment that is open."""
    if layout.indented:
        return bool(line.text) and line.indent <= now.header.indent
    if above.text or _is_control(line):
        return False
    return _is(around, line) is not None


def _comments(found: Sequence[_Found], source: Source) -> Iterator[Comment]:
    by_author: dict[str, str] = {}
    branch: list[tuple[int, str]] = []  # indent and id of the comments that may be answered
    for ordinal, one in enumerate(found, 1):
        header, text = one.header, one.text()
        name = digest(source.file, header.author, text, ordinal)
        while branch and branch[-1][0] >= header.indent:
            branch.pop()
        parent = branch[-1][1] if branch else None
        if header.answers:
            parent = by_author.get(header.answers.casefold(), parent)
        branch.append((header.indent, name))
        by_author[header.author.casefold()] = name
        yield Comment(
            text,
            comment_id=name,
            parent_id=parent,
            author=header.author,
            created_at=header.created_at,
            likes=one.likes,
        )
