"""Bad words that capitals set off inside a harmless one: ``repubLIEcans``, ``demokRATs``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.normalise.edits import replace, write
from moderation.normalise.guess import is_letter, known, traits
from moderation.normalise.kit import Kit
from moderation.normalise.lookup import ABSENT
from moderation.normalise.vocabulary import LEXICON, LONGEST

_SHORTEST = 3
_SPACE = 32


@compiled
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
    position = 0
    while position < len(text):
        start = position
        while position < len(text) and is_letter(text[position]):
            position += 1
        if 2 * _SHORTEST <= position - start <= 2 * LONGEST:
            _find_in_word(text, start, position, source, begin, kit)
        position += 1


@compiled
def _find_in_word(
    text: NDArray[np.uint8],
    start: int,
    stop: int,
    source: NDArray[np.uint8],
    begin: NDArray[np.int32],
    kit: Kit,
) -> None:
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
        if word != ABSENT and traits(word, kit) & LEXICON:
            _set_apart(text, start, first, at, stop, kit)


@compiled
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
    replace(kit, first, after, True)
