"""Words with letters of another script that look like ours, or with a picture for a letter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, decode
from moderation.normalise.characters import LETTER, PAGE
from moderation.normalise.edits import DISGUISE, replace, write
from moderation.normalise.guess import (
    STAR,
    is_letter,
    known,
    loosely_unmasked,
    traits,
    unmasked,
    write_word,
)
from moderation.normalise.kit import ALIKE, KIND, LATIN, PAGES, Kit, number, octet
from moderation.normalise.lookup import ABSENT
from moderation.normalise.vocabulary import LEXICON, LONGEST, MASKED


@borrowing
def undo_foreign(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> bool:
    """Undo the disguise of a word with characters beyond ASCII; whether there was one.

    Look-alikes are read as Latin where the word has Latin letters too (those that look only
    somewhat alike: where a word of the lexicon comes out), or where all of it looks like a word
    of the lexicon and the text is otherwise Latin. Russian stays Russian.
    """
    if end - begin > 4 * LONGEST:
        return False
    word = kit.spare[LONGEST : 5 * LONGEST]
    size = ours = theirs = pictures = 0
    vague = False
    at = begin
    while at < end:
        point, width = decode(text, at)
        at += width
        place = number(kit, PAGES, point // PAGE) + point % PAGE
        alike = octet(kit, ALIKE, place)
        if point < 0x80:
            word[size] = point
            ours += is_letter(point)
        elif alike:
            word[size] = alike | 0x20
            vague |= alike < 97
            theirs += 1
        elif octet(kit, KIND, place) == LETTER:
            return False
        else:
            word[size] = STAR
            pictures += 1
        size += 1
    if pictures:
        return not theirs and _undo_picture(word[:size], begin, end, kit)
    found = known(word[:size], kit)
    hides = found != ABSENT and traits(found, kit) & LEXICON
    if (ours and (not vague or hides)) or (hides and kit.notes[LATIN]):
        for byte in word[:size]:
            write(kit, byte)
        replace(kit, begin, end, DISGUISE)
        return True
    return False


@borrowing
def _undo_picture(mask: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> bool:
    """Undo a word in which a picture stands for a letter or two."""
    if not (is_letter(mask[0]) and is_letter(mask[-1])):
        return False
    word = unmasked(mask, kit)
    if word == ABSENT:
        word = loosely_unmasked(mask, kit)
    if word == ABSENT or not traits(word, kit) & MASKED:
        return False
    write_word(word, kit)
    replace(kit, begin, end, DISGUISE)
    return True
