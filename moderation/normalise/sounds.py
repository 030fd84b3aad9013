"""How near two spellings are: classes of sounds, skeletons of words, and the cost of edits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing
from moderation.lanes import count, highest

EDIT = 4
"""What an arbitrary edit costs…"""

_ALIKE, _TWICE, _FIRST = 2, 1, 6
"""…one that sounds nearly the same, a letter doubled or halved, one that changes the first."""

LONGEST = 20
"""Letters of a word that has a skeleton."""

_CONSONANTS = ("ckqx", "szx", "dt", "bp", "fv", "gj", "l", "r", "m", "n")
_VOWELS = b"aeiouy"

CLASS = np.zeros(256, np.uint8)
"""Consonants that are written for one another; 0 for letters that come and go: vowels, h, w."""
for _number, _letters in enumerate(_CONSONANTS, 1):
    CLASS[np.frombuffer(_letters.encode(), np.uint8)] = _number

_SOUND = CLASS.copy()
"""As ``CLASS``, and vowels are one; 0 for h and w."""
_SOUND[np.frombuffer(_VOWELS, np.uint8)] = len(_CONSONANTS) + 1

_INSTEAD = np.full((256, 256), EDIT, np.int64)
"""What it costs to write a letter for another, elsewhere than at the beginning."""
for _sound in range(1, len(_CONSONANTS) + 2):
    _alike = np.flatnonzero(np.equal(_SOUND, _sound))
    _INSTEAD[np.ix_(_alike, _alike)] = _ALIKE
for _one, _other in ("uv", "vw", "cs", "gk", "il"):
    _INSTEAD[ord(_one), ord(_other)] = _INSTEAD[ord(_other), ord(_one)] = _ALIKE
np.fill_diagonal(_INSTEAD, 0)

_ROW = LONGEST + 1
ROOM = 5 * _ROW
"""Numbers that ``cost`` writes its sums to."""

_BITS, _SYMBOL, _TOP = np.uint64(4), np.uint64(15), np.uint64(60)
_FIFTEEN = 15
_NOTHING, _ONE = np.uint64(0), np.uint64(1)

_LOOSE = np.uint64(sum(1 << letter for letter in range(26) if CLASS[97 + letter] == 0))
"""The letters of no class."""


@borrowing
def skeleton(word: NDArray[np.uint8]) -> np.uint64:
    """The classes of a word's consonants, each once in a row: four bits each, the first highest.

    At most the first fifteen; 0 where there is none.
    """
    bones = before = _NOTHING
    for letter in word:
        bone = np.uint64(CLASS[letter])
        if bone != _NOTHING and bone != before and bones >> np.uint64(56) == _NOTHING:
            bones, before = (bones << _BITS) | bone, bone
    return bones


@borrowing
def without(bones: np.uint64, place: int) -> np.uint64:
    """A skeleton less one of its consonants, counted from the last; equal neighbours become one."""
    shift = np.uint64(4 * place)
    tail = bones & ((np.uint64(1) << shift) - np.uint64(1))
    head = bones >> (shift + _BITS)
    if place > 0 and head != _NOTHING and head & _SYMBOL == tail >> (shift - _BITS):
        head >>= _BITS
        return (head << shift) | tail
    return (head << shift) | tail


@borrowing
def bones_of(bones: np.uint64) -> int:
    """Consonants of a skeleton."""
    return highest(bones) // 4 + 1


@borrowing
def key(first: int, bones: np.uint64) -> np.uint64:
    """What words are found by: the sound that they begin with, and a skeleton.

    What changes the first sound is dearer than any misspelling may be.
    """
    sound = _SOUND[first] if _SOUND[first] else first & _FIFTEEN
    return bones | (np.uint64(sound) << _TOP)


@borrowing
def letters_of(word: NDArray[np.uint8]) -> np.uint64:
    """Which of a–z are in a word: a bit each."""
    letters = _NOTHING
    for letter in word:
        letters |= _ONE << np.uint64(letter - 97)
    return letters


@borrowing
def least_cost(meant: np.uint64, written: np.uint64) -> int:
    """What it costs at least to write one word for another, by their letters.

    A letter that the other word has not, is too many there, missing or another's: that costs
    ``_ALIKE``, or ``_TWICE`` for a consonant that may only double one of its class.
    """
    extra, missing = written & ~meant, meant & ~written
    return max(
        _TWICE * count(extra) + (_ALIKE - _TWICE) * count(extra & _LOOSE),
        _TWICE * count(missing) + (_ALIKE - _TWICE) * count(missing & _LOOSE),
    )


@borrowing
def cost(
    meant: NDArray[np.uint8], written: NDArray[np.uint8], dearest: int, rows: NDArray[np.int64]
) -> int:
    """What it costs to write one word for another: the cheapest edits, ``EDIT`` for any.

    Args:
        meant: uint8, 1 to ``LONGEST`` letters.
        written: uint8, 1 to ``LONGEST`` letters.
        dearest: What is of interest; anything above it is as good as more.
        rows: int64[ROOM], is written to.
    """
    size = len(written)
    now, last, before, within, behind = 0, _ROW, 2 * _ROW, 3 * _ROW, 4 * _ROW
    rows[0] = 0
    for at in range(size):
        rows[within + at] = _extra(meant[0], written, at, EDIT)
        rows[behind + at] = _extra(meant[0], written, at, _ALIKE)
        rows[at + 1] = rows[at] + rows[within + at]
    for place in range(len(meant)):
        before, last, now = last, now, before
        letter, missing = meant[place], _missing(meant, place)
        earlier = meant[place - 1] if place > 0 and meant[place - 1] != letter else np.uint8(0)
        inserted = within if place + 1 < len(meant) else behind
        rows[now] = least = rows[last] + missing
        for at in range(size):
            instead = _INSTEAD[letter, written[at]]
            instead = _FIRST if place == 0 and instead == EDIT else instead
            best = min(rows[last + at] + instead, rows[last + at + 1] + missing)
            best = min(best, rows[now + at] + rows[inserted + at])
            if at > 0 and earlier == written[at] and letter == written[at - 1]:
                best = min(best, rows[before + at - 1] + _ALIKE + (place == 1))
            rows[now + at + 1] = best
            least = min(least, best)
        if least > dearest:
            return int(least)
    return int(rows[now + size])


@borrowing
def _extra(first: int, written: NDArray[np.uint8], at: int, consonant: int) -> int:
    """The cost of ``written[at]`` as one letter too many, given what a consonant costs there."""
    letter = written[at]
    if at == 0:
        return _TWICE if letter == first else _FIRST
    if _same(letter, written[at - 1]):
        return _TWICE
    return consonant if CLASS[letter] else _ALIKE


@borrowing
def _missing(meant: NDArray[np.uint8], place: int) -> int:
    """The cost of leaving out ``meant[place]``."""
    if place == 0:
        return _FIRST
    if _same(meant[place], meant[place - 1]):
        return _TWICE
    return EDIT if CLASS[meant[place]] else _ALIKE


@borrowing
def _same(letter: int, before: int) -> bool:
    """Whether a letter only doubles the one before it, perhaps by another of its class: "ck"."""
    return bool(letter == before or (CLASS[letter] and CLASS[letter] == CLASS[before]))
