"""From texts to their four numbers, or to the words behind these: what the package's surface calls.

Each surface makes the memory that it needs and hands it to a loop that only borrows it, into which
the compiler merges all that is done for a text. What numba keeps on disk it renews when *this*
module changes: after an edit in one that it imports, delete ``__pycache__``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, inlined
from moderation.sentiment.plain import BEFORE, Scratch, describe, room, scratch_for, write
from moderation.sentiment.rules import sentiments
from moderation.sentiment.tables import Tables
from moderation.sentiment.tokens import number, split

_ALPHA = 15.0  # "approximates the max expected value", says vaderSentiment
_SPLITTER = 134217729.0  # 2**27 + 1: cuts a float64 into two halves of 26 bits


@compiled
def scores(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], tables: Tables
) -> NDArray[np.float64]:
    """Compound, neg, neu and pos of every text: float64[n, 4]."""
    longest, _ = room(data, offsets, tables)
    out = np.zeros((len(offsets) - 1, 4))
    _score(data, offsets, tables, scratch_for(longest), out)
    return out


@borrowing
def _score(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    tables: Tables,
    scratch: Scratch,
    out: NDArray[np.float64],
) -> None:
    for i in range(len(out)):
        size = write(data, offsets[i], offsets[i + 1], tables, scratch)
        count, found = _judged(size, tables, scratch)
        if found > 0:
            emphasis = _emphasis(scratch.text, size)
            _summarise(scratch.values[:found], count - found, emphasis, out[i])
        elif count > 0:
            out[i, 2] = 1.0


@inlined
def _judged(size: int, tables: Tables, scratch: Scratch) -> tuple[int, int]:
    """How many words the text at hand has, and how many of them say something; see `Scratch`."""
    count = split(size, scratch)
    marked = number(size, count, tables, scratch)
    return count, sentiments(marked, count, tables, scratch)


@compiled
def words(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], tables: Tables
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The words that are not neutral: text, begin and end there in code points, and valence."""
    longest, total = room(data, offsets, tables)
    most = (total + len(offsets)) // 2
    row, begin, end = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    valence = np.empty(most)
    count = _list(data, offsets, tables, scratch_for(longest), row, begin, end, valence)
    return row[:count], begin[:count], end[:count], valence[:count]


@borrowing
def _list(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    tables: Tables,
    scratch: Scratch,
    row: NDArray[np.int64],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    valence: NDArray[np.float64],
) -> int:
    """Write the words; returns how many."""
    bounds, origin = scratch.bounds, scratch.origin
    total = 0
    for i in range(len(offsets) - 1):
        size = describe(data, offsets[i], offsets[i + 1], tables, scratch)
        _, found = _judged(size, tables, scratch)
        for k in range(found):
            word = scratch.places[k] - BEFORE
            row[total], valence[total] = i, scratch.values[k]
            begin[total] = origin[bounds[2 * word]]
            end[total] = origin[bounds[2 * word + 1] - 1] + 1
            total += valence[total] != 0
    return total


@inlined
def _emphasis(text: NDArray[np.uint8], size: int) -> float:
    """What "!" and "?" add to what a text says (`_punctuation_emphasis`)."""
    either = np.uint8(0)
    for at in range(size):
        either |= np.uint8(text[at] == ord("!")) | np.uint8(text[at] == ord("?"))
    if not either:
        return 0.0
    exclamations = questions = 0
    for at in range(size):
        exclamations += text[at] == ord("!")
        questions += text[at] == ord("?")
    emphasis = min(exclamations, 4) * 0.292
    if questions > 3:
        return emphasis + 0.96
    if questions > 1:
        return emphasis + questions * 0.18
    return emphasis


@inlined
def _summarise(
    values: NDArray[np.float64], neutral: int, emphasis: float, out: NDArray[np.float64]
) -> None:
    """The four numbers of a text (`score_valence`), summed from left to right."""
    total = positive = negative = 0.0
    for value in values:
        total += value
        if value > 0:
            positive += value + 1
        else:
            negative += 1 - value
    if total > 0:
        total += emphasis
    elif total < 0:
        total -= emphasis
    if positive > negative:
        positive += emphasis
    elif positive < negative:
        negative += emphasis
    whole = positive + negative + neutral
    out[0] = rounded(total / math.sqrt(total * total + _ALPHA), 10000.0)
    out[1] = rounded(negative / whole, 1000.0)
    out[2] = rounded(neutral / whole, 1000.0)
    out[3] = rounded(positive / whole, 1000.0)


@borrowing
def rounded(value: float, scale: float) -> float:
    """Python's ``round(value, digits)`` for ``scale = 10**digits``, of a value within −1…1.

    Python rounds the exact binary value. The product with the scale is itself rounded, so where
    it ends in a half its error (Dekker's product) decides, and without one the even neighbour.
    """
    size = abs(value)
    product = size * scale
    below = math.floor(product)
    over = product - below
    up = over > 0.5
    if over == 0.5:
        high = size * _SPLITTER - (size * _SPLITTER - size)
        error = (high * scale - product) + (size - high) * scale
        up = error > 0 or (error == 0 and below % 2 == 1)
    return math.copysign((below + up) / scale, value)
