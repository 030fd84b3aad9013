"""WordPress exports (WXR 1.0 to 1.2): an ``item`` for each post, its comments within.

The post's address is the thread. Times are in GMT; where that one is blank (a draft's comment), the
blog's own time stands, without a zone. Pingbacks, and what shops and schedulers keep among the
comments, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from moderation.formats.markup import plain
from moderation.formats.records import Comment, Item, Reject, Skipped
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from moderation.formats.xmlrecords import Shape
from moderation.formats.xmltree import Record, records

_SHAPE = Shape(root="channel", comment="comment", context="item", nested=True)

_NO_COMMENTS = {
    "pingback": "pingback",
    "trackback": "trackback",
    "order_note": "shop's note on an order",
    "action_log": "scheduler's log entry",
    "webhook_delivery": "scheduler's log entry",
}


def recognise(sample: Sample) -> bool:
    """Whether it is RSS with the name space of WordPress exports."""
    return sample.root == "rss" and "//wordpress.org/export/" in sample.text


def parse(source: Source) -> Iterator[Item]:
    """The comments of an export.

    Raises:
        InputError: The file declares entities or an external document.
    """
    thread = None
    for record in records(source, _SHAPE, "comment_content"):
        if isinstance(record, Reject):
            yield record
        elif record.piece.name == "item":
            thread = record.text("link") or record.text("post_id")
        else:
            yield _item(record, thread)


def _item(comment: Record, thread: str | None) -> Item:
    kind = (comment.text("comment_type") or "").lower()
    if kind in _NO_COMMENTS:
        return Skipped(_NO_COMMENTS[kind], comment.piece.raw, line=comment.piece.line)
    text = comment.markup("comment_content")
    if text is None:
        what = "a comment without comment_content"
        return Reject(what, comment.piece.raw, line=comment.piece.line)
    parent = comment.text("comment_parent")
    return Comment(
        text,
        comment_id=comment.text("comment_id"),
        thread_id=thread,
        parent_id=None if parent == "0" else parent,
        author=plain(comment.text("comment_author") or ""),  # WordPress keeps names as HTML
        created_at=_time(comment),
        state=comment.text("comment_approved"),
        html=True,
        personal={
            "email": comment.text("comment_author_email"),
            "ip": comment.text("comment_author_IP"),
        },
    )


def _time(comment: Record) -> str | None:
    for field, zone in (("comment_date_gmt", "+00:00"), ("comment_date", "")):
        time = comment.text(field)
        if time and not time.startswith("0000"):
            return time + zone
    return None
