"""The second pass: one look at every word of a folded text, and a closer one where it pays.

Nearly all text hides nothing, so the loop over its bytes does as little as it can: it keeps a
hash of the word at hand and asks a table which neighbours in a word are suspect.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.normalise.kit import MARK, MARKS, MEANT, TELLS, ZERO, Kit
from moderation.normalise.lookup import ABSENT, PRIME, SEED, look_up, perhaps
from moderation.normalise.undo import undo_run

SPACE, LETTER, DIGIT, SIGN, STOP, OTHER, HIGH = range(7)
"""Kinds of byte: a sign beside a letter is suspect, a stop only before one."""

KIND = np.full(256, OTHER, np.uint8)
KIND[np.frombuffer(b" \t\n\r", np.uint8)] = SPACE
KIND[97:123] = LETTER
KIND[48:58] = DIGIT
KIND[np.frombuffer(b"@$*#|+%^~_", np.uint8)] = SIGN
KIND[np.frombuffer(b"!.-/?&:", np.uint8)] = STOP
KIND[128:] = HIGH

SUSPECT = np.zeros((7, 7), np.bool_)
SUSPECT[LETTER, [DIGIT, SIGN]] = True
SUSPECT[[DIGIT, SIGN, STOP], LETTER] = True
SUSPECT[:, HIGH] = True

SELDOM_DOUBLED = np.zeros(256, np.uint8)
SELDOM_DOUBLED[np.frombuffer(b"aihujkqvwxy", np.uint8)] = 1


@compiled
def scan(text: NDArray[np.uint8], kit: Kit) -> None:
    """Find the disguises in one text, as the first pass left it; ``kit`` takes them."""
    size, position, mark, marks = len(text), ZERO, MARK, MARK + kit.notes[MARKS]
    while position < size:
        if KIND[text[position]] == SPACE:
            position += 1
            continue
        begin, letters, before, previous = position, 0, SPACE, np.uint8(0)
        doubled, suspect, value = 0, False, SEED
        while position < size:
            byte = text[position]
            kind = KIND[byte]
            if kind == SPACE:
                break
            suspect |= SUSPECT[before, kind]
            if kind == LETTER:
                value = (value ^ np.uint64(byte)) * PRIME
                letters += 1
                if byte == previous:
                    doubled += 1 + SELDOM_DOUBLED[byte]
            elif before == LETTER:
                suspect |= perhaps(kit, value) and look_up(kit, TELLS, MEANT, value) != ABSENT
                value = SEED
            before, previous = kind, byte
            position += 1
        if before == LETTER:
            suspect |= perhaps(kit, value) and look_up(kit, TELLS, MEANT, value) != ABSENT
        suspect |= doubled > 1
        if letters == 1:
            suspect |= position - begin > 3 or _lone(text, position)
        while mark < marks and kit.notes[mark] < begin:
            mark += 1
        suspect |= mark < marks and kit.notes[mark] < position
        if suspect:
            position = undo_run(text, begin, position, kit)


@compiled
def _lone(text: NDArray[np.uint8], position: int) -> bool:
    """Whether the next word, a space ahead, is a single letter too."""
    at = position
    while at < min(position + 3, len(text)) and KIND[text[at]] in (SPACE, STOP, SIGN):
        at += 1
    if at >= len(text) or KIND[text[at]] not in (LETTER, DIGIT):
        return False
    return at + 1 == len(text) or KIND[text[at + 1]] not in (LETTER, DIGIT)
