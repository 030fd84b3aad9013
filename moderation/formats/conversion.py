"""Columns as a source spells them, turned into ours: the same for every format.

Times become UTC, states the tool's own words, likes whole numbers; a comment without an id gets a
digest. What could not be understood comes out missing, is counted, and told as a note.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moderation import columns
from moderation.formats import states, times
from moderation.formats.sources import Source

if TYPE_CHECKING:
    import pyarrow as pa

# pyarrow carries no types: its arrays are Any here.
Values = Any
"""A column as the source has it: an Arrow array, or a sequence of Python values."""


def schema(extra: Mapping[str, columns.Kind] | pa.Schema) -> pa.Schema:
    """The Arrow schema of comments as read: ours without ``source``, then the extra columns."""
    import pyarrow as pa

    own = [
        pa.field(name, columns.arrow_type(columns.column(name).kind))
        for name in columns.READ
        if name != "source"
    ]
    if isinstance(extra, pa.Schema):
        return pa.schema([*own, *extra])
    return pa.schema([*own, *((name, columns.arrow_type(kind)) for name, kind in extra.items())])


def digest(thread: str | None, author: str | None, text: str | None, ordinal: int) -> str:
    """A stable id for the comment that stands ``ordinal``-th (from 1) in its source.

    Example:
        >>> digest("story", "Ann", "Hello", 1) == digest("story", "Ann", "Hello", 1)
        True
        >>> len(digest(None, None, "", 1))
        20
    """
    key = "\0".join([thread or "", author or "", text or "", str(ordinal)])
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=10).hexdigest()


_ADDRESS = (
    r"^\s*(?:[^@\s]+@[^@\s]+\.[^@\s]+|\d{1,3}(?:\.\d{1,3}){3}"
    r"|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){3,7})\s*$"
)
"""An e-mail or IP address and nothing else, as some systems call who has no name."""
_ADDRESSED = "authors known only by an address, now missing (--keep-personal lets them through)"
_NAIVE = "times without a zone, taken as UTC"


class Conversion:
    """Turns batches of one input into tables, and counts what it could not understand.

    Args:
        source: The input, whose name stands for a missing thread and who hears the notes.
        schema: What comes out.
        keep_personal: Let authors through whose name is an e-mail or IP address.
    """

    def __init__(self, source: Source, schema: pa.Schema, *, keep_personal: bool) -> None:
        self.source = source
        self._schema = schema
        self._keep_personal = keep_personal
        self._missed: Counter[str] = Counter()
        self._unknown_states: Counter[str] = Counter()

    def table(self, raw: Mapping[str, Values], first: int) -> pa.Table:
        """One table of comments.

        Args:
            raw: The columns there are, all of one length, ``text`` among them. Those of the schema
                that are ours are converted; the others must fit their type.
            first: How many comments stand before these in the source.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        size = len(raw["text"])
        out: dict[str, Any] = {
            name: _strings(raw[name]) if name in raw else pa.nulls(size, pa.string())
            for name in ("comment_id", "thread_id", "parent_id", "author", "text")
        }
        for name in ("comment_id", "thread_id", "parent_id", "author"):
            out[name] = _without_empty(out[name])
        if not self._keep_personal:
            out["author"] = self._without_addresses(out["author"])
        out["parent_id"] = pc.replace_substring_regex(out["parent_id"], r"^(\d+)\.0$", r"\1")
        out["text"] = pc.fill_null(out["text"], "")
        if out["comment_id"].null_count:
            out["comment_id"] = _with_digests(out, first)
        out["thread_id"] = pc.fill_null(out["thread_id"], self.source.file)
        for name, convert in self._converters().items():
            out[name] = convert(raw[name]) if name in raw else None
        arrays = []
        for field in self._schema:
            values = out.get(field.name, raw.get(field.name))
            arrays.append(pa.nulls(size, field.type) if values is None else _typed(values, field))
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def tell(self) -> None:
        """Say as notes what could not be understood."""
        for what, count in (+self._missed).items():
            self.source.note(f"{what}: {count}")
        if self._unknown_states:
            words = ", ".join(f'"{word[:40]}"' for word, _ in self._unknown_states.most_common(3))
            total = self._unknown_states.total()
            self.source.note(f"states that the tool does not know: {total}, such as {words}")

    def _converters(self) -> dict[str, Callable[[Values], Values]]:
        return {"created_at": self._times, "state": self._states, "likes": self._likes}

    def _without_addresses(self, authors: Values) -> Values:
        import pyarrow.compute as pc

        addressed = pc.match_substring_regex(authors, _ADDRESS)
        self._missed[_ADDRESSED] += pc.sum(addressed).as_py() or 0
        return pc.if_else(addressed, None, authors)

    def _times(self, values: Values) -> Values:
        import pyarrow as pa

        kind = columns.arrow_type("time")
        if _is_arrow(values) and pa.types.is_temporal(values.type):
            if getattr(values.type, "tz", None) is None:
                self._missed[_NAIVE] += len(values) - values.null_count
            return values.cast(kind, safe=False)  # what is finer than a microsecond is dropped
        try:  # at once where all are text that names a zone
            spelt = values.cast(pa.string()) if _is_arrow(values) else pa.array(values, pa.string())
            return spelt.cast(kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
            values = as_list(values)
        moments: list[datetime | None] = []
        naive = unread = 0
        for value in values:
            moment, without_zone = times.utc(value)
            moments.append(moment)
            naive += without_zone
            unread += moment is None and value not in (None, "")
        if naive:
            self._missed[_NAIVE] += naive
        if unread:
            self._missed["times that could not be read, now missing"] += unread
        return pa.array(moments, kind)

    def _states(self, values: Values) -> Values:
        import pyarrow as pa

        listed = as_list(values)
        words: dict[Any, str | None] = {value: states.state(value) for value in set(listed)}
        for value in listed:
            if words[value] is None and value not in (None, ""):
                self._unknown_states[str(value)] += 1
        return pa.array([words[value] for value in listed], pa.string())

    def _likes(self, values: Values) -> Values:
        import pyarrow as pa

        try:  # at once where all are whole numbers
            return values.cast(pa.int64()) if _is_arrow(values) else pa.array(values, pa.int64())
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
            pass
        listed = as_list(values)
        numbers = [_whole(value) for value in listed]
        lost = sum(
            number is None and value not in (None, "")
            for number, value in zip(numbers, listed, strict=True)
        )
        if lost:
            self._missed["likes that are no whole number, now missing"] += lost
        return pa.array(numbers, pa.int64())


def _is_arrow(values: Values) -> bool:
    return hasattr(values, "to_pylist")


def as_list(values: Values) -> Sequence[Any]:
    """A column's values as Python has them."""
    return values.to_pylist() if _is_arrow(values) else values  # type: ignore[no-any-return]


def _whole(value: object) -> int | None:
    """A whole number of 64 bits, which tables may have made a float: 3, "3", 3.0, "3.0"."""
    try:
        number = int(str(value).removesuffix(".0"))
    except ValueError:
        return None
    return number if -(2**63) <= number < 2**63 else None


def _strings(values: Values) -> Values:
    """Strings as Arrow has them; a lone surrogate becomes U+FFFD, anything else its spelling."""
    import pyarrow as pa

    try:
        if not _is_arrow(values):
            return pa.array(values, pa.string())
        if not pa.types.is_floating(values.type):
            return values.cast(pa.string())
    except (UnicodeEncodeError, pa.ArrowTypeError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    return pa.array([_spelt(value) for value in as_list(values)], pa.string())


def _spelt(value: object) -> str | None:
    """A value as text; a whole float as a whole number, which is how tables spoil ids."""
    if value is None or value != value:  # NaN
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_empty(strings: Values) -> Values:
    import pyarrow.compute as pc

    return pc.if_else(pc.equal(strings, ""), None, strings)


def _with_digests(out: Mapping[str, Values], first: int) -> Values:
    import pyarrow as pa

    names = ("comment_id", "thread_id", "author", "text")
    listed: Iterable[Sequence[Any]] = zip(*(out[name].to_pylist() for name in names), strict=True)
    return pa.array(
        [
            given or digest(thread, author, text, ordinal)
            for ordinal, (given, thread, author, text) in enumerate(listed, first + 1)
        ],
        pa.string(),
    )


def _typed(values: Values, field: pa.Field) -> Values:
    """A column of the schema's type; a Python value that does not fit comes out missing."""
    import pyarrow as pa

    if _is_arrow(values):
        return values.cast(field.type)
    if field.type == pa.string():
        return _strings(values)
    try:
        return pa.array(values, field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError):
        return pa.array([_fitting(value, field.type) for value in values], field.type)


def _fitting(value: object, kind: pa.DataType) -> Any:  # noqa: ANN401  # whatever fits
    import pyarrow as pa

    try:
        pa.array([value], kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError):
        return None
    return value
