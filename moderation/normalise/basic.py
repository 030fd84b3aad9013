"""The first pass: every character replaced by its fold, without a look at its neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, decode, merged
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
)

RECORD: Any = np.bool_(True)  # a literal would compile the pass a second time
_GRAVE = 96
_STANDING_OUT = 3
"""Capitals in a row before or behind a small letter."""


@merged
def _plain(source: NDArray[np.uint8]) -> bool:
    """Whether a text is ASCII that needs nothing but small letters.

    Loops without a branch: the compiler makes sixteen comparisons at once of them.
    """
    odd = False
    for place in range(len(source)):
        byte = source[place]
        control = (byte < 32) & (byte != 9) & (byte != 10) & (byte != 13)
        odd |= (byte >= 127) | (byte == _GRAVE) | control
    if len(source) > _STANDING_OUT:
        first, second, third, fourth = source[:-3], source[1:-2], source[2:-1], source[3:]
        for place in range(len(fourth)):
            falls = _is_capital(first[place]) & _is_small(fourth[place])
            rises = _is_small(first[place]) & _is_capital(fourth[place])
            odd |= _is_capital(second[place]) & _is_capital(third[place]) & (falls | rises)
    return not odd


@borrowing
def _is_capital(byte: int) -> bool:
    return (byte >= 65) & (byte <= 90)


@borrowing
def _is_small(byte: int) -> bool:
    return (byte >= 97) & (byte <= 122)


@merged
def fold_plain(source: NDArray[np.uint8], out: NDArray[np.uint8]) -> bool:
    """As ``fold_characters`` if a text is plain ASCII, else nothing; whether it is."""
    if not _plain(source):
        return False
    for place in range(len(source)):
        byte = source[place]
        out[place] = byte + 32 * _is_capital(byte)
    return True


@merged
def trace_plain(size: int, begin: NDArray[np.int32], end: NDArray[np.int32]) -> None:
    """Where the bytes of a plain text of that size come from."""
    for place in range(size):
        begin[place], end[place] = place, place + 1


@borrowing
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
        Folded bytes, letters of other scripts, and whether several capitals stand out in a word of
        small letters.
    """
    kit.notes[MARKS] = 0
    if fold_plain(source, out):
        if record:
            trace_plain(len(source), begin, end)
        return len(source), 0, False
    at = foreign = position = capitals = ZERO
    small = capital = rising = stands_out = False
    ascii_folds = kit.numbers[2 * ASCII]
    while position < len(source):
        byte = source[position]
        if byte >= 0x80:
            size, width, other = _fold_wide(source, position, record, out, at, begin, end, kit)
            at, position, foreign = at + width, position + size, foreign + other
            small, capital = small & (width == 0), capital & (width == 0)
            continue
        fold = kit.octets[ascii_folds + byte]
        position += 1
        if fold == DROPPED:
            _mark_gap(out, at, kit)
            continue
        out[at] = fold
        if record:
            begin[at], end[at] = position - 1, position
        at += 1
        stands_out |= _is_small(byte) & capital & (capitals >= _STANDING_OUT)
        rising = _is_capital(byte) & (small | rising)
        small, capital = _is_small(byte), _is_capital(byte)
        capitals = (capitals + 1) * capital
        stands_out |= rising & (capitals == _STANDING_OUT)
    return at, foreign, stands_out


@borrowing
def _fold_wide(
    source: NDArray[np.uint8],
    position: int,
    record: bool,
    out: NDArray[np.uint8],
    at: int,
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    kit: Kit,
) -> tuple[int, int, bool]:
    """Fold one character beyond ASCII.

    Returns:
        Its bytes, those of its fold, and whether it is a letter of another script.
    """
    point, size = decode(source, position)
    place = number(kit, PAGES, point // PAGE) + point % PAGE
    width = octet(kit, WIDTH, place)
    if octet(kit, STYLED, place):
        if width:
            _mark(at, kit)
        else:
            _mark_gap(out, at, kit)
    stays = width == STAYS
    fold = number(kit, PLACE, place)
    width = size if stays else width
    for offset in range(width):
        out[at + offset] = source[position + offset] if stays else octet(kit, FOLD, fold + offset)
        if record:
            begin[at + offset], end[at + offset] = position, position + size
    return size, width, stays and octet(kit, KIND, place) == LETTER


@borrowing
def _mark(at: int, kit: Kit) -> None:
    kit.notes[MARK + kit.notes[MARKS]] = at
    kit.notes[MARKS] += 1


@borrowing
def _mark_gap(out: NDArray[np.uint8], at: int, kit: Kit) -> None:
    """Mark where something invisible followed a letter, once however much of it there is."""
    marks = kit.notes[MARKS]
    if at > 0 and 97 <= out[at - 1] <= 122 and (marks == 0 or kit.notes[MARK + marks - 1] != at):
        _mark(at, kit)
