"""YouTube Data API: ``commentThreads`` and ``comments``, as pages, arrays or lines.

A thread holds at most five replies; how many it leaves out is told as a note. The text as it was
written (``textOriginal``) comes for one's own comments only; else the text as shown, which is HTML.
"""

from __future__ import annotations

from collections.abc import Iterator

from moderation.formats.documents import Object, Record, records
from moderation.formats.fields import Fields
from moderation.formats.records import Item, Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source

_FIELDS = Fields(
    {
        "comment_id": "id",
        "parent_id": "snippet.parentId",
        "thread_id": "snippet.videoId",
        "author": "snippet.authorDisplayName",
        "created_at": "snippet.publishedAt",
        "text": "snippet.textOriginal",
        "html": "snippet.textDisplay",
        "likes": "snippet.likeCount",
        "state": "snippet.moderationStatus",
    },
    replies="replies.comments",
)


def recognise(sample: Sample) -> bool:
    """Whether comments with a snippet stand in it."""
    return sample.keys >= {"snippet", "textDisplay", "publishedAt"}


def parse(source: Source) -> Iterator[Item]:
    """Top-level comments, each followed by the replies that came with it."""
    absent = 0
    for record in records(source, ("items",)):
        if isinstance(record, Reject):
            yield record
            continue
        absent += _absent(record.value)
        record.value = _threaded(record)
        yield from _FIELDS.items(record, _FIELDS.nested)
    if absent:
        source.note(f"replies that the threads do not hold, though they count them: {absent}")


def _threaded(record: Record) -> Object:
    """A thread's first comment with the thread's replies and video (or else channel)."""
    held = record.value
    snippet = held.get("snippet")
    first = snippet.get("topLevelComment") if isinstance(snippet, dict) else None
    if not isinstance(snippet, dict) or not isinstance(first, dict):
        return held
    own = first.get("snippet")
    if not isinstance(own, dict):
        return first
    place = {"videoId": snippet.get("videoId") or snippet.get("channelId")}
    return {**first, "snippet": {**place, **own}, "replies": held.get("replies")}


def _absent(held: Object) -> int:
    """Replies that a thread counts beyond those it holds."""
    snippet = held.get("snippet")
    count = snippet.get("totalReplyCount") if isinstance(snippet, dict) else None
    return max(count - len(_FIELDS.replies(held)), 0) if isinstance(count, int) else 0
