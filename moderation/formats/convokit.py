"""ConvoKit: the utterances of a corpus, ``utterances.jsonl`` or the older ``utterances.json``."""

from __future__ import annotations

from moderation.formats.fields import Fields
from moderation.formats.samples import Sample

_FIELDS = Fields(
    {
        "comment_id": "id",
        "parent_id": "reply-to reply_to",
        "thread_id": "conversation_id root",
        "author": "speaker speaker.id user user.id",
        "created_at": "timestamp",
        "text": "text",
        "likes": "meta.score",
    },
    roots=("",),
)


def recognise(sample: Sample) -> bool:
    """Whether utterances stand in it."""
    keys = sample.keys
    return (
        keys >= {"id", "text", "timestamp"}
        and not keys.isdisjoint({"reply-to", "reply_to"})
        and not keys.isdisjoint({"speaker", "user"})
        and not keys.isdisjoint({"conversation_id", "root"})
    )


parse = _FIELDS.parser()
