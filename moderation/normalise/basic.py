"""The first pass: every character replaced by its fold, without a look at its neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled, decode
from moderation.normalise.characters import DROPPED, LETTER, PAGE, STAYS
from moderation.normalise.kit import (
    ASCII,
    FOLD,
    KIND,
    MARK,
    MARKS,
    PAGES,
    PLACE,
    STYLED,
    WIDTH,
    ZERO,
    Kit,
    number,
    octet,
)  # fmt: skip

_UPPER, _LOWER = 1, 2
_STANDING_OUT = 3
"""Capitals in a row before a small letter."""


@compiled
def fold_characters(
    source: NDArray[np.uint8],
    record: bool,
    out: NDArray[np.uint8],
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    kit: Kit,
) -> tuple[int, int, bool]:
    """Fold the characters of one text; its marks go to the notes.

    A mark is a folded position at which a style, or something invisible after a letter, was undone.

    Args:
        source: uint8[n], the text.
        record: Whether to fill ``begin`` and ``end``.
        out: uint8[≥ 4n], takes the folded text.
        begin: int32[≥ 4n], takes where in ``source`` the character of each folded byte begins…
        end: int32[≥ 4n], …and ends.
        kit: Tables and notes.

    Returns:
        Folded bytes, letters of other scripts, and whether capitals stand out inside or at the
        head of a word of small letters.
    """
    kit.notes[MARKS] = 0
    at = foreign = position = before = capitals = ZERO
    stands_out = False
    ascii_table = kit.numbers[2 * ASCII]
    while position < len(source):
        byte = source[position]
        if byte < 0x80:
            fold = kit.octets[ascii_table + byte]
            position += 1
            if fold == DROPPED:
                _mark_gap(out, at, kit)
                continue
            out[at] = fold
            if record:
                begin[at], end[at] = position - 1, position
            at += 1
            case = _UPPER if byte != fold else _LOWER
            if fold < 97 or fold > 122:
                case = 0
            stands_out |= case == _UPPER and before == _LOWER
            stands_out |= case == _LOWER and capitals >= _STANDING_OUT
            capitals = capitals + 1 if case == _UPPER else 0
            before = case
            continue
        point, size = decode(source, position)
        place = number(kit, PAGES, point // PAGE) + point % PAGE
        width = octet(kit, WIDTH, place)
        foreign += width == STAYS and octet(kit, KIND, place) == LETTER
        if octet(kit, STYLED, place):
            if width == 0:
                _mark_gap(out, at, kit)
            else:
                _mark(at, kit)
        fold_at = number(kit, PLACE, place)
        for offset in range(size if width == STAYS else width):
            out[at] = (
                source[position + offset] if width == STAYS else octet(kit, FOLD, fold_at + offset)
            )
            if record:
                begin[at], end[at] = position, position + size
            at += 1
        position += size
        if width:
            before = capitals = 0
    return at, foreign, stands_out


@compiled
def _mark(at: int, kit: Kit) -> None:
    kit.notes[MARK + kit.notes[MARKS]] = at
    kit.notes[MARKS] += 1


@compiled
def _mark_gap(out: NDArray[np.uint8], at: int, kit: Kit) -> None:
    """Mark where something invisible followed a letter, once however much of it there is."""
    marks = kit.notes[MARKS]
    if at > 0 and 97 <= out[at - 1] <= 122 and (marks == 0 or kit.notes[MARK + marks - 1] != at):
        _mark(at, kit)
