"""Words found by their keys, at the cost of two looks and no branch.

Each key has two slots and is in one of them (cuckoo hashing), so that a look into both tells
whether a word is known: no search that ends earlier or later, which no processor can foresee.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, eight_bytes, inlined

#: Up to how many characters the key *is* the word; also how many are read at once.
EIGHT = 8

_HALF = 14  # bits: a first slot is in the first half of them, a second in the second
_LAST = np.uint64((1 << _HALF) - 1)
_LONG = np.uint64(1 << 63)  # no ASCII character sets this bit in the key of a short word
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads keys over the slots
_TO_A, _BEYOND_Z, _HIGHEST = (np.uint64(0x0101010101010101 * byte) for byte in (63, 37, 128))
_FOLD, _SECOND, _CASE = np.uint64(32), np.uint64(24), np.uint64(2)


@borrowing
def lowered(letters: np.uint64) -> np.uint64:
    """Eight plain characters in lower case.

    The sums set the highest bit of every byte from "A" on, and of every byte behind "Z".
    """
    capitals = (letters + _TO_A) & ~(letters + _BEYOND_Z) & _HIGHEST
    return letters | (capitals >> _CASE)


@inlined
def key_of(text: NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    """The key of a word in any case: the word itself, or of a longer one a hash of both ends.

    Reads seven characters past the end, at most.
    """
    size = end - begin
    short = lowered(eight_bytes(text, begin)) << np.uint64(64 - 8 * min(size, EIGHT))
    last = lowered(eight_bytes(text, begin + max(size, EIGHT) - EIGHT))
    return short if size <= EIGHT else (short ^ (last * _GOLDEN)) | _LONG


@borrowing
def slots_of(key: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The two slots where a key may stand."""
    spread = (key ^ (key >> _FOLD)) * _GOLDEN
    return spread >> np.uint64(64 - _HALF), ((spread >> _SECOND) & _LAST) + _LAST + np.uint64(1)


@compiled
def keys_of(text: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The keys of words that stand end to end; of the first, which is none, what no word has."""
    keys = np.zeros(len(offsets) - 1, np.uint64)
    for i in range(1, len(keys)):
        keys[i] = key_of(text, offsets[i], offsets[i + 1])
    return keys


@compiled
def filed(keys: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """The slots, with the number of the word that stands in each; 0 where they are free.

    A word takes its slot from one that stands there, which then moves to its other slot.

    Raises:
        ValueError: Words take each other's slots in a circle. A few more slots would end that.
    """
    slots = np.zeros(2 << _HALF, np.uint16)
    for i in range(1, len(keys)):
        number, slot = np.uint16(i), slots_of(keys[i])[0]
        for _ in range(len(keys)):
            slots[slot], number = number, slots[slot]
            if number == 0:
                break
            first, second = slots_of(keys[number])
            slot = second if slot == first else first
        else:
            raise ValueError("the words of the lexicon do not fit into their slots")
    return slots
