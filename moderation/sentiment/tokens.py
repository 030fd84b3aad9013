"""A text taken apart into words as vaderSentiment does it: at white space, without punctuation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled, decode
from moderation.sentiment.tables import (
    APOSTROPHE,
    CAPITALS,
    EXACT,
    LETTER,
    LOWER,
    NEGATION,
    NO_LETTERS,
    OTHER,
    PUNCTUATION,
    SPACE,
    UPPER,
    Row,
    extended,
    slot_of,
)

#: A word of a text: its bytes, its number, and what its entry says of it; the trait also says
#: how it is written.
TOKEN = np.dtype(
    [
        ("begin", np.int64),
        ("end", np.int64),
        ("valence", np.float64),
        ("boost", np.float64),
        ("number", np.int32),
        ("trait", np.uint8),
        ("column", np.uint8),
    ],
    align=True,
)
#: Blank tokens before the first and after the last: a rule may look three back and two ahead.
BEFORE, AFTER = 3, 2


@compiled
def room_for_tokens(size: int) -> NDArray[np.void]:
    """Memory for the tokens of a text of that many bytes, used again from text to text."""
    return np.zeros(BEFORE + (size + 1) // 2 + AFTER, TOKEN)


@compiled
def split(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    glyph: NDArray[np.uint32],
    spelled: NDArray[np.uint8],
    entries: NDArray[np.void],
    slots: NDArray[np.int32],
    tokens: NDArray[np.void],
) -> tuple[int, int]:
    """Find the words of a text: the first goes to ``tokens[BEFORE]``.

    Returns:
        How many they are, and what their characters are, all bits together.
    """
    everything = 0
    place = BEFORE
    at = begin
    while at < end:
        first = at
        at, key, shape = _read(data, first, end, glyph)
        last = at
        everything |= shape
        if first == last:
            at += decode(data, at)[1]
        else:
            if shape & PUNCTUATION:
                first, last = _stripped(data, first, last, glyph)
                _, key, shape = _read(data, first, last, glyph)
            number = _number(key, entries, slots)
            entry = entries[number]
            if last - first > EXACT and not _is_spelled(data, first, last, glyph, spelled, entry):
                number = OTHER
            negates = shape & APOSTROPHE != 0 and _has_nt(data, first, last, glyph)
            _fill(tokens[place], first, last, number, entries[number], shape, negates)
            place += 1
    for i in range(place, place + AFTER):
        _fill(tokens[i], end, end, OTHER, entries[OTHER], 0, False)
    return place - BEFORE, everything


@compiled
def _fill(
    token: Row, begin: int, end: int, number: int, entry: Row, shape: int, negates: bool
) -> None:
    """Write a token."""
    trait = np.int64(entry.trait)
    if shape & UPPER and not shape & LOWER:
        trait |= CAPITALS
    if negates:
        trait |= NEGATION
    token.begin, token.end, token.number, token.trait = begin, end, number, trait
    token.valence, token.boost, token.column = entry.valence, entry.boost, entry.column


@compiled
def _read(
    data: NDArray[np.uint8], begin: int, end: int, glyph: NDArray[np.uint32]
) -> tuple[int, np.uint64, int]:
    """Read up to white space: where it begins, the word's key, and all its characters' bits."""
    key = NO_LETTERS
    shape = 0
    at = begin
    while at < end:
        point, width = decode(data, at)
        if glyph[point] & SPACE:
            return at, key, shape
        shape |= glyph[point]
        key = extended(key, glyph[point] & LETTER)
        at += width
    return end, key, shape


@compiled
def _stripped(
    data: NDArray[np.uint8], begin: int, end: int, glyph: NDArray[np.uint32]
) -> tuple[int, int]:
    """A word without the punctuation around it, unless two characters or fewer would be left."""
    first = _first_kept(data, begin, end, glyph)
    last = _last_kept(data, first, end, glyph)
    if _is_short(data, first, last):
        return begin, end
    return first, last


@compiled
def _first_kept(data: NDArray[np.uint8], begin: int, end: int, glyph: NDArray[np.uint32]) -> int:
    for at in range(begin, end):
        if not glyph[data[at]] & PUNCTUATION:
            return at
    return end


@compiled
def _last_kept(data: NDArray[np.uint8], begin: int, end: int, glyph: NDArray[np.uint32]) -> int:
    for at in range(end, begin, -1):
        if not glyph[data[at - 1]] & PUNCTUATION:
            return at
    return begin


@compiled
def _is_short(data: NDArray[np.uint8], begin: int, end: int) -> bool:
    at = begin
    for _ in range(3):
        if at >= end:
            return True
        at += decode(data, at)[1]
    return False


@compiled
def _number(key: np.uint64, entries: NDArray[np.void], slots: NDArray[np.int32]) -> int:
    """The word that has that key; OTHER where none has."""
    slot = slot_of(key, len(slots))
    while slots[slot] != OTHER and entries[slots[slot]].key != key:
        slot = (slot + 1) & (len(slots) - 1)
    number: int = slots[slot]
    return number


@compiled
def _is_spelled(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    glyph: NDArray[np.uint32],
    spelled: NDArray[np.uint8],
    entry: Row,
) -> bool:
    """Whether a word of the text is that entry, letter by letter."""
    letter, last = entry.begin, entry.end
    at = begin
    while at < end and letter < last:
        point, width = decode(data, at)
        if glyph[point] & LETTER != spelled[letter]:
            return False
        at += width
        letter += 1
    return at == end and letter == last


@compiled
def _has_nt(data: NDArray[np.uint8], begin: int, end: int, glyph: NDArray[np.uint32]) -> bool:
    """Whether "n't" stands anywhere in a word."""
    for at in range(begin + 1, end - 1):
        if data[at] == ord("'"):
            before, after = glyph[data[at - 1]] & LETTER, glyph[data[at + 1]] & LETTER
            if before == ord("n") and after == ord("t"):
                return True
    return False
