"""The cheap first look: which letters a text is written in, and how much of it is common English.

One pass over the bytes, without a branch at the ends of words (a guess that a processor gets
wrong once a word costs more than the rest of the work). Web addresses, @names and #tags are
passed over: they are in no language. A word that mixes Latin with look-alike letters of another
script is a disguise, so its letters count as Latin and the word is no evidence of anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, decode, inlined
from moderation.lanes import WIDTH, below, count, eight, heads, lowest, one_of, together
from moderation.language.scripts import (
    ADDRESS,
    FIRST_SCRIPT,
    LAST_KIND,
    LATIN,
    NAME,
    NOTHING,
    RARE,
    SCRIPTS,
    kind_table,
    letter_table,
)
from moderation.language.words import ENGLISH
from moderation.texts import Texts

_NONE, _ONE = np.uint64(0), np.uint64(1)
_SMALL = np.uint64(0x2020202020202020)  # what makes eight letters small
_LONG = 8


@dataclass(frozen=True, slots=True)
class Glance:
    """What the first look saw: one int32 a text in each field.

    Attributes:
        latin: Letters of the Latin alphabet, those of disguised words among them.
        words: Words of two or more such letters, disguised ones left out.
        common: How many of the words are common English.
        foreign: Letters of other scripts, where a sign that stands for a syllable or a word
            counts as many.
        script: The most frequent of those scripts, as an index into ``SCRIPTS``.
    """

    latin: NDArray[np.int32]
    words: NDArray[np.int32]
    common: NDArray[np.int32]
    foreign: NDArray[np.int32]
    script: NDArray[np.int32]


def glance(texts: Texts) -> Glance:
    """Look once at every letter of every text.

    Example:
        >>> seen = glance(Texts.of(["Is that the bus? @bob http://a.b/c", "Где автобус?"]))
        >>> seen.words.tolist(), seen.common.tolist(), seen.foreign.tolist()
        ([4, 0], [2, 0], [0, 10])
    """
    seen = np.zeros((len(texts), 5), np.int32)
    found = np.zeros(len(SCRIPTS), np.int64)
    for part, begin in _with_room(texts):
        tables = (*_COMMON_TABLE, _LETTERS, _KINDS, _WEIGHTS)
        _look(part.data, part.offsets, *tables, found, seen[begin:])
    return Glance(*seen.T)


def _with_room(texts: Texts) -> Iterator[tuple[Texts, int]]:
    """The texts in two parts, and where each begins: the last ones are copied, room behind them."""
    last = int(np.searchsorted(texts.offsets, len(texts.data) - WIDTH, "right")) - 1
    last = max(last, 0)
    yield Texts(texts.data, texts.offsets[: last + 1]), 0
    begin = texts.offsets[last]
    room = np.zeros(WIDTH, np.uint8)
    yield Texts(np.append(texts.data[begin:], room), texts.offsets[last:] - begin), last


@borrowing
def _look(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    common: NDArray[np.uint64],
    multiplier: np.uint64,
    letters: NDArray[np.uint8],
    kinds: NDArray[np.uint8],
    weights: NDArray[np.int64],
    found: NDArray[np.int64],
    seen: NDArray[np.int32],
) -> None:
    for row in range(offsets.size - 1):
        at, end, key = offsets[row], offsets[row + 1], np.uint64(0)
        latin = words = hits = foreign = 0
        while at < end:
            read, key, more, ended, known = _plain(data, at, end, key, common, multiplier)
            at, latin, words, hits = at + read, latin + more, words + ended, hits + known
            if read == WIDTH or at == end:
                continue
            point, size = decode(data, at)
            kind = kinds[min(point, LAST_KIND)]
            if kind == NOTHING:
                at += size
            elif kind == LATIN:
                latin += 1
                key = (key << np.uint64(8)) | np.uint64(RARE)
                at += size
            elif kind < FIRST_SCRIPT:
                at, scheme = _past(data, at + size, end, kind, letters)
                ended, known = _ended(np.uint64(0) if scheme else key, common, multiplier)
                words, hits, key = words + ended, hits + known, np.uint64(0)
            else:
                at, count, mixed = _foreign_word(data, at, end, letters, kinds)
                if mixed or key != 0:
                    latin += count
                else:
                    found[kind - FIRST_SCRIPT] += count * weights[kind - FIRST_SCRIPT]
                    foreign += count * weights[kind - FIRST_SCRIPT]
                key = np.uint64(0)
        ended, known = _ended(key, common, multiplier)
        seen[row, 0], seen[row, 1], seen[row, 2] = latin, words + ended, hits + known
        if foreign:
            seen[row, 3], seen[row, 4] = foreign, _most(found)


@borrowing
def _most(found: NDArray[np.int64]) -> int:
    """The first of the scripts that were found most; forgets what was found."""
    most, best = 0, 0
    for script in range(len(found)):
        if found[script] > best:
            most, best = script, found[script]
        found[script] = 0
    return most


@borrowing
def _plain(
    data: NDArray[np.uint8],
    at: int,
    end: int,
    key: np.uint64,
    common: NDArray[np.uint64],
    multiplier: np.uint64,
) -> tuple[int, np.uint64, int, int, int]:
    """Read up to the next byte that needs a closer look, ``WIDTH`` bytes at most.

    Returns:
        How many bytes were read, the word begun, how many letters there were, how many words of
        two letters or more ended, and how many of those are common.
    """
    size = min(lowest(_rare(data, at)), end - at)
    letters = _latin(data, at) & below(size)
    words = hits = 0
    if size > 0 and not letters & _ONE:
        words, hits = _ended(key, common, multiplier)
        key = np.uint64(0)
    left = heads(letters)
    while left != _NONE:
        place = lowest(left)
        length = together(letters, place)
        key = _read_on(key, data, at + place, length)
        if place + length < size:
            ended, known = _ended(key, common, multiplier)
            words, hits, key = words + ended, hits + known, _NONE
        left &= left - _ONE
    return size, key, count(letters), words, hits


@inlined
def _read_on(key: np.uint64, data: NDArray[np.uint8], at: int, size: int) -> np.uint64:
    """A word begun and some more letters, in lower case; of eight or more only the first eight."""
    letters = eight(data, at) | _SMALL
    if size >= _LONG:
        return letters
    bits = np.uint64(8 * size)
    return (key << bits) | (letters >> (np.uint64(64) - bits))


@inlined
def _ended(key: np.uint64, common: NDArray[np.uint64], multiplier: np.uint64) -> tuple[int, int]:
    """Whether the letters read make a word, and a common one, if the word ends here."""
    slot = (key * multiplier) >> np.uint64(64 - _BITS)
    return int(key > 0xFF), int(common[slot] == key)


@borrowing
def _past(
    data: NDArray[np.uint8], at: int, end: int, kind: int, letters: NDArray[np.uint8]
) -> tuple[int, bool]:
    """The end of a web address or a name, and whether the word before it was a scheme (https)."""
    scheme = kind == ADDRESS and at + 1 < end and data[at] == 0x2F and data[at + 1] == 0x2F
    if scheme:
        while at < end and data[at] > 0x20:
            at += 1
    if kind == NAME:
        while at < end and data[at] < 0x80 and letters[data[at]] != 0:
            at += 1
    return at, scheme


@borrowing
def _foreign_word(
    data: NDArray[np.uint8], at: int, end: int, letters: NDArray[np.uint8], kinds: NDArray[np.uint8]
) -> tuple[int, int, bool]:
    """Where a word ends, how many letters it has, and whether Latin ones are among them."""
    count, mixed = 0, False
    while at < end:
        letter = letters[data[at]]
        size = 1
        if letter == RARE:
            point, size = decode(data, at)
            kind = kinds[min(point, LAST_KIND)]
            if kind != NOTHING and kind != LATIN and kind < FIRST_SCRIPT:
                break
            mixed |= kind == LATIN
            count += kind != NOTHING
        elif letter == 0:
            break
        else:
            mixed = True
            count += 1
        at += size
    return at, count, mixed


def _common_table() -> tuple[NDArray[np.uint64], np.uint64]:
    """The common words, each in a slot of its own, and the multiplier that makes it so.

    A word is its bytes as one number; a longer word than any in the table keeps its last eight,
    so it never equals one.
    """
    words = np.array([int.from_bytes(word.encode()) for word in ENGLISH.split()], np.uint64)
    generator, multiplier = np.random.default_rng(0), MULTIPLIER
    while len(np.unique(slots := (words * multiplier) >> np.uint64(64 - _BITS))) < len(words):
        multiplier = generator.integers(2**64, dtype=np.uint64) | np.uint64(1)
    table = np.full(1 << _BITS, np.iinfo(np.uint64).max)
    table[slots] = words
    return table, multiplier


#: Keeps all common words apart. For other words another is looked for, at each import: put the
#: one that is found here.
MULTIPLIER = np.uint64(0x90EF504D04F3AA03)
_BITS = 13
_LETTERS = letter_table()
_KINDS = kind_table()
_WEIGHTS = np.array([script.weight for script in SCRIPTS], np.int64)
_COMMON_TABLE = _common_table()
_latin = one_of(bytes(np.flatnonzero((_LETTERS > 0) & (_LETTERS < RARE)).tolist()))
_rare = one_of(bytes(np.flatnonzero(_LETTERS == RARE).tolist()))
