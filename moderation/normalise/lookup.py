"""Hash tables of words for compiled code: filling them, and asking them.

A table is a pair of arrays: 64-bit hashes (0 where a slot is free) and values. Two words with one
hash would be taken for the same; that cannot happen to short ones, and hardly does to long ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, inlined, merged
from moderation.lanes import eight
from moderation.normalise.kit import Kit, number

SEED = np.uint64(0)
ABSENT = -1

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_TURN, _BACK, _HALF = np.uint64(7), np.uint64(57), np.uint64(32)
_BITS, _LAST = np.uint64(64), np.uint64(63)

_EIGHT = 8
_ONE, _TWO, _FOUR, _TWICE = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(14)
_EACH = np.uint64(0x007F007F007F007F)
_EACH_PAIR, _EACH_FOUR = np.uint64(0x00003FFF00003FFF), np.uint64(0x0FFFFFFF)

_FOLD = {"1": "i", "!": "i", "|": "i", "l": "i", "0": "o", "3": "e", "4": "a", "@": "a", "5": "s"}
_FOLD |= {"$": "s", "7": "t", "+": "t", "8": "b", "6": "g", "9": "g"}

SHAPE = np.arange(256, dtype=np.uint8)
"""What a byte counts as where digits and signs stand for letters: i and l are one."""
for _sign, _letter in _FOLD.items():
    SHAPE[ord(_sign)] = ord(_letter)


@borrowing
def step(value: np.uint64, byte: int) -> np.uint64:
    """Go on with a hash over one more byte: turn it by seven bits, and add the byte's.

    Any two words of up to nine ASCII characters have hashes of their own.
    """
    return ((value << _TURN) | (value >> _BACK)) ^ np.uint64(byte)


@borrowing
def hash_on(value: np.uint64, word: NDArray[np.uint8]) -> np.uint64:
    """Go on with a hash over some more bytes."""
    for byte in word:
        value = step(value, byte)
    return value


@inlined
def hash_letters(text: NDArray[np.uint8], begin: int, size: int) -> np.uint64:
    """The same of ``size`` ASCII letters, one at least, with room for ``lanes`` behind them."""
    value = SEED
    while size > _EIGHT:
        value = _turned(value, _EIGHT) ^ _packed(eight(text, begin))
        begin, size = begin + _EIGHT, size - _EIGHT
    rest = _TURN * np.uint64(_EIGHT - size)
    return _turned(value, size) ^ (_packed(eight(text, begin)) >> rest)


@borrowing
def _packed(bytes_: np.uint64) -> np.uint64:
    """The lower seven bits of eight bytes, without a gap."""
    pairs = (bytes_ & _EACH) | ((bytes_ >> _ONE) & (_EACH << _TURN))
    fours = (pairs & _EACH_PAIR) | ((pairs >> _TWO) & (_EACH_PAIR << _TWICE))
    return (fours & _EACH_FOUR) | ((fours >> _FOUR) & (_EACH_FOUR << (_TWICE + _TWICE)))


@borrowing
def _turned(value: np.uint64, size: int) -> np.uint64:
    """A hash before some more bytes are added."""
    turn = (_TURN * np.uint64(size)) & _LAST
    return (value << turn) | (value >> ((_BITS - turn) & _LAST))


@borrowing
def hash_joined(value: np.uint64, tail: np.uint64, size: int) -> np.uint64:
    """The hash of two words in one, from the hash of each and the bytes of the second."""
    return _turned(value, size) ^ tail


@borrowing
def hash_bytes(word: NDArray[np.uint8]) -> np.uint64:
    """Hash of some bytes."""
    return hash_on(SEED, word)


@borrowing
def hash_shape(word: NDArray[np.uint8]) -> np.uint64:
    """Hash of a word that is the same however it is stretched, and with signs for letters."""
    value, before = SEED, np.uint8(0)
    for byte in word:
        shape = SHAPE[byte]
        if shape != before:
            value = step(value, shape)
        before = shape
    return value


@borrowing
def _slot(hashes: NDArray[np.uint64], value: np.uint64) -> np.int64:
    """Where a hash stands in a table, or the free slot where it would."""
    last = np.uint64(len(hashes) - 1)
    at = _first(value, last)
    while hashes[at] != 0 and hashes[at] != value:
        at = (at + _ONE) & last
    return np.int64(at)


@merged
def _first(value: np.uint64, last: np.uint64) -> np.uint64:
    """The slot of a hash, unless another one has it: of a table whose last slot is ``last``."""
    return ((value * _SPREAD) >> _HALF) & last


@borrowing
def look_up(kit: Kit, table: int, values: int, value: np.uint64) -> int:
    """What the table ``values`` keeps under a hash of ``table``, or ``ABSENT``."""
    first = np.uint64(kit.numbers[2 * table])
    last = np.uint64(kit.numbers[2 * table + 1]) - first - _ONE
    at = _first(value, last)
    while kit.hashes[first + at] != 0:
        if kit.hashes[first + at] == value:
            return number(kit, values, np.int64(at))
        at = (at + _ONE) & last
    return ABSENT


@merged
def among(table: NDArray[np.uint64], value: np.uint64) -> bool:
    """Whether a hash is in a table."""
    last = np.uint64(len(table) - 1)
    at = _first(value, last)
    while table[at] != 0:
        if table[at] == value:
            return True
        at = (at + _ONE) & last
    return False


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


@borrowing
def _room(words: int) -> int:
    """Slots of a table of so many words: a power of two."""
    size = 16
    while size < 2 * words:
        size *= 2
    return size
