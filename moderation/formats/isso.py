"""Isso: its generic import format (threads with their comments), and the answers of its API.

Threads number their comments on their own, so ids may repeat; a note tells how often.
"""

from __future__ import annotations

from collections.abc import Iterator

from moderation.formats.documents import Object, records
from moderation.formats.fields import Fields, Node
from moderation.formats.records import Comment, Item, Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source

_ROWS = {
    "comment_id": "id",
    "parent_id": "parent",
    "author": "author",
    "created_at": "created",
    "likes": "likes",
    "state": "mode",
    "email": "email",
    "ip": "remote_addr",
}
_STORED = Fields({**_ROWS, "text": "text"}, roots=("",), replies="replies comments")
_SERVED = Fields({**_ROWS, "html": "text"}, roots=("",), replies="replies")
_MODES: dict[object, str] = {1: "published", 2: "pending", 4: "deleted"}


def recognise(sample: Sample) -> bool:
    """Whether threads with comments stand in it, or what Isso's API answers."""
    if sample.opening == "[":
        return sample.keys >= {"comments", "author", "created", "text"}
    return sample.keys >= {"hidden_replies", "replies", "mode"}


def parse(source: Source) -> Iterator[Item]:
    """Comments, thread by thread."""
    for record in records(source):
        if isinstance(record, Reject):
            yield record
            continue
        thread = record.value.get("id")

        def read(held: Object, above: Comment | None, thread: object = thread) -> Node:
            if "text" not in held and ("comments" in held or "replies" in held):
                return None
            comment = (_SERVED if "hash" in held else _STORED).nested(held, above)
            comment.state = _MODES.get(comment.state, comment.state)
            if comment.thread_id is None and isinstance(thread, str):
                comment.thread_id = thread
            return comment

        yield from _STORED.items(record, read)
