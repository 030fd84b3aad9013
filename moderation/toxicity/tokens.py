"""What the network reads: tokens, and the letter groups (n-grams) inside them, as hashes.

A token is a run of letters and digits (an apostrophe between two of them included), or a run of
one sign ("!!!"). Letters are all bytes ≥ 0x80 as well, so an accented letter or an emoji belongs
to a token. Said once, none is longer than :data:`LONGEST` bytes: a longer run becomes several, cut
between characters, so that a megabyte without a space costs a megabyte's time and hides nothing.
What is said again at once ("ha ha ha") is one token, from where it is first said to where it is
last: it means no more the tenth time, and a sum over tokens would say that it does.

Tokens are found 64 bytes at a time, a bit each (:mod:`moderation.lanes`): one set of bits where
they begin, one where they end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, eight_bytes, merged
from moderation.lanes import WIDTH, below, count, doubled, lowest, one_of

LONGEST = 32
SHORTEST_GRAM, LONGEST_GRAM = 3, 5
MOST_GRAMS = 3 * (LONGEST + 2)

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_OFFSET = np.uint64(0xCBF29CE484222325)  # FNV-1a
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_EDGE = np.uint64(0x20)  # stands for the border of a word: no word holds a space
_NONE, _ONE, _8, _32 = np.uint64(0), np.uint64(1), np.uint64(8), np.uint64(32)
_BYTE = np.uint64(0xFF)

_LETTERS = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + bytes(
    range(0x80, 0x100)
)
_IS_LETTER = np.array([byte in _LETTERS for byte in range(256)])
_letters, _apostrophes = one_of(_LETTERS), one_of(b"'")
_spaces = one_of(bytes(range(0x21)) + b"\x7f")
_ROOM = WIDTH + 16  # bytes that are read from where a window begins
_CERTAIN = WIDTH - 2  # from this byte on, what follows the window decides where a token ends


class Found(NamedTuple):
    """Tokens that stand one after another, and room to look for more."""

    begins: Integers  # [size] first byte in the buffer
    sizes: Integers  # [size] bytes of it, said once
    ends: Integers  # [size] one past the last byte of the last time that it is said
    keys: Hashes  # [size]
    window: Bytes  # [_ROOM] for the end of a buffer, behind which nothing may be read


@compiled
def room_for_tokens(size: int) -> Found:
    """Room for so many; for one thread."""
    places = np.empty((3, size), np.int64)
    keys, window = np.empty(size, np.uint64), np.zeros(_ROOM, np.uint8)
    return Found(places[0], places[1], places[2], keys, window)


@compiled
def tokens_of(data: Bytes, offsets: Integers) -> tuple[Integers, Found]:
    """Where each text's tokens begin among all [texts + 1], and all tokens of all texts."""
    first, some = np.zeros(len(offsets), np.int64), room_for_tokens(WIDTH)
    for text in range(len(offsets) - 1):
        at, size = offsets[text], WIDTH
        first[text + 1] = first[text]
        while size == WIDTH:
            size = read_tokens(data, at, offsets[text + 1], some)
            first[text + 1] += size
            at = some.ends[size - 1]
    found = room_for_tokens(first[-1])
    for text in range(len(offsets) - 1):
        begin, end = first[text], first[text + 1]
        here = Found(
            found.begins[begin:end],
            found.sizes[begin:end],
            found.ends[begin:end],
            found.keys[begin:end],
            found.window,
        )
        read_tokens(data, offsets[text], offsets[text + 1], here)
    return first, found


@borrowing
def read_tokens(data: Bytes, at: int, stop: int, found: Found) -> int:
    """Find the next tokens in ``data[at:stop]``; how many they are.

    Where they are as many as there is room for, others may follow behind the last one.
    """
    size, full = 0, False
    while at < stop and not full:
        width = min(WIDTH, stop - at)
        more = at + width < stop
        if at + _ROOM <= len(data):
            size, read, full = _read_window(data, at, at, width, more, found, size)
        else:
            for i in range(min(_ROOM, len(data) - at)):
                found.window[i] = data[at + i]
            size, read, full = _read_window(found.window, 0, at, width, more, found, size)
        at += read
    return size


