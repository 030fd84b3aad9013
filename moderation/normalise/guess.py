"""Which word stands behind a disguise: stretched, with signs for letters, or masked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, inlined
from moderation.normalise.edits import write
from moderation.normalise.kit import (
    BOUNDS,
    FIRST,
    FOLLOWING,
    LETTERS,
    MASK_BOUNDS,
    MASKS,
    MEANT,
    SHAPES,
    TELLS,
    TRAITS,
    VALUES,
    WORDS,
    ZERO,
    Kit,
    number,
    octet,
)
from moderation.normalise.lookup import ABSENT, SEED, SHAPE, hash_bytes, hash_shape, look_up, step
from moderation.normalise.vocabulary import ANY, INITIAL, LEXICON, LONGEST, MASKED

STAR = 42
_SHORTEST = 3
_SLACK = 2
_WILD = np.zeros(256, np.bool_)
"""Signs that hide a letter…"""
_WILD[np.frombuffer(b"*#%&?@$!-._", np.uint8)] = True

_WILD_AT_END = np.zeros(256, np.bool_)
"""…and those that do so as the last of a word…"""
_WILD_AT_END[np.frombuffer(b"*#-_%", np.uint8)] = True

_WILD_ALONE = np.zeros(256, np.bool_)
"""…or alone between two letters, unlike those of S&S and T_T."""
_WILD_ALONE[np.frombuffer(b"*#", np.uint8)] = True


@borrowing
def known(letters: NDArray[np.uint8], kit: Kit) -> int:
    """The number of a word, or ``ABSENT``."""
    return look_up(kit, WORDS, VALUES, hash_bytes(letters))


@borrowing
def traits(word: int, kit: Kit) -> int:
    """What a word is."""
    return octet(kit, TRAITS, word)


@borrowing
def length(word: int, kit: Kit) -> int:
    """Letters of a word."""
    return number(kit, BOUNDS, word + 1) - number(kit, BOUNDS, word)


@borrowing
def letter(word: int, place: int, kit: Kit) -> int:
    """One letter of a word."""
    return octet(kit, LETTERS, number(kit, BOUNDS, word) + place)


@inlined
def spelling(word: int, kit: Kit) -> NDArray[np.uint8]:
    """All letters of a word."""
    first = kit.numbers[2 * LETTERS]
    begin, end = number(kit, BOUNDS, word), number(kit, BOUNDS, word + 1)
    return kit.octets[first + begin : first + end]


@borrowing
def write_word(word: int, kit: Kit) -> None:
    """Write a word as the next replacement."""
    for place in range(length(word, kit)):
        write(kit, letter(word, place, kit))


@borrowing
def is_letter(byte: int) -> bool:
    """Whether a byte is one of a–z."""
    return 97 <= byte <= 122


@borrowing
def is_digit(byte: int) -> bool:
    """Whether a byte is one of 0–9."""
    return 48 <= byte <= 57


@borrowing
def reads_as(written: int, meant: int) -> bool:
    """Whether a byte is that letter, or a digit or sign that is written for it."""
    return written == meant or (not is_letter(written) and SHAPE[written] == SHAPE[meant])


@borrowing
def _stretches(written: NDArray[np.uint8], word: int, kit: Kit) -> bool:
    """Whether a word, any of its letters repeated, gives what is written."""
    size, at = length(word, kit), int(ZERO)
    for byte in written:
        if at < size and reads_as(byte, letter(word, at, kit)):
            at += 1
        elif at == 0 or not reads_as(byte, letter(word, at - 1, kit)):
            return False
    return at == size


@borrowing
def unstretched(written: NDArray[np.uint8], kit: Kit) -> int:
    """The word that gives ``written`` with letters repeated and signs for letters, or ``ABSENT``.

    Of several one of the lexicon, and of those the longest.
    """
    best, best_rank = ABSENT, 0
    word = look_up(kit, SHAPES, FIRST, hash_shape(written))
    while word != ABSENT:
        rank = length(word, kit) + LONGEST * (traits(word, kit) & LEXICON)
        if rank > best_rank and _stretches(written, word, kit):
            best, best_rank = word, rank
        word = number(kit, FOLLOWING, word)
    return best


@borrowing
def repeated(written: NDArray[np.uint8], kit: Kit) -> int:
    """The word of the lexicon that stands there three times or more without a gap, or ``ABSENT``.

    The last time it may break off.
    """
    for size in range(_SHORTEST, min(len(written) // 3, LONGEST) + 1):
        at = size
        while at < len(written) and written[at] == written[at - size]:
            at += 1
        if at == len(written):
            word = known(written[:size], kit)
            return word if word != ABSENT and traits(word, kit) & LEXICON else ABSENT
    return ABSENT


@borrowing
def misspelt(written: NDArray[np.uint8], kit: Kit) -> int:
    """The word of the lexicon that is misspelt, perhaps with signs for letters, or ``ABSENT``."""
    value = SEED
    for byte in written:
        value = step(value, byte if is_letter(byte) else SHAPE[byte])
    return max(look_up(kit, TELLS, MEANT, value), ABSENT)


@borrowing
def _fits(mask: NDArray[np.uint8], word: int, kit: Kit) -> bool:
    """Whether a word of that length shows through a mask."""
    for at in range(len(mask)):
        hidden = _WILD[mask[at]] and (at > 0 or mask[0] == STAR)
        if not hidden and not reads_as(mask[at], letter(word, at, kit)):
            return False
    return True


@borrowing
def unmasked(mask: NDArray[np.uint8], kit: Kit) -> int:
    """The likeliest word behind a mask such as ``f**k``, or ``ABSENT``.

    Every sign stands for one letter. One letter in the open is enough for the words that
    everybody masks; two for others that are often masked; any other word must be the only one,
    and more of it open than hidden.
    """
    shown = _shown(mask)
    if shown == 0:
        return ABSENT
    first = SHAPE[mask[0]]
    open_first = is_letter(first)
    row = (first - 97 if open_first else ANY) * (LONGEST + 1) + len(mask)
    believed = MASKED if shown > 1 and open_first else INITIAL if shown > 1 or open_first else 0
    only = ABSENT
    for place in range(number(kit, MASK_BOUNDS, row), number(kit, MASK_BOUNDS, row + 1)):
        word = number(kit, MASKS, place)
        if not _fits(mask, word, kit):
            continue
        if traits(word, kit) & believed:
            return word
        if open_first and 2 * shown > len(mask) and shown > 2 and not _WILD[mask[-1]]:
            if only != ABSENT:
                return ABSENT
            only = word
    return only


@borrowing
def _shown(mask: NDArray[np.uint8]) -> int:
    """Letters and digits in the open, or 0 where there is no mask that could hide a word."""
    size, shown = len(mask), 0
    if size < _SHORTEST or size > LONGEST:
        return 0
    if _WILD[mask[-1]] and not _WILD_AT_END[mask[-1]]:
        return 0
    if size == _SHORTEST and _WILD[mask[1]] and not _WILD[mask[2]] and not _WILD_ALONE[mask[1]]:
        return 0
    for byte in mask:
        shown += is_letter(byte) or is_digit(byte)
    return 0 if shown == size else shown


@borrowing
def loosely_unmasked(mask: NDArray[np.uint8], kit: Kit) -> int:
    """As ``unmasked``, where the signs in the middle stand for up to two letters fewer or more.

    Only for the words that everybody masks, which are numbered first.
    """
    size, head, tail = len(mask), 0, 0
    while head < size and is_letter(mask[head]):
        head += 1
    while tail < size - head and is_letter(mask[size - 1 - tail]):
        tail += 1
    hidden = mask[head : size - tail]
    if head == 0 or tail == 0 or len(hidden) == 0 or not _all_wild(hidden):
        return ABSENT
    word: int = ZERO
    while traits(word, kit) & INITIAL:
        extra = length(word, kit) - size
        near = -_SLACK <= extra <= _SLACK and extra + len(hidden) > 0
        if near and _frames(mask, head, tail, word, kit):
            return word
        word += 1
    return ABSENT


@borrowing
def _all_wild(hidden: NDArray[np.uint8]) -> bool:
    """Whether signs may hide letters; one alone has to be one that does nothing else."""
    if len(hidden) == 1:
        return bool(_WILD_ALONE[hidden[0]])
    wild = 0
    for byte in hidden:
        wild += _WILD[byte]
    return wild == len(hidden)


@borrowing
def _frames(mask: NDArray[np.uint8], head: int, tail: int, word: int, kit: Kit) -> bool:
    """Whether a word begins and ends as a mask does."""
    extra = length(word, kit) - len(mask)
    for at in range(head):
        if mask[at] != letter(word, at, kit):
            return False
    for at in range(len(mask) - tail, len(mask)):
        if mask[at] != letter(word, at + extra, kit):
            return False
    return True
