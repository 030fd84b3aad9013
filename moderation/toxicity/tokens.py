"""What the network reads: tokens, and the letter groups (n-grams) inside them, as hashes.

A token is a run of letters and digits (an apostrophe between two of them included), or a run of
one sign ("!!!"). Letters are all bytes ≥ 0x80 as well, so an accented letter or an emoji belongs
to a token. No token is longer than :data:`LONGEST` bytes: a longer run becomes several, cut
between characters, so that a megabyte without a space costs a megabyte's time and hides nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, eight_bytes
from moderation.lanes import below, lowest

LONGEST = 32
SHORTEST_GRAM, LONGEST_GRAM = 3, 5
MOST_GRAMS = 3 * (LONGEST + 2)

_OFFSET = np.uint64(0xCBF29CE484222325)  # FNV-1a
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
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

# Eight bytes are looked at as one number, the first lowest: words are short, and their ends,
# found byte by byte, are what a processor guesses worst.
_1, _8, _32 = np.uint64(1), np.uint64(8), np.uint64(32)
_EACH = np.uint64(0x0101010101010101)
_HIGH, _LOW = np.uint64(0x80) * _EACH, np.uint64(0x7F) * _EACH
_CASE = np.uint64(0x20) * _EACH
_APOSTROPHES = np.uint64(ord("'")) * _EACH
# Added to a byte below 0x80, they raise its highest bit from that sign on.
_FROM_A, _FROM_BRACE, _FROM_0, _FROM_COLON = (np.uint64(0x80 - ord(c)) * _EACH for c in "a{0:")


@borrowing
def _mixed(value: np.uint64) -> np.uint64:
    """Spread a hash over all its bits."""
    value = (value ^ (value >> _32)) * _MIX
    return value ^ (value >> _32)


@borrowing
def _eight(data: NDArray[np.uint8], at: int, end: int) -> np.uint64:
    """The eight bytes from ``at`` on, with 0 for those beyond ``end``."""
    if at + 8 <= len(data):
        value = eight_bytes(data, at)
        return value if at + 8 <= end else value & below(8 * (end - at))
    value = np.uint64(0)
    for i in range(end - at):
        value |= np.uint64(data[at + i]) << (_8 * np.uint64(i))
    return value


@borrowing
def _inside(data: NDArray[np.uint8], at: int, end: int, eight: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that may go on a word: letters, some apostrophes."""
    low = eight & _LOW
    lower = low | _CASE
    letters = ((lower + _FROM_A) & ~(lower + _FROM_BRACE)) | (
        (low + _FROM_0) & ~(low + _FROM_COLON)
    )
    letters = (letters | eight) & _HIGH
    apostrophes = ~((((eight ^ _APOSTROPHES) & _LOW) + _LOW) | eight) & _HIGH
    inside = letters | (apostrophes & (letters >> _8))
    if apostrophes >> np.uint64(63) and at + 8 < end and _KIND[data[at + 8]] == _LETTER:
        inside |= _1 << np.uint64(63)
    return inside


@borrowing
def _hash(data: NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    """Of a word: eight bytes after eight, to the first that are not all of it."""
    value = np.uint64(0)
    for at in range(begin, min(end + 1, begin + LONGEST), 8):
        value = _mixed(value ^ _eight(data, at, end))
    return value


@borrowing
def token(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, np.uint64]:
    """The next token in ``data[at:end]``: begin, end and hash; begin = end where there is none."""
    while at < end and _KIND[data[at]] == _SPACE:
        at += 1
    if at == end:
        return end, end, np.uint64(0)
    begin, stop, first = at, min(end, at + LONGEST), data[at]
    if _KIND[first] == _SIGN:
        while at < stop and data[at] == first:
            at += 1
        return begin, at, _mixed(np.uint64(first) | (np.uint64(at - begin) << _8))
    value = np.uint64(0)
    while at < begin + LONGEST:
        eight = _eight(data, at, end)
        outside = ~_inside(data, at, end, eight) & _HIGH
        if outside:
            count = lowest(outside) >> 3
            return begin, at + count, _mixed(value ^ (eight & below(8 * count)))
        value = _mixed(value ^ eight)
        at += 8
    if at < end and (data[at] & 0xC0) == 0x80:  # cut inside a character
        while (data[at] & 0xC0) == 0x80:
            at -= 1
        value = _hash(data, begin, at)
    return begin, at, value


@borrowing
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
