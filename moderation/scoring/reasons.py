"""Why rows were flagged, as one Arrow column.

Built from arrays, not row by row: a page has a few flagged comments, an archive has millions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import columns
from moderation.policy import Bound, Decision, Policy

if TYPE_CHECKING:
    import pyarrow as pa

Integers = NDArray[np.int64]


class Spans(NamedTuple):
    """Marked stretches of many texts, sorted by row and then by where they begin.

    Attributes:
        row: int64[m], the text that each span is in.
        begin: int64[m], first code point.
        end: int64[m], one past the last code point.
    """

    row: Integers
    begin: Integers
    end: Integers

    @classmethod
    def sorted(cls, row: Any, begin: Any, end: Any) -> Spans:  # noqa: ANN401  # array-likes
        """Spans in order, from any order."""
        order = np.lexsort((begin, row))
        arrays = (np.asarray(each, np.int64)[order] for each in (row, begin, end))
        return cls(*arrays)

    def of(self, row: int) -> list[tuple[int, int]]:
        """The spans of one text."""
        here = slice(np.searchsorted(self.row, row), np.searchsorted(self.row, row, "right"))
        return list(zip(self.begin[here].tolist(), self.end[here].tolist(), strict=True))


#: Spans of the words that brought about a bound, in the texts of some rows (ascending).
Mark = Callable[[Bound, Integers], Spans]


def reasons(policy: Policy, decision: Decision, frame: pd.DataFrame, mark: Mark) -> pa.Array:
    """One list of reasons a row: an entry for each bound of each rule that fired.

    Args:
        policy: The rules.
        decision: What they made of the frame.
        frame: The scored comments, n rows.
        mark: Finds the words behind a bound.

    Returns:
        Arrow list array, n long; its type is that of ``columns``.
    """
    import pyarrow as pa

    entries = _entries(policy, decision, frame, mark)
    order = np.argsort(entries.row, kind="stable")
    offsets = np.searchsorted(entries.row[order], np.arange(len(frame) + 1))
    kind = columns.arrow_type("reasons")
    fields = [entries.rule, entries.column, entries.value, entries.bound]
    taken = [pa.array(field[order], pa.string()) for field in fields]
    spans = _span_lists(entries, order, kind.value_type.field("spans").type)
    struct = pa.StructArray.from_arrays([*taken, spans], fields=list(kind.value_type))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), struct).cast(kind)


@dataclass(frozen=True, slots=True)
class _Entries:
    """Every bound of every fired rule, before they are sorted by row.

    ``row``, ``rule``, ``column``, ``value`` and ``bound`` have an item an entry; the spans of
    entry ``e`` are ``begin``/``end`` ``[first[e]:first[e] + count[e]]``.
    """

    row: Integers
    rule: NDArray[np.object_]
    column: NDArray[np.object_]
    value: NDArray[np.object_]
    bound: NDArray[np.object_]
    first: Integers
    count: Integers
    begin: Integers
    end: Integers


def _entries(policy: Policy, decision: Decision, frame: pd.DataFrame, mark: Mark) -> _Entries:
    parts: list[tuple[Any, ...]] = [_no_entries()]
    marked = 0
    for rule, fired in zip(policy.rules, decision.fired, strict=True):
        rows = np.flatnonzero(fired)
        for bound in rule.bounds if len(rows) else ():
            spans = mark(bound, rows)
            first = np.searchsorted(spans.row, rows)
            count = np.searchsorted(spans.row, rows, "right") - first
            words = [
                np.full(len(rows), text, object) for text in (rule.name, bound.column, str(bound))
            ]
            value = _as_text(frame[bound.column].iloc[rows])
            parts.append((rows, words[0], words[1], value, words[2], first + marked, count, spans))
            marked += len(spans.row)
    joined = [np.concatenate(each) for each in list(zip(*parts, strict=True))[:-1]]
    begin = np.concatenate([part[-1].begin for part in parts])
    end = np.concatenate([part[-1].end for part in parts])
    return _Entries(*[*joined, begin, end])


def _no_entries() -> tuple[Any, ...]:
    numbers, texts = np.zeros(0, np.int64), np.zeros(0, object)
    return numbers, texts, texts, texts, texts, numbers, numbers, Spans(numbers, numbers, numbers)


def _as_text(values: pd.Series) -> NDArray[np.object_]:
    """Values as a person would write them: three decimals at most."""
    if pd.api.types.is_float_dtype(values.dtype):
        texts = [f"{value:.3f}".rstrip("0").rstrip(".") for value in values]
        return np.array(texts, object)
    return values.astype(str).to_numpy(object)


def _span_lists(entries: _Entries, order: Integers, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    first, count = entries.first[order], entries.count[order]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(count)])
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], count)
    taken = np.repeat(first, count) + within
    ends = [pa.array(each[taken], pa.int32()) for each in (entries.begin, entries.end)]
    struct = pa.StructArray.from_arrays(ends, fields=list(kind.value_type))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), struct)
