"""Coral's comments as its database holds them: ``mongoexport`` of today's Coral and of Talk 4.

The last revision is the comment. What Perspective said of it is kept in two columns, so that the
scores of another model can be laid beside them. Replies may be nested (``replies``, also as
``nodes`` or ``edges``), and MongoDB may wrap values: ``{"$date": {"$numberLong": "…"}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.columns import Kind
from moderation.formats.documents import Object
from moderation.formats.fields import Fields, Node
from moderation.formats.records import Comment
from moderation.formats.samples import Sample

EXTRA: Mapping[str, Kind] = {
    "perspective_score": "float",
    "perspective_model": "string",
    "reports": "integer",
}
_REPLIES = "replies.nodes replies.edges replies"
_DELETED = (("deletedAt", True, "deleted"), ("deleted_at", True, "deleted"))

_MODERN = Fields(
    {
        "comment_id": "id",
        "parent_id": "parentID parent.id",
        "thread_id": "storyID story.id",
        "author": "author.username authorID author.id",
        "created_at": "createdAt.$date.$numberLong createdAt.$date createdAt",
        "html": "revisions.-1.body body",
        "state": "status",
        "likes": "actionCounts.REACTION.$numberInt actionCounts.REACTION",
        "reports": "actionCounts.FLAG.$numberInt actionCounts.FLAG",
        "perspective_score": (
            "revisions.-1.metadata.perspective.score.$numberDouble "
            "revisions.-1.metadata.perspective.score"
        ),
        "perspective_model": "revisions.-1.metadata.perspective.model",
    },
    states=(*_DELETED, ("deletedAt.$date", True, "deleted")),
    replies=_REPLIES,
)
_TALK = Fields(
    {
        "comment_id": "id",
        "parent_id": "parent_id",
        "thread_id": "asset_id",
        "author": "author_id",
        "created_at": "created_at.$date.$numberLong created_at.$date created_at",
        "text": "body_history.-1.body body",
        "state": "status",
        "likes": "action_counts.respect action_counts.like",
        "reports": "action_counts.flag",
    },
    states=(*_DELETED, ("deleted_at.$date", True, "deleted")),
    replies=_REPLIES,
)
_PREFERRED_MODELS = ("TOXICITY", "SEVERE_TOXICITY")


def recognise(sample: Sample) -> bool:
    """Whether comments with a story and revisions stand in it, or with an asset and a history."""
    keys = sample.keys
    if keys >= {"asset_id", "author_id", "body"}:
        return not keys.isdisjoint({"body_history", "status_history", "action_counts"})
    return keys >= {"storyID", "authorID"}


def _read(held: Object, above: Comment | None) -> Node:
    held = held["node"] if isinstance(held.get("node"), dict) else held
    if "asset_id" not in held:
        comment = _MODERN.nested(held, above)
        extra: dict[str, Any] = dict(comment.extra or {})
        extra["perspective_score"] = _number(extra["perspective_score"])
    else:
        comment = _TALK.nested(held, above)
        extra = {**(comment.extra or {}), **_talk_perspective(held)}
    comment.extra = extra
    return comment


def _talk_perspective(held: Object) -> Object:
    """Talk keeps a summary for each model that was asked."""
    metadata = held.get("metadata")
    models = metadata.get("perspective") if isinstance(metadata, dict) else None
    if not isinstance(models, dict):
        return {}
    for name in (*_PREFERRED_MODELS, *models):
        summary = models.get(name)
        if isinstance(summary, dict) and "summaryScore" in summary:
            score = _number(summary["summaryScore"])
            return {"perspective_score": score, "perspective_model": name}
    return {}


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, str | float | int) else None
    except (ValueError, OverflowError):
        return None


parse = _MODERN.parser("comments", read=_read)
