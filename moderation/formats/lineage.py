"""Threads told from the chain of parents, where a source names none."""

from __future__ import annotations

REMEMBERED = 200_000
"""Comments whose thread is kept in mind: more than any page has; then it begins anew."""


class Lineage:
    """Which thread each comment belongs to, parents first.

    Example:
        >>> lineage = Lineage()
        >>> [lineage.thread(*link) for link in [("1", None), ("2", "1"), ("3", "2"), ("9", "8")]]
        ['1', '1', '1', '8']
    """

    def __init__(self) -> None:
        self._threads: dict[str, str] = {}

    def thread(self, comment: str | None, parent: str | None) -> str | None:
        """The first ancestor that is known of, the comment itself at a root; it is remembered."""
        thread = self._threads.get(parent, parent) if parent else comment
        if comment and thread:
            if len(self._threads) >= REMEMBERED:
                self._threads.clear()
            self._threads[comment] = thread
        return thread

    def opens(self, comment: str | None) -> bool:
        """Whether a comment has been met that opens a thread."""
        return comment is not None and self._threads.get(comment) == comment
