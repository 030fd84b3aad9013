"""Reddit dumps (Pushshift, Arctic Shift): comments, and submissions as comments that open a thread.

Ids lose their kind (``t1_`` comment, ``t3_`` submission), so a parent's id is its comment's. Text
comes as Reddit's API gives it: Markdown in which ``&``, ``<`` and ``>`` are escaped.
"""

from __future__ import annotations

from collections.abc import Mapping

from moderation.columns import Kind
from moderation.formats.documents import Object
from moderation.formats.fields import Fields, Node
from moderation.formats.records import Comment
from moderation.formats.samples import Sample

EXTRA: Mapping[str, Kind] = {"subreddit": "string"}
_COMMON = {
    "comment_id": "id",
    "author": "author",
    "created_at": "created_utc",
    "likes": "score ups",
}
_STATE = "_meta.removal_type removed_by_category"
_COMMENT = Fields(
    {
        **_COMMON,
        "parent_id": "parent_id",
        "thread_id": "link_id",
        "text": "body",
        "state": _STATE,
        "subreddit": "subreddit",
    }
)
_SUBMISSION = Fields(
    {**_COMMON, "thread_id": "id", "text": "title", "state": _STATE, "subreddit": "subreddit"}
)
_PLACEHOLDERS = {"[deleted]": "deleted", "[removed]": "removed"}
_BY_THE_AUTHOR = {"deleted", "author"}


def recognise(sample: Sample) -> bool:
    """Whether it begins with a comment or a submission of a subreddit."""
    keys = sample.keys
    return "subreddit" in keys and (keys >= {"link_id", "body"} or keys >= {"title", "selftext"})


def _read(held: Object, above: Comment | None) -> Node:  # noqa: ARG001  # Reddit nests nothing here
    if "body" in held or "link_id" in held:
        comment = _COMMENT.comment(held)
        placeholder = comment.text
    else:
        comment = _SUBMISSION.comment(held)
        own = held.get("selftext")
        placeholder = own if isinstance(own, str) else ""
        comment.text = "\n\n".join(part for part in (comment.text, placeholder) if part)
    if comment.state is not None:
        comment.state = "deleted" if comment.state in _BY_THE_AUTHOR else "removed"
    elif placeholder in _PLACEHOLDERS:
        comment.state = _PLACEHOLDERS[placeholder]
    parent = comment.parent_id or ""
    comment.parent_id = None if parent.startswith("t3_") else parent.removeprefix("t1_") or None
    comment.thread_id = (comment.thread_id or "").removeprefix("t3_") or None
    comment.text = _unescaped(comment.text)
    return comment


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


parse = _COMMENT.parser("data", read=_read)
