"""What the network reads: tokens, and the letter groups (n-grams) inside them, as hashes.

A token is a run of letters and digits (an apostrophe between two of them included), or a run of
one sign ("!!!"). Letters are all bytes ≥ 0x80 as well, so an accented letter or an emoji belongs
to a token. No token is longer than :data:`LONGEST` bytes: a longer run becomes several, cut
between characters, so that a megabyte without a space costs a megabyte's time and hides nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled

LONGEST = 32
SHORTEST_GRAM, LONGEST_GRAM = 3, 5
MOST_GRAMS = 3 * (LONGEST + 2)

_OFFSET = np.uint64(0xCBF29CE484222325)  # FNV-1a
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HIGH = np.uint64(32)
_EDGE = np.uint64(0x20)  # stands for the border of a word: no word holds a space


_SPACE, _LETTER, _SIGN = 0, 1, 2
_LETTERS = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + bytes(
    range(0x80, 0x100)
)
_KIND = np.array(
    [
        _SPACE if byte <= 0x20 or byte == 0x7F else _LETTER if byte in _LETTERS else _SIGN
        for byte in range(256)
    ],
    np.uint8,
)
_APOSTROPHE = 0x27


@compiled
def _mixed(value: np.uint64) -> np.uint64:
    """Spread a hash over all its bits."""
    value = (value ^ (value >> _HIGH)) * _MIX
    return value ^ (value >> _HIGH)


@compiled
def _hash(data: NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    value = _OFFSET
    for at in range(begin, end):
        value = (value ^ np.uint64(data[at])) * _PRIME
    return value


@compiled
def token(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, np.uint64]:
    """The next token in ``data[at:end]``: begin, end and hash; begin = end where there is none."""
    while at < end and _KIND[data[at]] == _SPACE:
        at += 1
    begin = at
    value = _OFFSET
    if at == end:
        return end, end, value
    stop = min(end, begin + LONGEST)
    first = data[begin]
    if _KIND[first] == _SIGN:
        while at < stop and data[at] == first:
            value = (value ^ np.uint64(first)) * _PRIME
            at += 1
        return begin, at, _mixed(value)
    while at < stop:
        byte = data[at]
        if _KIND[byte] != _LETTER and not (
            byte == _APOSTROPHE and at + 1 < end and _KIND[data[at + 1]] == _LETTER
        ):
            break
        value = (value ^ np.uint64(byte)) * _PRIME
        at += 1
    if at < end and (data[at] & 0xC0) == 0x80:  # cut at LONGEST, inside a character
        while (data[at] & 0xC0) == 0x80:
            at -= 1
        value = _hash(data, begin, at)
    return begin, at, _mixed(value)


@compiled
def gram_rows(
    data: NDArray[np.uint8], begin: int, end: int, mask: int, rows: NDArray[np.int64]
) -> int:
    """Table rows of a token's letter groups of 3…5 bytes, borders included, into ``rows``.

    Returns how many there are; none for a run of signs.
    """
    count = 0
    if _KIND[data[begin]] != _LETTER:
        return 0
    for start in range(begin - 1, end - 1):
        value = _OFFSET
        for at in range(start, min(start + LONGEST_GRAM, end + 1)):
            byte = _EDGE if at < begin or at == end else np.uint64(data[at])
            value = (value ^ byte) * _PRIME
            if at - start + 1 >= SHORTEST_GRAM:
                rows[count] = np.int64(_mixed(value) & np.uint64(mask))
                count += 1
    return count
