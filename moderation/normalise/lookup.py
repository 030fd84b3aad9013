"""Hash tables of words for compiled code: filling them, and asking them.

A table is a pair of arrays: 64-bit hashes (0 where a slot is free) and values. Two words with one
hash would be taken for the same; among a hundred thousand that is a matter of 1 in 10⁹.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.normalise.kit import Kit, number

SEED = np.uint64(0xCBF29CE484222325)
PRIME = np.uint64(0x100000001B3)
ABSENT = -1

_FOLD = {"1": "i", "!": "i", "|": "i", "l": "i", "0": "o", "3": "e", "4": "a", "@": "a", "5": "s"}
_FOLD |= {"$": "s", "7": "t", "+": "t", "8": "b", "6": "g", "9": "g"}

SHAPE = np.arange(256, dtype=np.uint8)
"""What a byte counts as where digits and signs stand for letters: i and l are one."""
for _sign, _letter in _FOLD.items():
    SHAPE[ord(_sign)] = ord(_letter)


@compiled
def hash_on(value: np.uint64, word: NDArray[np.uint8]) -> np.uint64:
    """Go on with a hash (FNV-1a) over some more bytes."""
    for byte in word:
        value = (value ^ np.uint64(byte)) * PRIME
    return value


@compiled
def hash_bytes(word: NDArray[np.uint8]) -> np.uint64:
    """Hash of some bytes."""
    return hash_on(SEED, word)


@compiled
def hash_shape(word: NDArray[np.uint8]) -> np.uint64:
    """Hash of a word that is the same however it is stretched, and with signs for letters."""
    value, before = SEED, np.uint8(0)
    for byte in word:
        shape = SHAPE[byte]
        if shape != before:
            value = (value ^ np.uint64(shape)) * PRIME
        before = shape
    return value


@compiled
def _slot(hashes: NDArray[np.uint64], value: np.uint64) -> np.int64:
    """Where a hash stands in a table, or the free slot where it would."""
    last = np.uint64(len(hashes) - 1)
    at = (value ^ (value >> np.uint64(32))) & last
    while hashes[at] != 0 and hashes[at] != value:
        at = (at + np.uint64(1)) & last
    return np.int64(at)


@compiled
def look_up(kit: Kit, table: int, values: int, value: np.uint64) -> int:
    """What the table ``values`` keeps under a hash of ``table``, or ``ABSENT``."""
    first = kit.numbers[2 * table]
    last = np.int64(kit.numbers[2 * table + 1] - first - 1)
    at = np.int64((value ^ (value >> np.uint64(32))) & np.uint64(last))
    while kit.hashes[first + at] != value:
        if kit.hashes[first + at] == 0:
            return ABSENT
        at = (at + 1) & last
    return number(kit, values, at)


@compiled
def among(table: NDArray[np.uint64], value: np.uint64) -> bool:
    """Whether a hash is in a table."""
    last = np.uint64(len(table) - 1)
    at = (value ^ (value >> np.uint64(32))) & last
    while table[at] != value:
        if table[at] == 0:
            return False
        at = (at + np.uint64(1)) & last
    return True


@compiled
def table_of(
    letters: NDArray[np.uint8], bounds: NDArray[np.int32], values: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """A table of words, end to end in ``letters``, and their values; the first of equals stays."""
    return table_from(hashes_of(letters, bounds), values)


@compiled
def hashes_of(letters: NDArray[np.uint8], bounds: NDArray[np.int32]) -> NDArray[np.uint64]:
    """The hashes of words that stand end to end."""
    hashes = np.empty(len(bounds) - 1, np.uint64)
    for word in range(len(hashes)):
        hashes[word] = hash_bytes(letters[bounds[word] : bounds[word + 1]])
    return hashes


@compiled
def table_from(
    keys: NDArray[np.uint64], values: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """A table of some keys, none of them 0, and their values; the first of equals stays."""
    hashes = np.zeros(_room(len(keys)), np.uint64)
    kept = np.zeros(len(hashes), np.int32)
    for place in range(len(keys)):
        at = _slot(hashes, keys[place])
        if hashes[at] == 0:
            hashes[at], kept[at] = keys[place], values[place]
    return hashes, kept


@compiled
def chains_of(
    letters: NDArray[np.uint8], bounds: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
    """Words by shape: a table of the first word of a shape, and after each word the next."""
    words = len(bounds) - 1
    hashes = np.zeros(_room(words), np.uint64)
    first, following = np.zeros(len(hashes), np.int32), np.full(words, ABSENT, np.int32)
    for word in range(words - 1, -1, -1):
        value = hash_shape(letters[bounds[word] : bounds[word + 1]])
        at = _slot(hashes, value)
        if hashes[at] != 0:
            following[word] = first[at]
        hashes[at], first[at] = value, word
    return hashes, first, following


@compiled
def _room(words: int) -> int:
    """Slots of a table of so many words: a power of two."""
    size = 16
    while size < 3 * words:
        size *= 2
    return size
