"""Texts written in plain characters, with each emoji as what vaderSentiment's table calls it.

Nearly all comments are plain as they stand, and are copied: words can then be read eight
characters at once, though the text be the last of its buffer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, decode, inlined
from moderation.sentiment.characters import BEHIND, BLANK, FIRST
from moderation.sentiment.keys import EIGHT
from moderation.sentiment.tables import EMOJI, Tables

#: Blank words before the first and after the last: a rule may look three back and two ahead.
BEFORE, AFTER = 3, 2

_OF_SEVERAL_BYTES = 0xC0


class Scratch(NamedTuple):
    """Memory for one text, used again from text to text.

    Attributes:
        text: uint8, its plain characters, and a blank.
        origin: int32, which of its code points each of them stands for; see `describe`.
        bounds: uint32, where each word begins and ends, by turns.
        numbers: uint16, the numbers of its words, after `BEFORE` and before `AFTER` blank ones.
        known: uint16, the numbers of those that have one.
        places: int32, where they stand; of those that say something, where in `numbers`.
        values: float64, what these say.
    """

    text: NDArray[np.uint8]
    origin: NDArray[np.int32]
    bounds: NDArray[np.uint32]
    numbers: NDArray[np.uint16]
    known: NDArray[np.uint16]
    places: NDArray[np.int32]
    values: NDArray[np.float64]


@compiled
def scratch_for(longest: int) -> Scratch:
    """Memory for texts of up to that many plain characters."""
    words = (longest + 1) // 2
    return Scratch(
        np.empty(longest + EIGHT, np.uint8),
        np.empty(longest, np.int32),
        np.empty(longest + 2, np.uint32),
        np.empty(BEFORE + words + AFTER, np.uint16),
        np.empty(words + 2, np.uint16),
        np.empty(words + 2, np.int32),
        np.empty(words),
    )


@borrowing
def room(data: NDArray[np.uint8], offsets: NDArray[np.int64], tables: Tables) -> tuple[int, int]:
    """How many plain characters the longest of some texts has at most, and all have together."""
    longest = total = 0
    for i in range(len(offsets) - 1):
        size = offsets[i + 1] - offsets[i]
        if not _is_plain(data, offsets[i], offsets[i + 1]):
            size += _added(data, offsets[i], offsets[i + 1], tables)
        longest, total = max(longest, size), total + size
    return longest, total


@borrowing
def _added(data: NDArray[np.uint8], begin: int, end: int, tables: Tables) -> int:
    """How many characters the descriptions of its emoji add to a text, at most."""
    added = 0
    for at in range(begin, end):
        if data[at] >= _OF_SEVERAL_BYTES:
            glyph = tables.glyph[decode(data, at)[0]]
            if glyph >= EMOJI:
                entry = tables.entries[glyph - EMOJI]
                added += 1 + entry.end - entry.begin
    return added


@inlined
def _is_plain(data: NDArray[np.uint8], begin: int, end: int) -> bool:
    least, bits = np.uint8(FIRST), np.uint8(0)
    for byte in data[begin:end]:
        least = min(least, byte)
        bits |= byte
    return bool(least >= FIRST and bits < BEHIND)


@inlined
def write(data: NDArray[np.uint8], begin: int, end: int, tables: Tables, scratch: Scratch) -> int:
    """Write a text, and a blank behind it; returns how many characters it has."""
    if not _is_plain(data, begin, end):
        return describe(data, begin, end, tables, scratch)
    text = scratch.text
    for i in range(end - begin):
        text[i] = data[begin + i]
    text[end - begin] = BLANK
    return end - begin


@borrowing
def describe(
    data: NDArray[np.uint8], begin: int, end: int, tables: Tables, scratch: Scratch
) -> int:
    """Write any text, plain or not, and which of its code points each character stands for.

    The description of an emoji begins a word but does not end one: what follows is stuck to it.
    """
    text, origin = scratch.text, scratch.origin
    at, size, number = begin, 0, 0
    while at < end:
        point, width = decode(data, at)
        glyph = tables.glyph[point]
        if glyph < EMOJI:
            text[size], origin[size] = glyph, number
            size += 1
        else:
            if size > 0 and text[size - 1] != BLANK:
                text[size], origin[size] = BLANK, number
                size += 1
            entry = tables.entries[glyph - EMOJI]
            for i in range(entry.begin, entry.end):
                text[size], origin[size] = tables.spelled[i], number
                size += 1
        at += width
        number += 1
    text[size] = BLANK
    return size
