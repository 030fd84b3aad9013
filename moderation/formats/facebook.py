"""Facebook's Graph API: the comments of a post, their replies, and posts that hold both.

Comments are called ``post_comment``, and posts ``page_post``: so a record is a post, and no
comment, if the comments nested in it begin with its second number. Where none can be read, it is
one if it holds a list of comments and lacks what only comments count.
"""

from __future__ import annotations

from moderation.formats.documents import Object
from moderation.formats.fields import Fields, Node
from moderation.formats.records import Comment, Skipped
from moderation.formats.samples import Sample

_FIELDS = Fields(
    {
        "comment_id": "id",
        "parent_id": "parent.id",
        "author": "from.name",
        "created_at": "created_time",
        "text": "message",
        "likes": "like_count likes.summary.total_count",
    },
    states=(("is_hidden", True, "hidden"),),
    replies="comments.data comments",
)
_OF_COMMENTS = {"like_count", "comment_count", "parent"}


def recognise(sample: Sample) -> bool:
    """Whether messages with Facebook's times stand in it."""
    keys = sample.keys
    return keys >= {"id", "created_time", "message"} and not keys.isdisjoint(
        {"from", "like_count", "comment_count", "paging"}
    )


def _read(held: Object, above: Comment | None) -> Node:
    if above is None and _is_post(held):
        return Skipped("post")
    comment = _FIELDS.nested(held, above)
    comment.thread_id = _post(held) or comment.thread_id
    return comment


def _is_post(held: Object) -> bool:
    if replies := _FIELDS.replies(held):
        last = str(held.get("id")).split("_")[-1]
        return any(_post(reply) == last for reply in replies)
    return "comments" in held and not held.keys() & _OF_COMMENTS


def _post(held: object) -> str | None:
    """The number of the post that a comment's id begins with."""
    number = held.get("id") if isinstance(held, dict) else None
    return number.split("_")[0] if isinstance(number, str) and "_" in number else None


parse = _FIELDS.parser("data", read=_read)