@merged
def _read_window(
    data: Bytes, at: int, place: int, width: int, more: bool, found: Found, size: int
) -> tuple[int, int, bool]:
    """Find the tokens that end in the ``width`` bytes from ``at`` on, where none goes on.

    Args:
        data: Bytes with room behind the window.
        at: Where it begins…
        place: …and where that is in the buffer.
        width: Of the window, up to ``WIDTH``.
        more: Whether the text goes on behind it.
        found: Takes the tokens.
        size: How many it has taken.

    Returns:
        How many it has then, how many bytes are read, and whether what follows finds no room.
    """
    inside = below(width)
    letters = _letters(data, at) & inside
    words = letters | (_apostrophes(data, at) & (letters << _ONE) & (letters >> _ONE))
    signs = inside & ~(words | _spaces(data, at))
    goes_on = (words & (words >> _ONE)) | (signs & (signs >> _ONE) & doubled(data, at))
    begins, lasts = (words | signs) & ~(goes_on << _ONE), (words | signs) & ~goes_on
    known = lasts & below(_CERTAIN) if more else lasts
    if begins & _ONE and lowest(lasts) >= LONGEST:
        known = _ONE
    for _ in range(count(known)):
        begin, end = lowest(begins), lowest(lasts) + 1
        sign = signs & (_ONE << np.uint64(begin)) != _NONE
        begins, lasts = begins & (begins - _ONE), lasts & (lasts - _ONE)
        if end - begin > LONGEST:
            if begin > 0:
                return size, begin, False
            end = LONGEST if sign else _whole(data, at, at + LONGEST) - at
            begins = _ONE << np.uint64(end)
        key = _hash(data, at + begin, end - begin, sign)
        if size == 0 or key != found.keys[size - 1]:
            if size == len(found.keys):
                return size, begin, True
            found.begins[size], found.sizes[size] = place + begin, end - begin
            found.keys[size] = key
            size += 1
        found.ends[size - 1] = place + end
    return size, lowest(begins), False


@borrowing
def _whole(data: Bytes, begin: int, end: int) -> int:
    """The last place up to ``end`` that does not lie inside a character."""
    while end > begin + 1 and (data[end] & 0xC0) == 0x80:
        end -= 1
    return end


@merged
def _hash(data: Bytes, at: int, size: int, sign: bool) -> np.uint64:
    """Of a run of signs, which and how many; of a word, eight bytes after eight.

    A word of eight has nothing in its second eight: that is hashed too.
    """
    eight = eight_bytes(data, at)
    first = eight & below(8 * min(8, size))
    if sign:
        first = (eight & _BYTE) | (np.uint64(size) << _8)
    key = _mixed(first)
    if size >= 8 and not sign:  # most are shorter: so asked, the loop costs them nothing
        for done in range(8, min(size + 1, LONGEST), 8):
            key = _mixed(key ^ (eight_bytes(data, at + done) & below(8 * min(8, size - done))))
    return key


@merged
def _mixed(value: np.uint64) -> np.uint64:
    """Spread a hash over all its bits."""
    value = (value ^ (value >> _32)) * _MIX
    return value ^ (value >> _32)


@merged
def gram_rows(data: Bytes, begin: int, size: int, mask: int, rows: Integers) -> int:
    """Table rows of a token's letter groups of 3…5 bytes, borders included, into ``rows``.

    Returns how many there are; none for a run of signs.
    """
    made, end = 0, begin + size
    if not _IS_LETTER[data[begin]]:
        return 0
    for start in range(begin - 1, end - 1):
        value = _OFFSET
        for at in range(start, min(start + LONGEST_GRAM, end + 1)):
            byte = _EDGE if at < begin or at == end else np.uint64(data[at])
            value = (value ^ byte) * _PRIME
            if at - start + 1 >= SHORTEST_GRAM:
                rows[made] = np.int64(_mixed(value) & np.uint64(mask))
                made += 1
    return made
