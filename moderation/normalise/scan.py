"""The second pass: one look at every word of a folded text, and a closer one where it pays.

Nearly all text hides nothing, so the loop over its bytes does as little as it can: it keeps a
hash of the word at hand and asks a table which neighbours in a word are suspect.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing
from moderation.normalise.guess import is_letter
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
from moderation.normalise.lookup import ABSENT, SEED, among, look_up, step
from moderation.normalise.respelt import respelt
from moderation.normalise.torn import BETWEEN
from moderation.normalise.undo import undo_run

SPACE, LETTER, DIGIT, SIGN, STOP, DASH, OTHER, HIGH = range(8)
"""Kinds of byte: a sign beside a letter is suspect, a stop before one, a dash only beside a letter
that stands alone."""

KIND = np.full(256, OTHER, np.uint8)
KIND[np.frombuffer(b" \t\n\r", np.uint8)] = SPACE
KIND[97:123] = LETTER
KIND[48:58] = DIGIT
KIND[np.frombuffer(b"@$*#|+%^~_", np.uint8)] = SIGN
KIND[np.frombuffer(b"!.?&:", np.uint8)] = STOP
KIND[np.frombuffer(b"-/", np.uint8)] = DASH
KIND[128:] = HIGH

SUSPECT = np.zeros((8, 8), np.bool_)
SUSPECT[LETTER, [DIGIT, SIGN]] = True
SUSPECT[[DIGIT, SIGN, STOP], LETTER] = True
SUSPECT[STOP, DASH] = True
SUSPECT[:, HIGH] = True

SELDOM_DOUBLED = np.zeros(256, np.uint8)
SELDOM_DOUBLED[np.frombuffer(b"aihujkqvwxy", np.uint8)] = 1


_LONGEST_LONE = 3
"""Bytes of a letter and the signs behind it that mask nothing: ``f..``."""


@borrowing
def scan(text: NDArray[np.uint8], kit: Kit) -> None:
    """Find the disguises in one text, as the first pass left it; ``kit`` takes them."""
    kit.notes[ENGLISH] = 0
    known = hashes(kit, KNOWN)
    begin, end = suspect_from(text, ZERO, known, kit)
    while begin < end:
        begin, end = suspect_from(text, undo_run(text, begin, end, kit), known, kit)


@borrowing
def suspect_from(  # noqa: C901  # a call a word costs more than the word
    text: NDArray[np.uint8], position: int, known: NDArray[np.uint64], kit: Kit
) -> tuple[int, int]:
    """The next run of bytes without a space that may hide something.

    Args:
        text: uint8, folded text.
        position: Where to begin to look, not inside a run.
        known: The table of words that hide nothing.
        kit: The other tables, and the marks of the first pass.

    Returns:
        Where the run begins and ends; both the size of the text if there is none.
    """
    size, marks = len(text), kit.notes[MARKS]
    while position < size:
        if KIND[text[position]] == SPACE:
            position += 1
            continue
        begin, letters, doubled, before, suspect = position, 0, 0, SPACE, False
        while position < size:
            byte = text[position]
            kind = KIND[byte]
            suspect |= SUSPECT[before, kind]
            before = kind
            if kind == SPACE:
                break
            if kind != LETTER:
                position += 1
                continue
            word, previous, value = position, np.uint8(0), SEED
            while is_letter(byte):
                doubled += (byte == previous) * (1 + SELDOM_DOUBLED[byte])
                value, previous = step(value, byte), byte
                position += 1
                if position == size:
                    break
                byte = text[position]
            letters += position - word
            if position - word == 1:
                suspect |= _beside_dash(text, word)
            if not (suspect or doubled > 1 or among(known, value)):
                suspect = _odd(text, word, position, value, kit)
        suspect |= doubled > 1
        if letters == 1:
            suspect |= position - begin > _LONGEST_LONE or _lone(text, position)
        if suspect or (marks > 0 and _marked(begin, position, kit)):
            return begin, position
    return size, size


@borrowing
def _marked(begin: int, end: int, kit: Kit) -> bool:
    """Whether the first pass undid something in a run."""
    mark = mark_from(begin, kit)
    return bool(mark < kit.notes[MARKS] and kit.notes[MARK + mark] < end)


@borrowing
def _beside_dash(text: NDArray[np.uint8], at: int) -> bool:
    """Whether a letter has a dash before or behind it."""
    follows = at > 0 and KIND[text[at - 1]] == DASH
    return bool(follows or (at + 1 < len(text) and KIND[text[at + 1]] == DASH))


@borrowing
def _odd(text: NDArray[np.uint8], begin: int, end: int, value: np.uint64, kit: Kit) -> bool:
    """Whether an unknown word gives a disguise away."""
    if look_up(kit, TELLS, MEANT, value) != ABSENT:
        return True
    return respelt(text, begin, end, kit) != ABSENT


@borrowing
def _lone(text: NDArray[np.uint8], position: int) -> bool:
    """Whether the next word, a space ahead, is a single letter too."""
    at = position
    while at < min(position + 3, len(text)) and BETWEEN[text[at]]:
        at += 1
    if at >= len(text) or KIND[text[at]] not in (LETTER, DIGIT):
        return False
    return at + 1 == len(text) or KIND[text[at + 1]] not in (LETTER, DIGIT)
