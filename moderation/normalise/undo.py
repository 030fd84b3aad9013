"""The closer look: undo what disguises the words of one run of bytes without a space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing
from moderation.normalise.edits import DISGUISE, MERE_STRETCH, note, note_link, replace, write
from moderation.normalise.foreign import undo_foreign
from moderation.normalise.guess import (
    is_digit,
    is_letter,
    known,
    length,
    loosely_unmasked,
    misspelt,
    repeated,
    traits,
    unmasked,
    unstretched,
    write_word,
)
from moderation.normalise.kit import (
    DONE,
    KNOWN,
    MARK,
    MARKS,
    MEANT,
    TELLS,
    VALUES,
    WORDS,
    Kit,
    hashes,
    mark_from,
)
from moderation.normalise.links import LINK, NONE, address
from moderation.normalise.lookup import ABSENT, among, hash_bytes, look_up
from moderation.normalise.respelt import respelt
from moderation.normalise.torn import undo_spaced, undo_torn
from moderation.normalise.vocabulary import FRAGMENT, INITIAL, LEXICON, LONGEST, STRONG

_IN_CORE = np.zeros(256, np.bool_)
_IN_CORE[97:123] = _IN_CORE[48:58] = _IN_CORE[128:] = True
_IN_CORE[np.frombuffer(b"@$*#|+%^~_", np.uint8)] = True

_INSIDE = np.zeros(256, np.bool_)
"""Signs that belong to a word only where a letter follows."""
_INSIDE[np.frombuffer(b"!?&", np.uint8)] = True

_BEHIND = np.zeros(256, np.bool_)
"""What stands behind an address more often than it ends one."""
_BEHIND[np.frombuffer(b".,;:!?'\")]}>*", np.uint8)] = True

_AT = 64
_SHORTEST_DASHED = 4
_DASH = np.zeros(256, np.bool_)
"""Signs that mask a letter between letters: ``f-ck``, ``f..k``."""
_DASH[np.frombuffer(b"-.", np.uint8)] = True

_SELDOM_DOUBLED = np.zeros(256, np.bool_)
_SELDOM_DOUBLED[np.frombuffer(b"aihujkqvwxy", np.uint8)] = True


@borrowing
def undo_run(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> int:
    """Undo the disguises in ``text[begin:end]``; returns where to go on, ``end`` or later."""
    kind, start = address(text, begin, end, kit)
    position = begin
    while position < start:
        if not _IN_CORE[text[position]]:
            position += 1
            continue
        stop = position + 1
        while stop < start and _continues(text, stop, start):
            stop += 1
        position = _undo_core(text, position, stop, kit)
    if kind == LINK:
        stop = end
        while _BEHIND[text[stop - 1]]:
            stop -= 1
        note_link(kit, start, stop)
    return max(end, position) if kind == NONE else end


@borrowing
def _continues(text: NDArray[np.uint8], at: int, end: int) -> bool:
    """Whether the byte belongs to the same word as the one before it."""
    if _INSIDE[text[at]]:
        return at + 1 < end and is_letter(text[at + 1])
    return bool(_IN_CORE[text[at]])


@borrowing
def _undo_core(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> int:
    """Undo the disguise of letters, digits and signs that stand together.

    Returns where to go on: ``end``, or later where the disguise reaches further.
    """
    after = undo_spaced(text, begin, kit)
    if after > begin:
        return after
    foreign = signs = False
    for byte in text[begin:end]:
        foreign |= byte >= 0x80
        signs |= not is_letter(byte)
    if foreign and undo_foreign(text, begin, end, kit):
        return end
    if signs and not foreign and _undo_signs(text, begin, end, kit):
        return end
    position = begin
    while position < end:
        stop = position
        while stop < end and is_letter(text[stop]):
            stop += 1
        if stop - position > 1 or position == begin < stop:
            stop = _undo_word(text, position, stop, kit)
        position = max(stop, position + 1)
    return position


@borrowing
def _undo_signs(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> bool:
    """Undo a word with digits and signs among its letters; whether it was a disguise.

    The signs around a word may belong to it (``$h1t``, ``a$$``, ``f***``) or not (``*word*``).
    A handle (``@name``) stays as it is, unless its first sign is a letter (``@sshole``).
    """
    first, last = begin, end
    while first < end and not (is_letter(text[first]) or is_digit(text[first])):
        first += 1
    while last > first and not (is_letter(text[last - 1]) or is_digit(text[last - 1])):
        last -= 1
    if first == last or end - begin > 4 * LONGEST:
        return False
    handle = bool(text[begin] == _AT)
    before, behind = first > begin, last < end
    places = (  # and whether a place is none of those before it
        (begin, end, True),
        (begin, last, behind),
        (first, end, before),
        (first, last, before and behind),
    )
    for start, stop, new in places:
        if new and (start == begin or not handle):
            word = _written_with_signs(text[start:stop], True, kit)
            if _swap(start, stop, word, kit):
                return True
    if handle or (last - first > 1 and known(text[first:last], kit) != ABSENT):
        return handle
    for start, stop, new in places:
        if new and (start == first or stop == last) and _undo_mask(text, start, stop, kit):
            return True
    return _swap(first, last, _written_with_signs(text[first:last], False, kit), kit)


@borrowing
def _undo_mask(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> bool:
    """Undo a masked word; whether it was one."""
    word = unmasked(text[begin:end], kit)
    if word == ABSENT:
        word = loosely_unmasked(text[begin:end], kit)
    return _swap(begin, end, word, kit)


@borrowing
def _swap(begin: int, end: int, word: int, kit: Kit) -> bool:
    """Put a word, if there is one, in the place of its disguise; whether there is."""
    if word == ABSENT:
        return False
    write_word(word, kit)
    replace(kit, begin, end, DISGUISE)
    return True


@borrowing
def _written_with_signs(written: NDArray[np.uint8], rude: bool, kit: Kit) -> int:
    """The word that is written with digits and signs for letters, or ``ABSENT``.

    Args:
        written: uint8, letters, digits and signs.
        rude: Whether it must be a word of the lexicon. An ordinary one is only believed where
            the signs are few and inside.
        kit: Tables.
    """
    letters = digits = 0
    for byte in written:
        letters += is_letter(byte)
        digits += is_digit(byte)
    if letters == 0 or letters == len(written):
        return ABSENT
    word = unstretched(written, kit)
    if word == ABSENT:
        return misspelt(written, kit)
    long = length(word, kit) > 3
    if rude:
        enough = letters >= digits or (traits(word, kit) & STRONG and 3 * letters >= digits)
        told = enough and (long or len(written) == length(word, kit))
        return word if told and traits(word, kit) & LEXICON else ABSENT
    inside = is_letter(written[0]) and is_letter(written[-1])
    return word if inside and long and letters > 2 else ABSENT


@borrowing
def _undo_word(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> int:
    """Undo the disguise of a word of letters alone; returns where to go on, ``end`` or later."""
    value = hash_bytes(text[begin:end])
    word = look_up(kit, WORDS, VALUES, value)
    if word != ABSENT and traits(word, kit) & LEXICON:
        if _marked(begin, end, kit):
            note(kit, begin, end)
        return end
    after = _undo_dashes(text, begin, end, kit)
    if after > end or word != ABSENT:
        return after
    meant = look_up(kit, TELLS, MEANT, value)
    if meant == ABSENT:
        meant = repeated(text[begin:end], kit)
    if _swap(begin, end, max(meant, ABSENT), kit):
        return end
    if meant == FRAGMENT and undo_torn(text, begin, end, kit):
        return int(max(end, kit.notes[DONE]))
    if not _undo_stretched(text, begin, end, kit):
        _undo_respelt(text, begin, end, value, kit)
    return end


@borrowing
def _undo_respelt(
    text: NDArray[np.uint8], begin: int, end: int, value: np.uint64, kit: Kit
) -> None:
    """Undo a misspelling that no table has."""
    if among(hashes(kit, KNOWN), value):
        return
    word = respelt(text, begin, end, kit)
    if word != ABSENT:
        write_word(word, kit)
        replace(kit, begin, end, traits(word, kit) & LEXICON != 0)


@borrowing
def _marked(begin: int, end: int, kit: Kit) -> bool:
    """Whether the first pass undid something in the word."""
    mark = mark_from(begin, kit)
    return bool(mark < kit.notes[MARKS] and kit.notes[MARK + mark] < end)


@borrowing
def _undo_dashes(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> int:
    """Undo a word masked with dashes or dots; returns its end, or ``end``."""
    if end + 1 >= len(text) or not _DASH[text[end]]:
        return end
    stop = end
    while (
        stop < len(text)
        and stop - begin <= LONGEST
        and (is_letter(text[stop]) or _DASH[text[stop]])
    ):
        stop += 1
    while text[stop - 1] == 46:
        stop -= 1
    if stop - begin < _SHORTEST_DASHED or stop <= end:
        return end
    if stop < len(text) and text[stop] >= 0x80:
        return end
    word = unmasked(text[begin:stop], kit)
    if word == ABSENT or not traits(word, kit) & INITIAL:
        return end
    _swap(begin, stop, word, kit)
    return stop


@borrowing
def _undo_stretched(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> bool:
    """Undo repeated letters: the word that was stretched, or no more than two of each.

    Returns:
        Whether anything was undone.
    """
    doubled = longest = run = 0
    for at in range(begin, end):
        run = run + 1 if at > begin and text[at] == text[at - 1] else 1
        longest = max(longest, run)
        doubled += (run == 2) * (1 + _SELDOM_DOUBLED[text[at]])
    if longest < 3 and doubled < 2:
        return False
    word = unstretched(text[begin:end], kit)
    hides = word != ABSENT and traits(word, kit) & LEXICON != 0
    if hides or (word != ABSENT and longest > 2):
        write_word(word, kit)
        replace(kit, begin, end, hides)
        return True
    if longest > 2:
        _shorten(text, begin, end, kit)
    return longest > 2


@borrowing
def _shorten(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> None:
    """Leave at most two of each letter in a row."""
    for at in range(begin, end):
        if at < begin + 2 or text[at] != text[at - 1] or text[at] != text[at - 2]:
            write(kit, text[at])
    replace(kit, begin, end, MERE_STRETCH)
