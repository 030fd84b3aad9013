"""Phrases of the lexicon that threaten, found in folded texts.

Threats are too rare for the network to learn the hundreds of ways to make one, so the phrases that
are hardly ever harmless speak for themselves: where one stands, the model adds what such a phrase
was worth in the labelled comments. The hashes are part of the weights; the lexicon may change
without changing a model.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, merged
from moderation.lexicon import LONGEST, Lexicon
from moderation.texts import Texts
from moderation.toxicity.tokens import (
    Bytes,
    Found,
    Hashes,
    Integers,
    read_tokens,
    room_for_tokens,
    tokens_of,
)

_FILTER = 1 << 16  # bits by which nearly all that begins no phrase is known at once
_NEXT = np.uint64(0x9E3779B97F4A7C15)
_ROTATION, _REST = np.uint64(29), np.uint64(35)
_ONE, _SIX, _HALF, _LAST = np.uint64(1), np.uint64(6), np.uint64(32), np.uint64(63)

Flags = NDArray[np.bool_]


@borrowing
def joined(phrase: np.uint64, word: np.uint64) -> np.uint64:
    """Hash of a phrase made one word longer."""
    return ((phrase << _ROTATION) | (phrase >> _REST)) * _NEXT ^ word


def threatening() -> tuple[Hashes, Flags]:
    """The lexicon's plain threats of two words or more, and what they begin with.

    Source: ``assets/lexicon.toml``, category ``threat``, not ambiguous.

    Returns:
        Hashes of the first two words, the first three, and so on, sorted; whether each is a whole
        phrase.
    """
    forms = Lexicon.load().forms().items()
    plain = [p for p, e in forms if e.category == "threat" and not e.ambiguous and " " in p]
    texts = Texts.of(plain)
    hashes, whole = _hashed(texts.data, texts.offsets)
    kept, places = np.unique(hashes, return_inverse=True)
    return kept, np.bincount(places, whole) > 0


@compiled
def _hashed(data: Bytes, offsets: Integers) -> tuple[Hashes, Flags]:
    """The beginnings of all texts, of two words or more; whether each is a whole text."""
    first, words = tokens_of(data, offsets)
    hashes, whole = np.empty_like(words.keys), np.zeros(len(words.keys), np.bool_)
    made = 0
    for text in range(len(offsets) - 1):
        phrase = words.keys[first[text]]
        for word in range(first[text] + 1, first[text + 1]):
            hashes[made] = phrase = joined(phrase, words.keys[word])
            made += 1
        whole[made - 1] = True
    return hashes[:made], whole[:made]


class Phrases(NamedTuple):
    """Phrases as the kernels look for them.

    Many a harmless pair of words begins a phrase ("you will"), so what is looked for at every word
    is one of two words, or three words that begin one.
    """

    hashes: Hashes  # as :func:`threatening` gives them
    whole: Flags
    begun: Hashes  # [_FILTER / 64] bits, of which two are set for each hash…
    ended: Hashes  # …and for each of a whole phrase

    @classmethod
    def of(cls, hashes: Hashes, whole: Flags) -> Phrases:
        """Ready to be found."""
        return cls(hashes, whole, _bits(hashes), _bits(hashes[whole]))


def _bits(hashes: Hashes) -> Hashes:
    flags = np.zeros(_FILTER, np.bool_)
    for numbers in (hashes, hashes >> _HALF):
        flags[(numbers & np.uint64(_FILTER - 1)).astype(np.int64)] = True
    return np.packbits(flags, bitorder="little").view("<u8")


@merged
def _among(bits: Hashes, phrase: np.uint64) -> bool:
    """Whether a hash may be one of those that the bits were set for: of others, hardly any."""
    return _is_set(bits, phrase) and _is_set(bits, phrase >> _HALF)


@merged
def _is_set(bits: Hashes, number: np.uint64) -> bool:
    number &= np.uint64(_FILTER - 1)
    return bool((bits[number >> _SIX] >> (number & _LAST)) & _ONE)


@borrowing
def end_of_phrase(data: Bytes, at: int, stop: int, known: Phrases, words: Found) -> int:
    """One past the phrase that begins in ``data[at:stop]``; 0 where none does.

    ``words`` is room for the first ``LONGEST`` of them.
    """
    size = read_tokens(data, at, stop, words)
    phrase = words.keys[0]
    for word in range(1, size):
        phrase = joined(phrase, words.keys[word])
        place = _place(known, phrase)
        if place < 0:
            return 0
        if known.whole[place]:
            return int(words.ends[word])
    return 0


@borrowing
def _place(known: Phrases, phrase: np.uint64) -> int:
    """Which of the hashes this is, or −1."""
    low, high = 0, len(known.hashes)
    while low < high:
        middle = (low + high) // 2
        if known.hashes[middle] < phrase:
            low = middle + 1
        else:
            high = middle
    return low if low < len(known.hashes) and known.hashes[low] == phrase else -1


class Read(NamedTuple):
    """The last two words before some tokens: a phrase may begin with them."""

    first: int  # where the one before the last begins
    last: int  # where the last begins
    key: np.uint64  # its hash
    pair: np.uint64  # that of both


@merged
def nothing_read(at: int) -> Read:
    """Before the first token of a text that begins at a place."""
    return Read(at, at, _NEXT, _NEXT)  # with 0 the second word would seem to be the third


@merged
def phrase_among(
    known: Phrases,
    data: Bytes,
    read: Read,
    stop: int,
    found: Found,
    first: int,
    last: int,
    words: Found,
) -> tuple[int, int, Read]:
    """The first phrase that the tokens ``first``…``last`` − 1 tell of by its second or third word.

    Args:
        known: The phrases.
        data: The buffer.
        read: The words before the tokens.
        stop: Where the text ends.
        found: The tokens.
        first: Of them.
        last: One past the last of them.
        words: Room for the first ``LONGEST`` words of a phrase.

    Returns:
        Where it begins and ends, an end of 0 where there is none; and the last two words.
    """
    for i in range(first, last):
        key = found.keys[i]
        three, two = joined(read.pair, key), joined(read.key, key)
        if _among(known.begun, three):
            end = end_of_phrase(data, read.first, stop, known, words)
            if end:
                return read.first, end, read
        if _among(known.ended, two):
            end = end_of_phrase(data, read.last, stop, known, words)
            if end:
                return read.last, end, read
        read = Read(read.last, found.begins[i], key, two)
    return 0, 0, read


@compiled
def find(
    data: Bytes, offsets: Integers, first: Integers, found: Found, known: Phrases
) -> tuple[Integers, Integers]:
    """Where each text's first phrase stands in the buffer; begin = end where there is none.

    ``first`` and ``found`` are what :func:`tokens_of` says of the texts.
    """
    opens, ends = np.zeros(len(offsets) - 1, np.int64), np.zeros(len(offsets) - 1, np.int64)
    words = room_for_tokens(LONGEST)
    for text in range(len(offsets) - 1):
        read, stop = nothing_read(offsets[text]), offsets[text + 1]
        opens[text], ends[text], _ = phrase_among(
            known, data, read, stop, found, first[text], first[text + 1], words
        )
    return opens, ends
