"""What a parser yields: comments, records that could not be read, and things that are no comments.

A parser copies what the source says, as the source says it; :mod:`.batches` turns times into UTC,
HTML into plain text and states into the tool's own words, for every format alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec


class Comment(msgspec.Struct, gc=False):
    """One comment as the source holds it.

    Attributes:
        text: The comment itself: plain text, or an HTML fragment where ``html`` is true.
        comment_id: Its name in the source, or None: then a digest stands for it.
        thread_id: The story or page, or None: then the file stands for it.
        parent_id: The comment replied to, or None at the root.
        author: As shown to readers.
        created_at: ISO 8601 text, another usual spelling, seconds or milliseconds since 1970,
            or a datetime. Where it names no zone it is taken as UTC, and a note says so.
        state: Any word, number or flag that :mod:`.states` knows.
        likes: Votes for it.
        html: Whether ``text`` is an HTML fragment.
        extra: Further columns, each declared in the format's row.
        personal: E-mail and IP addresses: ``email``, ``ip``. Dropped unless asked for.
    """

    text: str
    comment_id: str | None = None
    thread_id: str | None = None
    parent_id: str | None = None
    author: str | None = None
    created_at: str | int | float | datetime | None = None
    state: str | int | bool | None = None
    likes: int | None = None
    html: bool = False
    extra: Mapping[str, object] | None = None
    personal: Mapping[str, str | None] | None = None


class Reject(msgspec.Struct, gc=False):
    """A record that could not be read: where it stands, why, and its bytes.

    Attributes:
        reason: In one clause, for people.
        raw: The record's bytes as they stand in the input.
        line: Its line, counted from 1, where the format has lines.
        byte: Its first byte, counted from 0, where it has none.
        source: The file; filled in by the reading.
    """

    reason: str
    raw: bytes = b""
    line: int | None = None
    byte: int | None = None
    source: str | None = None


class Skipped(msgspec.Struct, gc=False):
    """Something that is no comment and was left out on purpose.

    Attributes:
        what: A singular noun for the notes: "pingback", "metadata line", "unplaced line".
        raw: Its bytes, where a person may want to see them.
        line: Its line, counted from 1.
    """

    what: str
    raw: bytes = b""
    line: int | None = None


UNPLACED = "unplaced line"
"""What a :class:`Skipped` is called that a person should see: a line of a page."""

Item = Comment | Reject | Skipped
