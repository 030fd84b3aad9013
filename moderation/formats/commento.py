"""Commento and its forks: comments, then the commenters whose names they refer to.

The names stand after the comments, so the file is gone through for them first; they are all that is
kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterator

from moderation.formats.documents import Object, records
from moderation.formats.fields import Fields, Node
from moderation.formats.records import Comment, Item, Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source

_FIELDS = Fields(
    {
        "comment_id": "commentHex",
        "parent_id": "parentHex",
        "thread_id": "url path",
        "author": "commenterHex",
        "created_at": "creationDate",
        "html": "html",
        "text": "markdown",
        "likes": "score",
        "state": "state",
    },
    states=(("deleted", True, "deleted"),),
    roots=("", "root"),
)
_ARRAYS = ("comments", "commenters")


def recognise(sample: Sample) -> bool:
    """Whether comments that Commento numbered stand in it."""
    return sample.keys >= {"commentHex", "parentHex", "commenterHex"}


def parse(source: Source) -> Iterator[Item]:
    """Comments with their commenters' names."""
    source.keep()
    commenters = _commenters(source)

    def read(held: Object, above: Comment | None) -> Node:
        if "commentHex" not in held and "name" in held:
            return None
        comment = _FIELDS.nested(held, above)
        name, email = commenters.get(comment.author or "", (None, None))
        comment.author = name or (None if comment.author == "anonymous" else comment.author)
        comment.personal = {"email": email}
        return comment

    yield from _FIELDS.parser(*_ARRAYS, read=read)(source)


def _commenters(source: Source) -> dict[str, tuple[str | None, str | None]]:
    """Names and addresses by commenter."""
    found: dict[str, tuple[str | None, str | None]] = {}
    for record in records(source, _ARRAYS):
        if isinstance(record, Reject):
            continue  # no comment is lost; its author is then told by number
        number, name, email = (record.value.get(key) for key in ("commenterHex", "name", "email"))
        if isinstance(number, str) and isinstance(name, str):
            found[number] = (name, email if isinstance(email, str) else None)
    return found
