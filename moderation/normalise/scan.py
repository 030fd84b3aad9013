"""The second pass: one look at every word of a folded text, and a closer one where it pays.

Nearly all text hides nothing, so 64 bytes are looked at together, a bit each (see ``lanes``):
which neighbours are suspect is a matter of a few sums, and only whether words are known is asked
of one after the other. A run is what stands between spaces.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, merged
from moderation.lanes import WIDTH, below, doubled, heads, highest, lowest, one_of, together
from moderation.normalise.guess import is_digit, is_letter, repeated
from moderation.normalise.kit import (
    ENGLISH,
    KNOWN,
    MARK,
    MARKS,
    MEANT,
    TELLS,
    ZERO,
    Kit,
    hashes,
    mark_from,
)
from moderation.normalise.lookup import ABSENT, among, hash_letters, look_up
from moderation.normalise.respelt import respelt
from moderation.normalise.torn import BETWEEN
from moderation.normalise.undo import undo_run

_spaces, _letters = one_of(b" \t\n\r"), one_of(bytes(range(97, 123)))
_signs, _stops = one_of(b"0123456789@$*#|+%^~_"), one_of(b"!.?&:")
_dashes, _high = one_of(b"-/"), one_of(bytes(range(128, 256)))
"""Kinds of byte: a sign or digit is suspect beside a letter, a stop before one or before a dash, a
dash beside a letter that stands alone, and what is not ASCII anywhere."""

_seldom_doubled = one_of(b"aihujkqvwxy")

_NONE, _ONE = np.uint64(0), np.uint64(1)

_LONGEST_LONE = 3
"""Bytes of a letter and the signs behind it that mask nothing: ``f..``."""


@borrowing
def scan(text: NDArray[np.uint8], kit: Kit) -> None:
    """Find the disguises in one text, as the first pass left it; ``kit`` takes them.

    Behind the text there must be room for ``lanes``.
    """
    kit.notes[ENGLISH] = 0
    known = hashes(kit, KNOWN)
    end = ZERO
    while end < len(text):
        begin, end = _suspect(text, end, known, kit)
        if begin < end:
            end = undo_run(text, begin, end, kit)


@merged
def _suspect(
    text: NDArray[np.uint8], at: int, known: NDArray[np.uint64], kit: Kit
) -> tuple[int, int]:
    """The first run that may hide something of those that end in the next ``WIDTH`` bytes.

    One that is longer always may.

    Args:
        text: uint8, folded text.
        at: Where to begin to look.
        known: The table of words that hide nothing.
        kit: The other tables, and the marks of the first pass.

    Returns:
        Where the run begins and ends; both where to go on if there is none.
    """
    spaces = _spaces(text, at)
    if len(text) - at < WIDTH:
        spaces |= ~below(len(text) - at)
    if spaces == _NONE:
        return at, _end(text, at + WIDTH)
    runs = below(highest(spaces)) & ~spaces
    letters = _letters(text, at) & runs
    single = heads(letters) & ~(letters >> _ONE)
    suspect = _neighbours(text, at, runs, letters, single)
    suspect |= _lone(text, at, spaces, letters, single)
    if kit.notes[MARKS] > 0:
        suspect |= _marked(at, kit) & runs
    begin = end = highest(spaces) + 1
    if suspect != _NONE:
        begin, end = _run(suspect, spaces)
    words = heads(letters) & below(begin)
    while words != _NONE:
        word = lowest(words)
        size = together(letters, word)
        value = hash_letters(text, at + word, size)
        if not among(known, value) and _odd(text, at + word, at + word + size, value, kit):
            begin, end = _run(words, spaces)
            break
        words &= words - _ONE
    return at + begin, at + end


@borrowing
def _end(text: NDArray[np.uint8], at: int) -> int:
    """Where the run ends that has no space before a place."""
    while at < len(text) and _spaces(text, at) == _NONE:
        at += WIDTH
    return min(at + lowest(_spaces(text, at)), len(text)) if at < len(text) else len(text)


@merged
def _run(bits: np.uint64, spaces: np.uint64) -> tuple[int, int]:
    """Where the run in which the lowest bit stands begins and ends."""
    before = (bits & (_NONE - bits)) - _ONE
    return highest(spaces & before) + 1, lowest(spaces & ~before)


@merged
def _neighbours(
    text: NDArray[np.uint8], at: int, runs: np.uint64, letters: np.uint64, single: np.uint64
) -> np.uint64:
    """What stands beside something suspect, and letters doubled oddly or twice in a run.

    ``runs + twins`` carries from the first twin of each run to its end: of the others the bits
    stay.
    """
    signs, stops = _signs(text, at) & runs, _stops(text, at) & runs
    dashes = _dashes(text, at) & runs
    suspect = (letters << _ONE) & signs | ((signs | stops) << _ONE) & letters
    suspect |= (stops << _ONE) & dashes | _high(text, at) & runs
    twins = doubled(text, at) & letters & (letters >> _ONE)
    suspect |= twins & (_seldom_doubled(text, at) | (runs + twins))
    before = _dashes(text, at - 1) & _ONE if at > 0 else _NONE
    return suspect | single & (dashes << _ONE | dashes >> _ONE | before)


@merged
def _lone(
    text: NDArray[np.uint8], at: int, spaces: np.uint64, letters: np.uint64, single: np.uint64
) -> np.uint64:
    """Letters that are the only one of their run, where more of them or signs follow."""
    lone = _NONE
    while single != _NONE:
        begin, end = _run(single, spaces)
        if letters & below(end) & ~below(begin) == single & (_NONE - single) and (
            end - begin > _LONGEST_LONE or _single_next(text, at + end)
        ):
            lone |= single & (_NONE - single)
        single &= single - _ONE
    return lone


@borrowing
def _single_next(text: NDArray[np.uint8], position: int) -> bool:
    """Whether the next word, a space ahead, is a single letter too."""
    at = position
    while at < min(position + 3, len(text)) and BETWEEN[text[at]]:
        at += 1
    if at >= len(text) or not (is_letter(text[at]) or is_digit(text[at])):
        return False
    return at + 1 == len(text) or not (is_letter(text[at + 1]) or is_digit(text[at + 1]))


@merged
def _marked(at: int, kit: Kit) -> np.uint64:
    """Where the first pass undid something."""
    marked, mark = _NONE, mark_from(at, kit)
    while mark < kit.notes[MARKS] and kit.notes[MARK + mark] < at + WIDTH:
        marked |= _ONE << np.uint64(kit.notes[MARK + mark] - at)
        mark += 1
    return marked


@borrowing
def _odd(text: NDArray[np.uint8], begin: int, end: int, value: np.uint64, kit: Kit) -> bool:
    """Whether an unknown word gives a disguise away."""
    if look_up(kit, TELLS, MEANT, value) != ABSENT:
        return True
    if repeated(text[begin:end], kit) != ABSENT:
        return True
    return respelt(text, begin, end, kit) != ABSENT
