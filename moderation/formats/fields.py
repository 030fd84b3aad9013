"""Which members of a JSON object are which of ours: a table of rows for each system.

>>> fields = Fields({"comment_id": "id", "author": "user.name user.login", "text": "body"})
>>> comment = fields.comment({"id": 7, "user": {"login": "ann"}, "body": "Well said"})
>>> comment.comment_id, comment.author, comment.text
('7', 'ann', 'Well said')

A row is one of our names and where to look: members within members joined by dots, ``-1`` for the
last of a list, alternatives set apart by blanks; the first that holds a value counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from moderation.formats.batches import PERSONAL, Parse
from moderation.formats.documents import Object, Record, records
from moderation.formats.records import Comment, Item, Reject, Skipped
from moderation.formats.sources import Source

Path = tuple[str, tuple[str, ...]]
"""A member, and the members within it."""
Node = Comment | Skipped | None
Read = Callable[[Object, Comment | None], Node]
"""Reads one object, given the comment above it: None where it only holds others.

ValueError says why it cannot be read.
"""

_NAMES = frozenset({"comment_id", "thread_id", "parent_id", "author"})
_TEXTS = frozenset({"text", "html"})
_VALUES = frozenset({"created_at", "state", "likes"})
_LAST = "-1"


class Fields:
    """A system's table.

    Args:
        rows: Where each of our fields is found. ``text`` is plain and ``html`` a fragment; where
            both have a row, the first of them comes first. ``email`` and ``ip`` are personal; any
            other name is an extra column.
        states: (where, whether it must hold or not hold, state), the first that fits counts; after
            them the row ``state``.
        roots: What stands for "no parent".
        replies: Where the answers to a comment are nested, a list of objects.
    """

    def __init__(
        self,
        rows: Mapping[str, str],
        *,
        states: Sequence[tuple[str, bool, str]] = (),
        roots: Collection[str] = ("", "0"),
        replies: str = "",
    ) -> None:
        paths = {name: _paths(places) for name, places in rows.items()}
        self._text = [(paths.pop(name), name == "html") for name in rows if name in _TEXTS]
        self._names = [(name, paths.pop(name)) for name in rows if name in _NAMES]
        self._values = [(name, paths.pop(name)) for name in rows if name in _VALUES]
        self._personal = [(name, paths.pop(name)) for name in rows if name in PERSONAL]
        self._extra = list(paths.items())
        self._states = [(_paths(place), holds, state) for place, holds, state in states]
        self._roots = frozenset(roots)
        self._replies = _paths(replies)

    def comment(self, held: Object) -> Comment:
        """The comment that an object holds.

        Raises:
            ValueError: It has no text, though nothing says that it was deleted; or a text that is
                none.
        """
        comment = Comment("")
        for name, paths in self._names:
            setattr(comment, name, _name(held, paths))
        for name, paths in self._values:
            setattr(comment, name, _scalar(held, paths))
        if comment.parent_id in self._roots:
            comment.parent_id = None
        for places, holds, state in self._states:
            value = _scalar(held, places)
            if value is not None and bool(value) is holds:
                comment.state = state
                break
        comment.text, comment.html = self._text_of(held, comment.state == "deleted")
        if self._personal:
            comment.personal = {name: _name(held, paths) for name, paths in self._personal}
        if self._extra:
            comment.extra = {name: _scalar(held, paths) for name, paths in self._extra}
        return comment

    def _text_of(self, held: Object, deleted: bool) -> tuple[str, bool]:
        """The text, and whether it is HTML."""
        known, odd = deleted, False
        for places, html in self._text:
            for path in places:
                there, value = _at(held, path)
                if isinstance(value, dict | list | bool):
                    odd = True
                elif value is None or value == "":
                    known |= there
                else:
                    return str(value), html
        if not known:
            raise ValueError("its text is no text" if odd else "no text")
        return "", False

    def replies(self, held: Object) -> list[object]:
        """The objects nested in one as answers to it."""
        for path in self._replies:
            _, value = _at(held, path)
            if isinstance(value, list) and value:
                return value
        return []

    def without_replies(self, held: Object) -> bytes:
        """The JSON of an object alone."""
        nested = {path[0] for path in self._replies}
        return msgspec.json.encode({key: held[key] for key in held if key not in nested})

    def items(self, record: Record, read: Read) -> Iterator[Item]:
        """A record, then the answers nested in it, each after the one that it answers.

        Args:
            record: The outermost object.
            read: Reads one object; what is skipped is above no comment.
        """
        waiting: list[tuple[object, Comment | None]] = [(record.value, None)]
        while waiting:
            held, above = waiting.pop()
            if not isinstance(held, dict):
                yield record.reject("no JSON object", msgspec.json.encode(held))
                continue
            answered = above
            try:
                item = read(held, above)
                answered = item if isinstance(item, Comment) else None
                if item is not None:
                    yield item
            except ValueError as error:
                yield record.reject(str(error), self.without_replies(held))
            waiting += [(reply, answered) for reply in reversed(self.replies(held))]

    def parser(self, *arrays: str, read: Read | None = None) -> Parse:
        """A parser of such objects.

        Args:
            *arrays: See :func:`.documents.records`.
            read: Reads one object; by the table alone where it is None.
        """

        def parse(source: Source) -> Iterator[Item]:
            for record in records(source, arrays):
                if isinstance(record, Reject):
                    yield record
                else:
                    yield from self.items(record, read or self.nested)

        return parse

    def nested(self, held: Object, above: Comment | None) -> Comment:
        """The comment that an object holds, where it names no parent the one above it."""
        comment = self.comment(held)
        if above is not None:
            comment.parent_id = comment.parent_id or above.comment_id
            comment.thread_id = comment.thread_id or above.thread_id
        return comment


def _paths(places: str) -> tuple[Path, ...]:
    return tuple(
        (key, tuple(rest)) for key, *rest in (place.split(".") for place in places.split())
    )


def _at(held: Object, path: Path) -> tuple[bool, Any]:
    """Whether there is such a member, and what it holds."""
    key, rest = path
    if key not in held:
        return False, None
    value: Any = held[key]
    for key in rest:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif key == _LAST and isinstance(value, list) and value:
            value = value[-1]
        else:
            return False, None
    return True, value


def _scalar(held: Object, paths: tuple[Path, ...]) -> Any:  # noqa: ANN401  # as the source has it
    """The first value that is neither missing nor an object or list."""
    for path in paths:
        value = _at(held, path)[1] if path[1] else held.get(path[0])
        if value is not None and not isinstance(value, dict | list):
            return value
    return None


def _name(held: Object, paths: tuple[Path, ...]) -> str | None:
    """The first value that can be a name: a text, or a whole number."""
    for path in paths:
        value = _at(held, path)[1] if path[1] else held.get(path[0])
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None
