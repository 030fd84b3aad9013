"""Mastodon: the context of a status (``ancestors``, ``descendants``), or statuses alone.

The status itself is not in its context; answers to it are roots whose thread bears its id. A
content warning (``spoiler_text``) is part of what readers see, so it comes before the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from moderation.formats.documents import Object
from moderation.formats.fields import Fields, Node
from moderation.formats.lineage import Lineage
from moderation.formats.records import Comment, Item, Skipped
from moderation.formats.samples import Sample
from moderation.formats.sources import Source

_FIELDS = Fields(
    {
        "comment_id": "id",
        "parent_id": "in_reply_to_id",
        "author": "account.acct account.username",
        "created_at": "created_at",
        "html": "content",
        "likes": "favourites_count",
    }
)

_ELSEWHERE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
"""An account on another server."""


def recognise(sample: Sample) -> bool:
    """Whether statuses stand in it."""
    return sample.keys >= {"in_reply_to_id", "account", "content"}


def parse(source: Source) -> Iterator[Item]:
    """Statuses in the order of the input."""
    lineage = Lineage()

    def read(held: Object, above: Comment | None) -> Node:
        if isinstance(held.get("reblog"), dict):
            return Skipped("boost")
        comment = _FIELDS.nested(held, above)
        if comment.author and _ELSEWHERE.fullmatch(comment.author):
            comment.author = f"@{comment.author}"  # as readers see it: no e-mail address
        comment.thread_id = lineage.thread(comment.comment_id, comment.parent_id)
        warning = held.get("spoiler_text")
        if isinstance(warning, str) and warning:
            comment.text = f"<p>{html.escape(warning)}</p>{comment.text}"
            comment.html = True
        return comment

    yield from _FIELDS.parser("ancestors", "descendants", read=read)(source)
