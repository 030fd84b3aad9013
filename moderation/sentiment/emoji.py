"""Emoji replaced by what vaderSentiment's table calls them, one code point at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled, decode
from moderation.sentiment.tables import EMOJI_SHIFT

_BLANK = 0x20


@compiled
def described(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    rows: NDArray[np.int64],
    glyph: NDArray[np.uint32],
    spelled: NDArray[np.uint8],
    entries: NDArray[np.void],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Some of the texts, with their emoji described.

    Returns:
        Their bytes, their offsets, and for each byte where in `data` the character begins that
        it stands for.
    """
    size = 0
    for row in rows:
        size += _room(data, offsets[row], offsets[row + 1], glyph, entries)
    text, origin = np.empty(size, np.uint8), np.empty(size, np.int64)
    ends = np.zeros(len(rows) + 1, np.int64)
    for i in range(len(rows)):
        begin, end = offsets[rows[i]], offsets[rows[i] + 1]
        ends[i + 1] = _describe(data, begin, end, glyph, spelled, entries, text, origin, ends[i])
    return text[: ends[-1]], ends, origin


@compiled
def _room(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    glyph: NDArray[np.uint32],
    entries: NDArray[np.void],
) -> int:
    """How many bytes a text has at most, once its emoji are described."""
    size = end - begin
    at = begin
    while at < end:
        point, width = decode(data, at)
        entry = entries[glyph[point] >> EMOJI_SHIFT]
        if glyph[point] >> EMOJI_SHIFT:
            size += entry.end - entry.begin + 1
        at += width
    return size


@compiled
def _describe(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    glyph: NDArray[np.uint32],
    spelled: NDArray[np.uint8],
    entries: NDArray[np.void],
    text: NDArray[np.uint8],
    origin: NDArray[np.int64],
    place: int,
) -> int:
    """Write one text from ``text[place]`` on; returns where it ends.

    A description begins a word but does not end one: what follows is stuck to it.
    """
    spaced = True
    at = begin
    while at < end:
        point, width = decode(data, at)
        emoji = glyph[point] >> EMOJI_SHIFT
        source, first, last = data, at, at + width
        if emoji:
            if not spaced:
                text[place], origin[place] = _BLANK, at
                place += 1
            source, first, last = spelled, entries[emoji].begin, entries[emoji].end
        for i in range(first, last):
            text[place], origin[place] = source[i], at
            place += 1
        spaced = point == _BLANK
        at += width
    return place
