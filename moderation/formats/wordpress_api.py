"""WordPress REST answers: ``wp/v2/comments`` of a site, or ``comments`` of wordpress.com."""

from __future__ import annotations

import html

from moderation.formats.documents import Object
from moderation.formats.fields import Fields, Node
from moderation.formats.records import Comment, Skipped
from moderation.formats.samples import Sample

_FIELDS = Fields(
    {
        "comment_id": "id ID",
        "parent_id": "parent parent.ID",
        "thread_id": "post post.ID",
        "author": "author_name author.name",
        "created_at": "date_gmt date",
        "html": "content.rendered content.raw content",
        "likes": "like_count",
        "state": "status",
        "email": "author_email author.email",
        "ip": "author_ip author.ip_address",
    },
)
_NO_COMMENTS = {"pingback", "trackback"}


def recognise(sample: Sample) -> bool:
    """Whether it holds comments of posts, of either kind."""
    keys = sample.keys
    return keys >= {"post", "parent", "author_name", "content", "rendered"} or (
        keys >= {"ID", "post", "parent", "author", "content", "status", "type"}
    )


def _read(held: Object, above: Comment | None) -> Node:
    kind = held.get("type")
    if isinstance(kind, str) and kind in _NO_COMMENTS:
        return Skipped(kind)
    comment = _FIELDS.nested(held, above)
    comment.author = comment.author and html.unescape(comment.author)
    return comment


parse = _FIELDS.parser("comments", read=_read)
