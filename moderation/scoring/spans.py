"""Which words of the original text lie behind a bound.

The model marks the folded text; :class:`Marker` maps its marks back through the trace of the
folding, from bytes to the code points of the original.
"""

from __future__ import annotations

from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray

from moderation import columns, normalise, sentiment
from moderation.normalise import Folded
from moderation.policy import Bound
from moderation.scoring.reasons import Integers, Spans
from moderation.texts import Texts
from moderation.toxicity import Model

_UPWARDS = ("at_least", "above")
_NOTHING = Spans(*(np.zeros(0, np.int64) for _ in range(3)))


class Marker:
    """Finds the words behind a bound, by a model, in some rows of many texts.

    Those rows are folded with a trace once, at the first bound that asks for it.

    Args:
        texts: All texts.
        model: What scored them.
        rows: Row numbers, ascending, of the texts that bounds will be asked about; None for all.
    """

    def __init__(self, texts: Texts, model: Model, rows: Integers | None = None) -> None:
        self._rows = np.arange(len(texts)) if rows is None else rows
        self._texts = texts if rows is None else texts.take(rows)
        self._model = model
        self._marked: dict[str, tuple[Integers, Spans]] = {}  # rows that were asked, by head

    def mark(self, bound: Bound, rows: Integers) -> Spans:
        """Spans of the words that brought about a bound, in the texts of some rows.

        Args:
            bound: The condition; one on a column that has no words (likes, state) has no spans.
            rows: Row numbers, ascending.
        """
        if bound.column in columns.HEADS:
            return self.head(bound.column, rows)
        if bound.column in columns.SENTIMENT:
            return self._sentiment(bound, rows)
        if bound.column == "evasions":
            return self._evasions(rows)
        return _NOTHING

    def head(self, head: str, rows: Integers) -> Spans:
        """Spans of the words that carry a head's score."""
        done, known = self._marked.get(head, (rows[:0], _NOTHING))
        new = np.setdiff1d(rows, done, assume_unique=True)
        if len(new):
            known = Spans.sorted(*np.hstack([known, self._head(head, new)]))
            self._marked[head] = np.union1d(done, new), known
        asked = np.isin(known.row, rows)
        return Spans(*(each[asked] for each in known))

    def contributions(self, head: str) -> NDArray[np.float64]:
        """What every code point adds to a head's uncalibrated logit, where there is one text."""
        folded, starts = self._folded, self._starts
        each = self._model.contributions(folded.texts, head)
        begin, end = starts[folded.begin], starts[folded.end]
        width = np.maximum(end - begin, 1)
        change = np.zeros(starts[-1] + 1)
        np.add.at(change, begin, each / width)
        np.add.at(change, np.minimum(begin + width, starts[-1]), -each / width)
        return np.cumsum(change)[:-1]

    def _head(self, head: str, rows: Integers) -> Spans:
        folded, at = self._folded, np.searchsorted(self._rows, rows)
        row, begin, end = self._model.mark(folded.texts.take(at), head)
        first = folded.texts.offsets[at[row]]
        begins, ends = cast(Integers, folded.begin), cast(Integers, folded.end)
        return self._spans(at[row], begins[first + begin], ends[first + end - 1])

    @cached_property
    def _folded(self) -> Folded:
        return normalise.fold(self._texts, trace=True)

    @cached_property
    def _starts(self) -> Integers:
        """How many characters begin before each byte of the texts, and before their end."""
        first, last = self._texts.offsets[0], self._texts.offsets[-1]
        begins = (self._texts.data[first:last] & 0xC0) != 0x80
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(begins, dtype=np.int64)])

    def _sentiment(self, bound: Bound, rows: Integers) -> Spans:
        positive = (bound.comparison in _UPWARDS) != (bound.column == "sentiment_neg")
        found = sentiment.words(self._texts.take(np.searchsorted(self._rows, rows)))
        meant = (found.valence > 0) == positive
        return Spans.sorted(rows[found.row[meant]], found.begin[meant], found.end[meant])

    def _evasions(self, rows: Integers) -> Spans:
        at = np.repeat(np.arange(len(self._rows)), self._folded.evasions)
        asked = np.isin(self._rows[at], rows)
        return self._spans(at[asked], *cast(Integers, self._folded.spans)[asked].T)

    def _spans(self, at: Integers, begin: Integers, end: Integers) -> Spans:
        """Byte spans relative to each text as spans of code points in the rows that these are."""
        base = self._texts.offsets[at] - self._texts.offsets[0]
        before = self._starts[base]
        begin, end = (self._starts[base + each] - before for each in (begin, end))
        return Spans.sorted(self._rows[at], begin, end)
