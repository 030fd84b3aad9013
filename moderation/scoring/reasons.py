"""Why rows were flagged, as one Arrow column.

Built from arrays, not row by row: a page has a few flagged comments, an archive has millions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
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
        arrays = [np.asarray(each, np.int64) for each in (row, begin, end)]
        order = np.argsort(arrays[0] << 32 | arrays[1], kind="stable")
        return cls(*(each[order] for each in arrays))

    def only(self, rows: Integers) -> Spans:
        """The spans of some texts: at least one, their numbers ascending."""
        nearest = np.minimum(np.searchsorted(rows, self.row), len(rows) - 1)
        asked = rows[nearest] == self.row
        return Spans(*(each[asked] for each in self))

    def of(self, row: int) -> list[tuple[int, int]]:
        """The spans of one text."""
        here = slice(np.searchsorted(self.row, row), np.searchsorted(self.row, row, "right"))
        return list(zip(self.begin[here].tolist(), self.end[here].tolist(), strict=True))


#: Spans of the words that brought about a bound, in the texts of some rows (ascending).
Mark = Callable[[Bound, Integers], Spans]


def reasons(
    policy: Policy, decision: Decision, comments: Mapping[str, pa.Array], mark: Mark
) -> pa.Array:
    """One list of reasons a row: an entry for each bound of each rule that fired.

    Args:
        policy: The rules.
        decision: What they made of the comments.
        comments: The columns of n scored comments that the rules look at.
        mark: Finds the words behind a bound.

    Returns:
        Arrow list array, n long; its type is that of ``columns``.
    """
    import pyarrow as pa

    kind = columns.arrow_type("reasons")
    size = decision.fired.shape[1]
    fired = [
        (rule.name, bound, rows)
        for rule, each in zip(policy.rules, decision.fired, strict=True)
        if len(rows := np.flatnonzero(each))
        for bound in rule.bounds
    ]
    if not fired:
        return pa.array([[]] * size, kind)
    rows = np.concatenate([rows for _, _, rows in fired])
    order = np.argsort(rows, kind="stable")
    offsets = np.searchsorted(rows[order], np.arange(size + 1))
    number = np.repeat(np.arange(len(fired)), [len(rows) for _, _, rows in fired])[order]
    words = [(name, bound.column, str(bound)) for name, bound, _ in fired]
    rule, column, limit = (pa.array(each).take(number) for each in zip(*words, strict=True))
    values = [_as_text(comments[bound.column].take(pa.array(rows))) for _, bound, rows in fired]
    value = pa.array(np.concatenate(values)[order], pa.string())
    spans = _span_lists([(mark(bound, rows), rows) for _, bound, rows in fired], order)
    struct = pa.StructArray.from_arrays(
        [rule, column, value, limit, spans], fields=list(kind.value_type)
    )
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), struct, kind)


def _as_text(values: pa.Array) -> list[str]:
    """Values as a person would write them: three decimals at most."""
    import pyarrow as pa

    if pa.types.is_floating(values.type):
        return [f"{value:.3f}".rstrip("0").rstrip(".") for value in values.to_pylist()]
    return [str(value) for value in values.to_pylist()]


def _span_lists(marked: Sequence[tuple[Spans, Integers]], order: Integers) -> pa.Array:
    """The spans of each entry as a list: of those for each bound in its rows, in a new order."""
    import pyarrow as pa

    kind = columns.arrow_type("reasons").value_type.field("spans").type
    counts = [np.bincount(spans.row, minlength=rows[-1] + 1)[rows] for spans, rows in marked]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate(counts))])
    each = [
        np.concatenate(ends) for ends in zip(*((s.begin, s.end) for s, _ in marked), strict=True)
    ]
    struct = pa.StructArray.from_arrays(
        [pa.array(ends, pa.int32()) for ends in each], fields=list(kind.value_type)
    )
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), struct, kind).take(order)
