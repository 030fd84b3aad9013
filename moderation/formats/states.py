"""The states that sources know, in the tool's five words.

A table, not rules: a new system's word is one entry.
"""

from __future__ import annotations

_WORDS: dict[str, tuple[str, ...]] = {
    "published": ("1", "approve", "approved", "accepted", "live", "none", "ok", "open", "public",
                  "publish", "published", "valid", "visible"),
    "pending": ("0", "awaiting moderation", "flagged", "heldforreview", "hold", "in review",
                "new", "pending", "premod", "queued", "reported", "system_withheld", "unapproved",
                "unmoderated", "unpublished"),
    "spam": ("junk", "likelyspam", "spam"),
    "deleted": ("dead", "delete", "deleted", "post-trashed", "removed by user", "trash",
                "trashed"),
    "rejected": ("banned", "blocked", "disapproved", "hidden", "reject", "rejected", "removed",
                 "system_rejected"),
}  # fmt: skip

_STATES = {word: state for state, words in _WORDS.items() for word in words}


def state(value: object) -> str | None:
    """The tool's word for a source's state, or None where it is unknown.

    Args:
        value: A word in any case, or 1/True (published) and 0/False (pending) as WordPress has it.

    Example:
        >>> state("APPROVED"), state(True), state("0"), state("odd"), state(None)
        ('published', 'published', 'pending', None, None)
    """
    if isinstance(value, bool):
        value = int(value)
    return None if value is None else _STATES.get(str(value).strip().lower())
