"""Words of nobody's vocabulary that sound or look nearly like a rude one: ``stuuped``, ``idiet``.

A guess is made only at a word that is neither known nor as close to a known one, in a text that is
not of such words, and only of what people do respell, ``sought`` in ``words.toml``. Those words
are found by their skeletons, at most one consonant missing on either side, and told apart by the
cost of the edits between.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing
from moderation.normalise.guess import is_letter, spelling, traits
from moderation.normalise.kit import (
    ENGLISH,
    KNOWN,
    NEAREST,
    SKELETONS,
    SOUGHT,
    SOUGHT_LETTERS,
    SUMS,
    VALUES,
    WORDS,
    ZERO,
    Kit,
    hashes,
    number,
)
from moderation.normalise.lookup import ABSENT, among, hash_bytes, hash_joined, look_up, step
from moderation.normalise.sounds import (
    LONGEST,
    bones_of,
    cost,
    key,
    least_cost,
    letters_of,
    skeleton,
    without,
)
from moderation.normalise.vocabulary import LEXICON

SHORTEST = 4
"""Letters of a word that a guess is made at."""

_FEW = 4
"""Unknown words that say nothing yet of a text's language."""

_FEW_BONES = 2
"""Consonants that too many words share."""

_DEAR = 99

_ALLOWED = np.array([[0, 0, 0, 0, 0, 2, 2, 4, 4, 6], [0, 0, 0, 0, 4, 4, 4, 5, 6, 6]], np.int64)
"""What edits may cost altogether, by the letters of the word, the last for all longer ones: where
the skeletons differ, and where they are the same."""


@borrowing
def respelt(text: NDArray[np.uint8], begin: int, end: int, kit: Kit) -> int:
    """The word that ``text[begin:end]``, letters that no table knows, is a misspelling of.

    ``ABSENT`` where there is none, or where it may as well be a known word's.
    """
    if not SHORTEST <= end - begin <= LONGEST or _tied(text, begin, end):
        return ABSENT
    written = text[begin:end]
    bones = skeleton(written)
    count, keys = bones_of(bones), hashes(kit, SKELETONS)
    best, least = ABSENT, _DEAR
    if among(keys, key(written[0], bones)):
        best, least = _nearest(bones, written, _ALLOWED[1], best, least, kit)
    for place in range(count if count > _FEW_BONES else 0):
        fewer = without(bones, place)
        if among(keys, key(written[0], fewer)):
            best, least = _nearest(fewer, written, _ALLOWED[0], best, least, kit)
    if best == ABSENT or not _english(text, kit) or _rivalled(written, best, least, kit):
        return ABSENT
    return best


@borrowing
def _nearest(
    bones: np.uint64,
    written: NDArray[np.uint8],
    allowed: NDArray[np.int64],
    best: int,
    least: int,
    kit: Kit,
) -> tuple[int, int]:
    """The cheapest word under a skeleton, which some have, and its cost; or the best so far."""
    ours = letters_of(written)
    place = look_up(kit, SKELETONS, NEAREST, key(written[0], bones))
    word = number(kit, SOUGHT, place)
    while word != ABSENT:
        letters = spelling(word, kit)
        size = len(letters)
        dearest = min(least - 1, allowed[min(size, len(allowed) - 1)])
        theirs = np.uint64(number(kit, SOUGHT_LETTERS, place))
        near = max(abs(size - len(written)), least_cost(theirs, ours)) <= dearest
        if near and (size > SHORTEST or bones_of(bones) > _FEW_BONES or _within(letters, written)):
            price = cost(letters, written, dearest, kit.notes[SUMS:])
            if price <= dearest:
                best, least = word, price
        place += 1
        word = number(kit, SOUGHT, place)
    return best, least


@borrowing
def _within(word: NDArray[np.uint8], written: NDArray[np.uint8]) -> bool:
    """Whether a word is all there, others letters among its own."""
    at = int(ZERO)
    for letter in written:
        if at < len(word) and word[at] == letter:
            at += 1
    return at == len(word)


@borrowing
def _tied(text: NDArray[np.uint8], begin: int, end: int) -> bool:
    """Whether letters are part of a name, a number or a word with other characters."""
    before = text[begin - 1] if begin > 0 else np.uint8(32)
    after = text[end] if end < len(text) else np.uint8(32)
    return bool(_TIES[before] or _TIES[after])


_TIES = np.zeros(256, np.bool_)
_TIES[48:58] = _TIES[128:] = True
_TIES[np.frombuffer(b"@#$_*&+=^~|%/\\", np.uint8)] = True


@borrowing
def _english(text: NDArray[np.uint8], kit: Kit) -> bool:
    """Whether most of a text's longer words are known; counted once for each look at it."""
    if kit.notes[ENGLISH] == 0:
        table = hashes(kit, KNOWN)
        strange = words = position = ZERO
        while position < len(text):
            begin = position
            while position < len(text) and is_letter(text[position]):
                position += 1
            if position - begin >= SHORTEST:
                words += 1
                strange += not among(table, hash_bytes(text[begin:position]))
            position += 1
        kit.notes[ENGLISH] = 1 if strange < _FEW or 2 * strange <= words else -1
    return bool(kit.notes[ENGLISH] > 0)


@borrowing
def _rivalled(written: NDArray[np.uint8], best: int, least: int, kit: Kit) -> bool:
    """Whether another known word that is not rude is at most as far away, by one edit."""
    table, size = hashes(kit, KNOWN), len(written)
    other = kit.spare
    for place in range(size + 1):
        head = hash_bytes(written[:place])
        _copy(written[:place], other)
        for after in range(place, min(place + 2, size + 1)):
            tail, left = hash_bytes(written[after:]), size - after
            _copy(written[after:], other[place + 1 :])
            for letter in range(97, 123):
                if among(table, hash_joined(step(head, letter), tail, left)):
                    other[place] = letter
                    if _rival(other[: place + 1 + left], written, best, least, kit):
                        return True
            if after > place and among(table, hash_joined(head, tail, left)):
                _copy(written[after:], other[place:])
                if _rival(other[: place + left], written, best, least, kit):
                    return True
    return _swap_rivals(written, best, least, kit)


@borrowing
def _copy(letters: NDArray[np.uint8], room: NDArray[np.uint8]) -> None:
    for place in range(len(letters)):
        room[place] = letters[place]


@borrowing
def _swap_rivals(written: NDArray[np.uint8], best: int, least: int, kit: Kit) -> bool:
    """Whether such a word comes of two letters that change places."""
    other = kit.spare[: len(written)]
    _copy(written, other)
    for place in range(len(written) - 1):
        other[place], other[place + 1] = written[place + 1], written[place]
        if _rival(other, written, best, least, kit):
            return True
        other[place] = written[place]
    return False


@borrowing
def _rival(
    other: NDArray[np.uint8], written: NDArray[np.uint8], best: int, least: int, kit: Kit
) -> bool:
    """Whether a spelling is a known word, neither rude nor the best, and at most so far away."""
    value = hash_bytes(other)
    if not among(hashes(kit, KNOWN), value):
        return False
    word = look_up(kit, WORDS, VALUES, value)
    meant = word == best or (word != ABSENT and traits(word, kit) & LEXICON != 0)
    return bool(not meant and cost(other, written, least, kit.notes[SUMS:]) <= least)
