"""A text taken apart into words as vaderSentiment does it: at white space, without punctuation.

A processor that guesses wrong at a branch loses the time of two or three words, and the next word
cannot be guessed. So the loops over all words hardly branch: they write down every candidate, and
the next one takes the place of what was none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, eight_bytes, inlined
from moderation.sentiment.characters import CLASSES, PUNCTUATION, SPACE
from moderation.sentiment.keys import EIGHT, key_of, lowered, slots_of
from moderation.sentiment.plain import AFTER, BEFORE, Scratch
from moderation.sentiment.tables import MARKED, NT, OTHER, Tables

_WIDE: Any = np.int64  # what is not signed would become a float beside what is
_CASE = 0x20  # the bit that tells letters in upper and lower case apart


@inlined
def split(size: int, scratch: Scratch) -> int:
    """Find where the words of a text begin and end; returns how many they are."""
    text, bounds = scratch.text, scratch.bounds
    edges, before = np.uint64(0), np.uint8(SPACE)
    for at in range(size + 1):
        space = CLASSES[text[at]] & np.uint8(SPACE)
        bounds[edges] = at
        edges += np.uint64(space ^ before)
        before = space
    count: int = _WIDE(edges) // 2
    return count


@inlined
def number(size: int, count: int, tables: Tables, scratch: Scratch) -> int:
    """Number the words of a text, and strip them; returns how many `places` are of marked words."""
    text, bounds, known, places = scratch.text, scratch.bounds, scratch.known, scratch.places
    keys, slots = tables.keys, tables.slots
    found = np.uint64(0)
    for i in range(count):
        begin, end = _stripped(i, text, bounds)
        bounds[2 * i], bounds[2 * i + 1] = begin, end
        key = key_of(text, begin, end)
        first_slot, second_slot = slots_of(key)
        first, second = slots[first_slot], slots[second_slot]
        known[found], places[found] = first, i
        found += np.uint64(keys[first] == key)
        known[found], places[found] = second, i
        found += np.uint64(keys[second] == key)
    marked = _noted(count, _WIDE(found), tables, scratch)
    _note_negations(size, scratch)
    return marked


@borrowing
def _bounds(word: int, bounds: NDArray[np.uint32]) -> tuple[int, int]:
    """Where a word begins and ends."""
    return _WIDE(bounds[2 * word]), _WIDE(bounds[2 * word + 1])


@inlined
def _stripped(word: int, text: NDArray[np.uint8], bounds: NDArray[np.uint32]) -> tuple[int, int]:
    """The bounds of a word without the punctuation around it.

    The punctuation stays where two characters or fewer would be left.
    """
    begin, end = _bounds(word, bounds)
    before, behind = _punctuation(text, begin), _punctuation(text, end - 1)
    is_longer: int = _WIDE(end - begin - before - behind > 2)
    first, last = begin + (before & is_longer), end - (behind & is_longer)
    if (_punctuation(text, first) | _punctuation(text, last - 1)) & is_longer:
        return _stripped_of_more(text, begin, end)
    return first, last


@borrowing
def _punctuation(text: NDArray[np.uint8], at: int) -> int:
    """1 where a character is punctuation, else 0."""
    bit: int = _WIDE(CLASSES[text[np.uint64(at)]] // PUNCTUATION) & 1
    return bit


@borrowing
def _stripped_of_more(text: NDArray[np.uint8], begin: int, end: int) -> tuple[int, int]:
    first, last = begin, end
    while first < last and _punctuation(text, first):
        first += 1
    while first < last and _punctuation(text, last - 1):
        last -= 1
    if last - first <= 2:
        return begin, end
    return first, last


@inlined
def _noted(count: int, found: int, tables: Tables, scratch: Scratch) -> int:
    """Note the numbers of known words where they stand, and where the marked ones do."""
    bounds, numbers, places = scratch.bounds, scratch.numbers, scratch.places
    for i in range(BEFORE + count + AFTER):
        numbers[i] = OTHER
    marked = 0
    for k in range(found):
        word, place = scratch.known[k], places[k]
        begin, end = _bounds(place, bounds)
        if end - begin > EIGHT and not _is_spelled(scratch.text, begin, end, tables, word):
            continue
        numbers[BEFORE + place] = word
        places[marked] = BEFORE + place
        marked += tables.entries[word].trait & MARKED != 0
    return marked


@borrowing
def _is_spelled(text: NDArray[np.uint8], begin: int, end: int, tables: Tables, word: int) -> bool:
    """Whether a word of more than eight characters is that entry, and not just of the same key."""
    entry, size = tables.entries[word], end - begin
    if entry.end - entry.begin != size:
        return False
    for at in range(0, size, EIGHT):
        part = min(at, size - EIGHT)
        if lowered(eight_bytes(text, begin + part)) != eight_bytes(
            tables.spelled, entry.begin + part
        ):
            return False
    return True


@inlined
def _note_negations(size: int, scratch: Scratch) -> None:
    """Number the words with "n't" in them that have no number yet."""
    text, bounds, numbers = scratch.text, scratch.bounds, scratch.numbers
    anywhere = np.uint8(0)
    for at in range(1, size - 1):
        anywhere |= _is_nt(text, at)
    if anywhere:
        word = 0
        for at in range(1, size - 1):
            if text[at] == ord("'") and _is_nt(text, at):
                while bounds[2 * word + 1] < at:
                    word += 1
                if numbers[BEFORE + word] == OTHER:
                    numbers[BEFORE + word] = NT


@borrowing
def _is_nt(text: NDArray[np.uint8], at: int) -> np.uint8:
    """1 where the apostrophe of "n't" stands, else 0."""
    n, t = text[at - 1] | _CASE, text[at + 1] | _CASE
    return np.uint8(n == ord("n")) & np.uint8(text[at] == ord("'")) & np.uint8(t == ord("t"))
