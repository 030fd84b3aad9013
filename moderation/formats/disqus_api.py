"""Disqus API answers (``posts/list``, ``threads/listPosts``): a page, pages, or the posts alone."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.columns import Kind
from moderation.formats.fields import Fields
from moderation.formats.samples import Sample

_FIELDS = Fields(
    {
        "comment_id": "id",
        "parent_id": "parent parent.id",
        "thread_id": "thread thread.id",
        "author": "author.name author.username",
        "created_at": "createdAt",
        "html": "message",
        "text": "raw_message",
        "likes": "likes",
        "email": "author.email",
        "ip": "ipAddress",
        "reports": "numReports",
    },
    states=(
        ("isDeleted", True, "deleted"),
        ("isSpam", True, "spam"),
        ("isApproved", False, "pending"),
        ("isApproved", True, "published"),
    ),
)
EXTRA: Mapping[str, Kind] = {"reports": "integer"}

parse = _FIELDS.parser("response")


def recognise(sample: Sample) -> bool:
    """Whether posts with Disqus's flags stand in it."""
    return sample.keys >= {"createdAt", "isSpam", "isDeleted", "thread", "message"}
