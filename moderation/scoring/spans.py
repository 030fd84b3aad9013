"""Which words of the original text lie behind a bound.

The model marks the folded text; :class:`Marker` maps its marks back through the trace of the
folding, from bytes to the code points of the original.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the words behind a bound, in some texts, by a model."""

    texts: Texts
    model: Model

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
        texts, folded = self._fold(rows)
        row, begin, end = self.model.mark(folded.texts, head)
        first = folded.texts.offsets[row]
        return _in_code_points(
            texts, rows, row, folded.begin[first + begin], folded.end[first + end - 1]
        )

    def contributions(self, head: str) -> NDArray[np.float64]:
        """What every code point of the first text adds to a head's uncalibrated logit."""
        texts, folded = self._fold(np.zeros(1, np.int64))
        each = self.model.contributions(folded.texts, head)
        starts = _starts(texts)
        begin, end = starts[folded.begin], starts[folded.end]
        width = np.maximum(end - begin, 1)
        change = np.zeros(starts[-1] + 1)
        np.add.at(change, begin, each / width)
        np.add.at(change, np.minimum(begin + width, starts[-1]), -each / width)
        return np.cumsum(change)[:-1]

    def _fold(self, rows: Integers) -> tuple[Texts, Folded]:
        texts = self.texts.take(rows)
        return texts, normalise.fold(texts, trace=True)

    def _sentiment(self, bound: Bound, rows: Integers) -> Spans:
        positive = (bound.comparison in _UPWARDS) != (bound.column == "sentiment_neg")
        found = [
            (row, begin, end)
            for row in rows.tolist()
            for begin, end, valence in sentiment.words(self.texts[row])
            if (valence > 0) == positive
        ]
        return Spans.sorted(*zip(*found, strict=True)) if found else _NOTHING

    def _evasions(self, rows: Integers) -> Spans:
        texts, folded = self._fold(rows)
        row = np.repeat(np.arange(len(texts)), folded.evasions)
        return _in_code_points(texts, rows, row, *folded.spans.T)


def _starts(texts: Texts) -> Integers:
    """How many characters begin before each byte of the buffer; one more than there are bytes."""
    first, last = texts.offsets[0], texts.offsets[-1]
    begins = (texts.data[first:last] & 0xC0) != 0x80
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(begins, dtype=np.int64)])


def _in_code_points(
    texts: Texts, rows: Integers, row: Integers, begin: Integers, end: Integers
) -> Spans:
    """Byte spans relative to each text as code point spans of the rows that these are."""
    starts = _starts(texts)
    base = texts.offsets[row] - texts.offsets[0]
    before = starts[base]
    return Spans.sorted(rows[row], starts[base + begin] - before, starts[base + end] - before)
