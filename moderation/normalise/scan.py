"""The second pass: one look at every word of a folded text, and a closer one where it pays.

Nearly all text hides nothing, so the loop over its bytes does as little as it can: it keeps a
hash of the word at hand and asks a table which neighbours in a word are suspect.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.normalise.kit import ENGLISH, KNOWN, MARK, MARKS, MEANT, TELLS, ZERO, Kit, hashes
from moderation.normalise.lookup import ABSENT, PRIME, SEED, among, look_up
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


@compiled
def scan(text: NDArray[np.uint8], kit: Kit) -> None:  # noqa: C901  # a call a word costs more than the word
    """Find the disguises in one text, as the first pass left it; ``kit`` takes them."""
    kit.notes[ENGLISH] = 0
    table = hashes(kit, KNOWN)
    position, mark, marks = ZERO, MARK, MARK + kit.notes[MARKS]
    while position < len(text):
        if KIND[text[position]] == SPACE:
            position += 1
            continue
        begin, word, letters, doubled = position, position, 0, 0
        before, previous = SPACE, np.uint8(0)
        suspect, value = False, SEED
        while position < len(text):
            byte = text[position]
            kind = KIND[byte]
            if kind == SPACE:
                break
            suspect |= SUSPECT[before, kind]
            if kind == LETTER:
                word = word if before == LETTER else position
                value = (value ^ np.uint64(byte)) * PRIME
                letters += 1
                if byte == previous:
                    doubled += 1 + SELDOM_DOUBLED[byte]
            elif before == LETTER:
                suspect |= not among(table, value) and _odd(text, word, position, value, kit)
                suspect |= position - word == 1 and (kind == DASH or _follows_dash(text, word))
                value = SEED
            before, previous = kind, byte
            position += 1
        if before == LETTER:
            suspect |= not among(table, value) and _odd(text, word, position, value, kit)
        suspect |= doubled > 1
        if before == LETTER and position - word == 1:
            suspect |= _follows_dash(text, word)
        if letters == 1:
            suspect |= position - begin > _LONGEST_LONE or _lone(text, position)
        while mark < marks and kit.notes[mark] < begin:
            mark += 1
        if suspect or (mark < marks and kit.notes[mark] < position):
            position = undo_run(text, begin, position, kit)


@compiled
def _odd(text: NDArray[np.uint8], begin: int, end: int, value: np.uint64, kit: Kit) -> bool:
    """Whether an unknown word gives a disguise away."""
    if look_up(kit, TELLS, MEANT, value) != ABSENT:
        return True
    return respelt(text, begin, end, kit) != ABSENT


@compiled
def _follows_dash(text: NDArray[np.uint8], at: int) -> bool:
    return at > 0 and KIND[text[at - 1]] == DASH


@compiled
def _lone(text: NDArray[np.uint8], position: int) -> bool:
    """Whether the next word, a space ahead, is a single letter too."""
    at = position
    while at < min(position + 3, len(text)) and BETWEEN[text[at]]:
        at += 1
    if at >= len(text) or KIND[text[at]] not in (LETTER, DIGIT):
        return False
    return at + 1 == len(text) or KIND[text[at + 1]] not in (LETTER, DIGIT)
