"""Words torn apart: letter by letter (``f u c k``, ``f.u.c.k``) or in two (``stu pid``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing
from moderation.normalise.edits import DISGUISE, replace, write
from moderation.normalise.guess import is_digit, is_letter, traits, write_word
from moderation.normalise.kit import DONE, UNITS, VALUES, WORDS, Kit
from moderation.normalise.lookup import ABSENT, SEED, SHAPE, hash_on, look_up, step
from moderation.normalise.vocabulary import INITIAL, LEXICON, LONGEST, STRONG

_UNITS = 64
"""Single letters looked at together."""

_WIDEST_GAP = 3

BETWEEN = np.zeros(256, np.bool_)
"""What may stand between the letters of a word."""
BETWEEN[np.frombuffer(b" \t\n\r.-_*/,|~+=:;'", np.uint8)] = True

_CLOSES = np.zeros(256, np.bool_)
"""What may stand behind the last of them."""
_CLOSES[np.frombuffer(b'!?)]}"', np.uint8)] = True

_TEAR = np.zeros(256, np.bool_)
"""What may stand between the halves of a word."""
_TEAR[np.frombuffer(b" \n.-_*/", np.uint8)] = True

_ELIDED = np.zeros(256, np.bool_)
"""Single letters that are words, or what is left of one: "it's hit"."""
_ELIDED[np.frombuffer(b"aiu", np.uint8)] = True


@borrowing
def _alone(text: NDArray[np.uint8], at: int) -> bool:
    """Whether a single letter or digit stands here, and nothing of a word behind it."""
    if not (is_letter(text[at]) or is_digit(text[at])):
        return False
    return at + 1 == len(text) or bool(BETWEEN[text[at + 1]] or _CLOSES[text[at + 1]])


@borrowing
def undo_spaced(text: NDArray[np.uint8], begin: int, kit: Kit) -> int:
    """Join single letters from ``begin`` on where they spell a word of the lexicon.

    Four letters or more are found anywhere in a row of single letters; three only where they are
    all of it, so that "u s a s s r" stays.

    Returns:
        Where to go on: ``begin`` where fewer than three single letters stand.
    """
    if not _alone(text, begin):
        return begin
    units = kit.notes[UNITS : UNITS + _UNITS]
    count, at = 0, begin
    while count < _UNITS and at < len(text) and _alone(text, at):
        units[count] = at
        count += 1
        gap = at + 1
        while gap < len(text) and gap <= at + _WIDEST_GAP and BETWEEN[text[gap]]:
            gap += 1
        if gap < len(text) and BETWEEN[text[gap]]:
            break
        at = gap
    if count < 3:
        return begin
    first = 0
    while first < count:
        length = _spelled(text, units[first:count], count == 3, kit)
        if length:
            stop = units[first + length - 1] + 1
            for unit in units[first : first + length]:
                write(kit, _as_letter(text[unit]))
            replace(kit, units[first], stop, DISGUISE)
        first += max(length, 1)
        if count == _UNITS and first > count - LONGEST // 2:
            return int(units[first - 1]) + 1
    return int(units[count - 1]) + 1


@borrowing
def _spelled(text: NDArray[np.uint8], units: NDArray[np.int64], all_three: bool, kit: Kit) -> int:
    """Letters of the longest word of the lexicon that the first units spell, or 0."""
    value, longest, digits = SEED, 0, 0
    for length in range(1, min(len(units), LONGEST // 2) + 1):
        byte = text[units[length - 1]]
        value = step(value, _as_letter(byte))
        digits += is_digit(byte)
        if length < 3 + digits or (length == 3 and not all_three):
            continue
        word = look_up(kit, WORDS, VALUES, value)
        if word != ABSENT and traits(word, kit) & (STRONG | INITIAL if length == 3 else LEXICON):
            longest = length
    return longest


@borrowing
def _as_letter(byte: int) -> int:
    return SHAPE[byte] if is_digit(byte) else byte


@borrowing
def undo_torn(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> bool:
    """Join the fragment ``text[begin:end]`` to the word after or before it, if that makes one."""
    stop = end + 1
    if stop < len(text) and _TEAR[text[end]]:
        while stop < len(text) and is_letter(text[stop]) and stop - begin < LONGEST:
            stop += 1
        if _join(text, begin, end, stop, kit):
            return True
    start = begin - 1
    if start > kit.notes[DONE] and _TEAR[text[start]]:
        while start > kit.notes[DONE] and is_letter(text[start - 1]) and end - start < LONGEST:
            start -= 1
        return _join(text, start, begin - 1, end, kit)
    return False


@borrowing
def _join(text: NDArray[np.uint8], begin: int, tear: int, end: int, kit: Kit) -> bool:
    """Make one word of ``text[begin:tear]`` and ``text[tear + 1:end]`` if it is a strong one."""
    left, right = text[begin:tear], text[tear + 1 : end]
    if len(left) == 0 or len(right) == 0:
        return False
    if begin > 0 and (is_letter(text[begin - 1]) or is_digit(text[begin - 1])):
        return False
    if end < len(text) and (is_letter(text[end]) or is_digit(text[end])):
        return False
    if len(left) == 1 and (_ELIDED[left[0]] or (begin > 0 and text[begin - 1] == 39)):
        return False
    word = look_up(kit, WORDS, VALUES, hash_on(hash_on(SEED, left), right))
    if word == ABSENT or not traits(word, kit) & (STRONG | INITIAL):
        return False
    write_word(word, kit)
    replace(kit, begin, end, DISGUISE)
    return True
