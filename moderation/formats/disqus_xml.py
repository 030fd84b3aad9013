"""Disqus XML exports: ``thread`` elements, then ``post`` elements that name their thread.

Posts of a thread that was deleted count as deleted, since nobody can see them any more. A post
without ``dsq:id`` is known by the ``id`` that the site gave it.
"""

from __future__ import annotations

from collections.abc import Iterator

from moderation.formats.records import Comment, Item, Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from moderation.formats.xmlrecords import Shape
from moderation.formats.xmltree import Record, records

_SHAPE = Shape(root="disqus", comment="post", context="thread", nested=False)


def recognise(sample: Sample) -> bool:
    """Whether the root element is ``disqus``."""
    return sample.root == "disqus"


def parse(source: Source) -> Iterator[Item]:
    """The posts of an export.

    Raises:
        InputError: The file declares entities or an external document.
    """
    deleted_threads: set[str | None] = set()
    hidden = 0
    for record in records(source, _SHAPE, "message"):
        if isinstance(record, Reject):
            yield record
        elif record.piece.name == "post":
            item = _comment(record)
            if isinstance(item, Comment) and item.thread_id in deleted_threads:
                hidden += item.state == "published"
                item.state = "spam" if item.state == "spam" else "deleted"
            yield item
        elif record.text("isDeleted") == "true":
            deleted_threads.add(record.attributes.get("id"))
    if hidden:
        source.note(f"posts of deleted threads, taken as deleted: {hidden}")


def _comment(post: Record) -> Comment | Reject:
    text = post.markup("message")
    if text is None:
        return Reject("a post without a message", post.piece.raw, line=post.piece.line)
    return Comment(
        text,
        comment_id=post.attributes.get("id") or post.text("id"),
        thread_id=post.attribute("thread", "id"),
        parent_id=post.attribute("parent", "id"),
        author=post.text("name", "author") or post.text("username", "author"),
        created_at=post.text("createdAt"),
        state=_state(post),
        html=True,
        personal={"email": post.text("email", "author"), "ip": post.text("ipAddress")},
    )


def _state(post: Record) -> str | None:
    """Deleted before spam; a flag that is neither true nor false is told as it stands."""
    flags = {"deleted": post.text("isDeleted"), "spam": post.text("isSpam")}
    for state, flag in flags.items():
        if flag == "true":
            return state
    odd = [f"{state}: {flag}" for state, flag in flags.items() if flag not in {"false", None}]
    if odd:
        return odd[0]
    return "published" if "false" in flags.values() else None
