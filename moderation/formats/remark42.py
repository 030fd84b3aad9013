"""Remark42: its backup (JSON Lines after a line of metadata), and the tree of its API.

``text`` is the HTML that was made of what was typed, ``orig``. The address of a commenter comes
hashed, and is held back like any other.
"""

from __future__ import annotations

from moderation.formats.documents import Object
from moderation.formats.fields import Fields, Node
from moderation.formats.records import Comment, Skipped
from moderation.formats.samples import Sample

_FIELDS = Fields(
    {
        "comment_id": "id",
        "parent_id": "pid",
        "thread_id": "locator.url",
        "author": "user.name",
        "created_at": "time",
        "html": "text",
        "text": "orig",
        "likes": "score",
        "ip": "user.ip",
    },
    states=(("delete", True, "deleted"),),
    roots=("",),
    replies="replies",
)


def recognise(sample: Sample) -> bool:
    """Whether comments with a locator stand in it."""
    return sample.keys >= {"id", "pid", "locator", "time"}


def _read(held: Object, above: Comment | None) -> Node:
    if "version" in held and "users" in held:
        return Skipped("metadata line")
    inner = held.get("comment")
    return _FIELDS.nested(inner if isinstance(inner, dict) else held, above)


parse = _FIELDS.parser("comments", read=_read)
