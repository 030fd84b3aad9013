"""Hacker News: an item with its nested answers, search hits (both Algolia), and Firebase items.

A story's text opens its thread; a story that only links is no comment. An answer to the story
itself has no parent here, as on the page.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from moderation.formats.documents import Object, records
from moderation.formats.fields import Fields, Node, Read
from moderation.formats.lineage import Lineage
from moderation.formats.records import Comment, Item, Reject, Skipped
from moderation.formats.samples import Sample
from moderation.formats.sources import Source

_ITEM = Fields(
    {
        "comment_id": "id",
        "parent_id": "parent_id",
        "thread_id": "story_id",
        "author": "author",
        "created_at": "created_at created_at_i",
        "html": "text",
        "likes": "points",
    },
    replies="children",
)
_HIT = Fields(
    {
        "comment_id": "objectID",
        "parent_id": "parent_id",
        "thread_id": "story_id",
        "author": "author",
        "created_at": "created_at created_at_i",
        "html": "comment_text story_text",
        "likes": "points",
    }
)
_FIREBASE = Fields(
    {
        "comment_id": "id",
        "parent_id": "parent",
        "author": "by",
        "created_at": "time",
        "html": "text",
        "likes": "score",
    },
    states=(("deleted", True, "deleted"), ("dead", True, "dead")),
)
_OPENERS = {"story", "job", "poll"}


def recognise_item(sample: Sample) -> bool:
    """Whether items with nested answers stand in it."""
    keys = sample.keys
    return keys >= {"children", "created_at_i", "type"} and "objectID" not in keys


def recognise_hits(sample: Sample) -> bool:
    """Whether hits of a search stand in it."""
    return sample.keys >= {"objectID", "created_at_i", "author"}


def recognise_firebase(sample: Sample) -> bool:
    """Whether items of the Firebase API stand in it."""
    return sample.keys >= {"id", "time", "type", "by"} and not sample.keys.isdisjoint(
        {"parent", "kids", "descendants"}
    )


def parse_item(source: Source) -> Iterator[Item]:
    """Items, each followed by the answers nested in it."""
    for record in records(source):
        if isinstance(record, Reject):
            yield record
        else:
            yield from _ITEM.items(record, _item_reader(record.value))


def _item_reader(outermost: Object) -> Read:
    story = str(outermost.get("story_id") or outermost.get("id"))

    def read(held: Object, above: Comment | None) -> Node:
        if _only_links(held, "text"):
            return Skipped("story")
        comment = _ITEM.nested(held, above)
        comment.thread_id = comment.thread_id or story
        return _in_story(_opened(held, comment))

    return read


def _read_hit(held: Object, above: Comment | None) -> Node:
    if not held.get("comment_text") and _only_links(held, "story_text"):
        return Skipped("story")
    return _in_story(_opened(held, _HIT.nested(held, above)))


def parse_firebase(source: Source) -> Iterator[Item]:
    """Items in the order of the input; an answer's thread is the first ancestor that is known."""
    lineage = Lineage()

    def read(held: Object, above: Comment | None) -> Node:
        skipped = _only_links(held, "text") and not (held.get("deleted") or held.get("dead"))
        comment = _FIREBASE.nested({"text": None, **held} if skipped else held, above)
        comment.thread_id = lineage.thread(comment.comment_id, comment.parent_id)
        if skipped:
            return Skipped("story")
        if lineage.opens(comment.parent_id):
            comment.parent_id = None
        return _opened(held, comment)

    yield from _FIREBASE.parser("items", read=read)(source)


def _only_links(held: Object, text: str) -> bool:
    """Whether it is a story without words of its own."""
    return not held.get(text) and (str(held.get("type")) in _OPENERS or bool(held.get("title")))


def _opened(held: Object, comment: Comment) -> Comment:
    """With its title where it opens a thread."""
    title = held.get("title")
    if isinstance(title, str) and title and comment.text:
        comment.text = f"<p>{html.escape(title)}</p>{comment.text}"
        comment.thread_id = comment.comment_id
    return comment


def _in_story(comment: Comment) -> Comment:
    """Without a parent where it answers the story; deleted where nothing of it is left."""
    if comment.parent_id == comment.thread_id:
        comment.parent_id = None
    if comment.author is None and not comment.text:
        comment.state = "deleted"
    return comment


parse_hits = _HIT.parser("hits", read=_read_hit)
