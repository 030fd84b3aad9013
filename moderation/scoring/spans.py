"""Which words of the original text lie behind a bound.

The model marks the folded text; :class:`Marker` maps its marks back through the trace of the
folding, from bytes to the code points of the original.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from moderation import columns, normalise, sentiment
from moderation.normalise import Folded
from moderation.policy import Bound
from moderation.scoring.reasons import Integers, Spans
from moderation.texts import Texts
from moderation.toxicity import Model, marking

_UPWARDS = ("at_least", "above")
_NOTHING = Spans(*(np.zeros(0, np.int64) for _ in range(3)))


class Marker:
    """Finds the words behind a bound, by a model, in some rows of many texts.

    Those rows are folded with a trace, and their words marked, once, at the first bound that asks.

    Args:
        texts: All texts.
        model: What scored them.
        rows: Row numbers, ascending, of the texts that bounds will be asked about; None for all.
    """

    def __init__(self, texts: Texts, model: Model, rows: Integers | None = None) -> None:
        self._rows = np.arange(len(texts)) if rows is None else rows
        self._texts = texts if rows is None else texts.take(rows)
        self._model = model

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
            return self._evasions.only(rows)
        if bound.column == "links":
            return self._links.only(rows)
        return _NOTHING

    def head(self, head: str, rows: Integers) -> Spans:
        """Spans of the words that carry a head's score."""
        return self._heads[head].only(rows)

    def contributions(self, head: str) -> NDArray[np.float64]:
        """What every code point adds to a head's uncalibrated logit, where there is one text."""
        folded, points = self._folded, self._points
        each = self._model.contributions(folded.texts, head)
        begin, end = points[folded.begin], points[folded.end]
        width = np.maximum(end - begin, 1)
        change = np.zeros(points[-1] + 1)
        np.add.at(change, begin, each / width)
        np.add.at(change, np.minimum(begin + width, points[-1]), -each / width)
        return np.cumsum(change)[:-1]

    @cached_property
    def _folded(self) -> Folded:
        return normalise.fold(self._texts, trace=True)

    @cached_property
    def _points(self) -> Integers:
        return self._texts.code_points()

    @cached_property
    def _heads(self) -> dict[str, Spans]:
        """What the model marks in the folded texts, as it stands in the texts themselves."""
        folded = self._folded
        begins, ends = cast(Integers, folded.begin), cast(Integers, folded.end)
        marks = marking.marks(self._model.network, self._model.weights, folded.texts)
        heads = {}
        for head, (at, begin, end) in zip(self._model.heads, marks, strict=True):
            first = folded.texts.offsets[at]
            heads[head] = self._spans(at, begins[first + begin], ends[first + end - 1])
        return heads

    @cached_property
    def _evasions(self) -> Spans:
        return self._counted(self._folded.evasions, self._folded.spans)

    @cached_property
    def _links(self) -> Spans:
        return self._counted(self._folded.links, self._folded.link_spans)

    def _counted(self, counts: NDArray[np.int32], spans: NDArray[np.int32] | None) -> Spans:
        """The spans [m, 2] of which each text has so many, one after the other."""
        at = np.repeat(np.arange(len(self._rows)), counts)
        return self._spans(at, *cast(Integers, spans).T)

    def _sentiment(self, bound: Bound, rows: Integers) -> Spans:
        positive = (bound.comparison in _UPWARDS) != (bound.column == "sentiment_neg")
        found = sentiment.words(self._texts.take(np.searchsorted(self._rows, rows)))
        meant = (found.valence > 0) == positive
        return Spans.sorted(rows[found.row[meant]], found.begin[meant], found.end[meant])

    def _spans(self, at: NDArray[np.integer[Any]], begin: Integers, end: Integers) -> Spans:
        """Byte spans relative to each text as spans of code points in the rows that these are."""
        base = self._texts.offsets[at]
        before = self._points[base]
        begin, end = (self._points[base + each] - before for each in (begin, end))
        return Spans.sorted(self._rows[at], begin, end)
