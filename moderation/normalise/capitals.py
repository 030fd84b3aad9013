"""Bad words that capitals set off inside a harmless one: ``repubLIEcans``, ``demokRATs``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing
from moderation.normalise.edits import DISGUISE, replace, write
from moderation.normalise.guess import is_letter, known, traits
from moderation.normalise.kit import ZERO, Kit
from moderation.normalise.lookup import ABSENT
from moderation.normalise.vocabulary import LEXICON, LONGEST, STRONG

_SHORTEST = 3
_SPACE, _DOT = 32, 46

_TIES = np.zeros(256, np.bool_)
"""What ties letters to something that is no word."""
_TIES[np.frombuffer(b"@#/_&:=%0123456789", np.uint8)] = True


@borrowing
def find_capitals(
    text: NDArray[np.uint8], source: NDArray[np.uint8], begin: NDArray[np.int32], kit: Kit
) -> None:
    """Set words in capitals apart from the small letters around them.

    Args:
        text: uint8[n], after the first pass.
        source: uint8, the original.
        begin: int32[≥ n], where in the original each byte of the text begins.
        kit: Its edits take what is found.
    """
    position = ZERO
    while position < len(text):
        start = position
        while position < len(text) and is_letter(text[position]):
            position += 1
        if 2 * _SHORTEST <= position - start <= 2 * LONGEST and _free(text, start, position):
            _find_in_word(text, start, position, source, begin, kit)
        position += 1


@borrowing
def _free(text: NDArray[np.uint8], start: int, stop: int) -> bool:
    """Whether letters are a word, and no part of an address, a handle or a number."""
    if start > 0 and (_TIES[text[start - 1]] or text[start - 1] == _DOT):
        return False
    if stop + 1 >= len(text):
        return True
    return not (_TIES[text[stop]] or (text[stop] == _DOT and is_letter(text[stop + 1])))


@borrowing
def _find_in_word(
    text: NDArray[np.uint8],
    start: int,
    stop: int,
    source: NDArray[np.uint8],
    begin: NDArray[np.int32],
    kit: Kit,
) -> None:
    """Find a word of the lexicon in capitals inside a word of small letters.

    At the head of the word at least as many letters must follow; at its end, where names of
    products have their capitals (AutoCAD), it must be a strong one.
    """
    if known(text[start:stop], kit) != ABSENT:
        return
    at = start
    while at < stop:
        first = at
        while at < stop and 65 <= source[begin[at]] <= 90:
            at += 1
        if at - first < _SHORTEST or at - first == stop - start:
            at += 1
            continue
        word = known(text[first:at], kit)
        inside = first > start and at < stop
        head = first == start and stop - at >= at - first
        if word != ABSENT and traits(word, kit) & (LEXICON if inside or head else STRONG):
            _set_apart(text, start, first, at, stop, kit)


@borrowing
def _set_apart(
    text: NDArray[np.uint8], start: int, first: int, after: int, stop: int, kit: Kit
) -> None:
    """Put a space before and after ``text[first:after]``, but not at the ends of its word."""
    if first > start:
        write(kit, _SPACE)
    for byte in text[first:after]:
        write(kit, byte)
    if after < stop:
        write(kit, _SPACE)
    replace(kit, first, after, DISGUISE)
