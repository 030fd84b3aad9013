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
_ONE, _SIX, _LAST = np.uint64(1), np.uint64(6), np.uint64(63)

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
    """Phrases as the kernels look for them."""

    hashes: Hashes  # as :func:`threatening` gives them
    whole: Flags
    bits: Hashes  # [_FILTER / 64] of which those are set that the low bits of a hash number

    @classmethod
    def of(cls, hashes: Hashes, whole: Flags) -> Phrases:
        """Ready to be found."""
        flags = np.zeros(_FILTER, np.bool_)
        flags[(hashes & np.uint64(_FILTER - 1)).astype(np.int64)] = True
        return cls(hashes, whole, np.packbits(flags, bitorder="little").view("<u8"))


@merged
def begins(known: Phrases, phrase: np.uint64) -> bool:
    """Whether any phrase begins with some words, by their hash."""
    number = phrase & np.uint64(_FILTER - 1)
    if (known.bits[number >> _SIX] >> (number & _LAST)) & _ONE:
        return _place(known, phrase) >= 0
    return False


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


@merged
def phrase_among(
    known: Phrases,
    data: Bytes,
    begin: int,
    key: np.uint64,
    stop: int,
    found: Found,
    first: int,
    last: int,
    words: Found,
) -> tuple[int, int]:
    """The first phrase whose second word is one of the tokens ``first``…``last`` − 1.

    Args:
        known: The phrases.
        data: The buffer.
        begin: Where the token before them begins…
        key: …and its hash.
        stop: Where the text ends.
        found: The tokens.
        first: Of them.
        last: One past the last of them.
        words: Room for the first ``LONGEST`` words of a phrase.

    Returns:
        Where it begins and ends; an end of 0 where there is none.
    """
    for i in range(first, last):
        if begins(known, joined(key, found.keys[i])):
            end = end_of_phrase(data, begin, stop, known, words)
            if end:
                return begin, end
        begin, key = found.begins[i], found.keys[i]
    return 0, 0


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
        token, stop = first[text], offsets[text + 1]
        if token < first[text + 1]:
            begin, key = found.begins[token], found.keys[token]
            opens[text], ends[text] = phrase_among(
                known, data, begin, key, stop, found, token + 1, first[text + 1], words
            )
    return opens, ends
