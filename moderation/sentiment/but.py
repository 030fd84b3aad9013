"""The values around "but" made to weigh less before it and more after it, in n log n.

vaderSentiment goes through the values while it edits them, and looks each up *by value*
(`_but_check`): what it edits at a step is the first value of the text, so far as edited, that
equals the one at hand. So an equal value early in the text is edited again and again in place of
the later ones. Here the places that hold one value are a heap, lowest first: a skew heap, which
needs nothing but two links a place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled, owning

_BEFORE, _AFTER = 0.5, 1.5
_NONE = -1
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@owning
def weigh(values: NDArray[np.float64], but: int) -> None:
    """Edit the values of a text, none of them zero, in place.

    Args:
        values: In the order of the text.
        but: How many of them stand before the first "but".
    """
    bits = values.view(np.uint64)
    keys, roots = _no_heaps(len(values))
    left, right = np.full(len(values), _NONE), np.full(len(values), _NONE)
    for i in range(len(values)):
        heap = _heap_of(bits[i], keys)
        roots[heap] = _merged(roots[heap], i, left, right)
    for i in range(len(values)):
        heap = _heap_of(bits[i], keys)
        first = roots[heap]
        roots[heap] = _merged(left[first], right[first], left, right)
        left[first] = right[first] = _NONE
        values[first] *= _BEFORE if first < but else _AFTER
        heap = _heap_of(bits[first], keys)
        roots[heap] = _merged(roots[heap], first, left, right)


@compiled
def _no_heaps(values: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A hash table from values (as bits, 0 where free) to heaps, for all a text can come to have.

    Each of the steps makes one new value at most.
    """
    size = 1
    while size < 4 * values:
        size *= 2
    return np.zeros(size, np.uint64), np.full(size, _NONE)


@compiled
def _heap_of(bits: np.uint64, keys: NDArray[np.uint64]) -> np.int64:
    """The slot of a value, taken for it where it has none."""
    mask = np.uint64(len(keys) - 1)
    slot = ((bits * _GOLDEN) >> np.uint64(32)) & mask
    while keys[slot] != bits and keys[slot] != 0:
        slot = (slot + np.uint64(1)) & mask
    keys[slot] = bits
    return np.int64(slot)


@compiled
def _merged(one: int, other: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> int:
    """The root of two heaps made one: down their right edges, swapping children on the way."""
    if one == _NONE or other == _NONE:
        return max(one, other)
    root, other = min(one, other), max(one, other)
    top = root
    while True:
        below = right[top]
        right[top] = left[top]
        if below == _NONE:
            left[top] = other
            return root
        left[top] = min(below, other)
        top, other = min(below, other), max(below, other)
