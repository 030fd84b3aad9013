"""From texts to their four numbers, or to the words behind these: what the package's surface calls.

The kernels are small functions that read what they need before they decide anything, and loops
are left by ``return``: numba then proves that no array can go away meanwhile. Where it cannot it
counts references, which would take longer than the work itself. What numba keeps on disk it
renews when *this* module changes: after an edit in one that it imports, delete ``__pycache__``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.sentiment.rules import sentiments
from moderation.sentiment.tables import EMOJI_SHIFT
from moderation.sentiment.tokens import BEFORE, room_for_tokens, split

_ALPHA = 15.0  # "approximates the max expected value", says vaderSentiment
_SPLITTER = 134217729.0  # 2**27 + 1: cuts a float64 into two halves of 26 bits


@compiled
def scores(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    glyph: NDArray[np.uint32],
    spelled: NDArray[np.uint8],
    entries: NDArray[np.void],
    slots: NDArray[np.int32],
    step: NDArray[np.uint8],
    phrases: NDArray[np.void],
) -> NDArray[np.float64]:
    """Compound, neg, neu and pos of every text: float64[n, 4]; NaN where it has emoji."""
    texts = len(offsets) - 1
    out = np.zeros((texts, 4))
    longest = 0
    for i in range(texts):
        longest = max(longest, offsets[i + 1] - offsets[i])
    tokens, values = room_for_tokens(longest), np.empty((longest + 1) // 2)
    for i in range(texts):
        begin, end = offsets[i], offsets[i + 1]
        count, shape = split(data, begin, end, glyph, spelled, entries, slots, tokens)
        if shape >> EMOJI_SHIFT:
            out[i] = np.nan
        elif count > 0:
            found = sentiments(tokens, count, step, phrases, values)
            _summarise(values[:found], count - found, _emphasis(data, begin, end), out[i])
    return out


@compiled
def words(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    glyph: NDArray[np.uint32],
    spelled: NDArray[np.uint8],
    entries: NDArray[np.void],
    slots: NDArray[np.int32],
    step: NDArray[np.uint8],
    phrases: NDArray[np.void],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The words of texts without emoji that are not neutral: text, first byte, end and valence."""
    longest = room = 0
    for i in range(len(offsets) - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
        room += (offsets[i + 1] - offsets[i] + 1) // 2
    tokens, values = room_for_tokens(longest), np.empty((longest + 1) // 2)
    row, begin, end = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    valence, count = np.empty(room), 0
    for i in range(len(offsets) - 1):
        size, _ = split(data, offsets[i], offsets[i + 1], glyph, spelled, entries, slots, tokens)
        sentiments(tokens, size, step, phrases, values)
        found = 0
        for token in tokens[BEFORE : BEFORE + size]:
            if token.valence == 0:
                continue
            row[count], begin[count], end[count] = i, token.begin, token.end
            valence[count] = values[found]
            count += valence[count] != 0
            found += 1
    return row[:count], begin[:count], end[:count], valence[:count]


@compiled
def _emphasis(data: NDArray[np.uint8], begin: int, end: int) -> float:
    """What "!" and "?" add to what a text says (`_punctuation_emphasis`)."""
    exclamations = questions = 0
    for at in range(begin, end):
        exclamations += data[at] == ord("!")
        questions += data[at] == ord("?")
    emphasis = min(exclamations, 4) * 0.292
    if questions > 3:
        return emphasis + 0.96
    if questions > 1:
        return emphasis + questions * 0.18
    return emphasis


@compiled
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


@compiled
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
