"""Phrases of the lexicon that threaten, found in folded texts.

Threats are too rare for the network to learn the hundreds of ways to make one, so the phrases that
are hardly ever harmless speak for themselves: where one stands, the model adds what such a phrase
was worth in the labelled comments. The hashes are part of the weights; the lexicon may change
without changing a model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.lexicon import LONGEST, Lexicon
from moderation.texts import Texts
from moderation.toxicity.tokens import token

_FILTER = 1 << 16  # bits by which nearly all pairs of words are known to begin no phrase
_NEXT = np.uint64(0x9E3779B97F4A7C15)
_ROTATION, _REST = np.uint64(29), np.uint64(35)

Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@compiled
def joined(phrase: np.uint64, word: np.uint64) -> np.uint64:
    """Hash of a phrase made one word longer."""
    return ((phrase << _ROTATION) | (phrase >> _REST)) * _NEXT ^ word


def threatening() -> Hashes:
    """The lexicon's plain threats of two words or more: hash of the first two, hash of all, [P, 2].

    Source: ``assets/lexicon.toml``, category ``threat``, not ambiguous. Sorted by the second.
    """
    forms = Lexicon.load().forms().items()
    plain = [p for p, e in forms if e.category == "threat" and not e.ambiguous and " " in p]
    texts = Texts.of(plain)
    hashes = _hashed(texts.data, texts.offsets)
    return hashes[np.argsort(hashes[:, 1])]


@compiled
def _hashed(data: NDArray[np.uint8], offsets: Integers) -> Hashes:
    """Of every text as a phrase the hash of its first two words and of all."""
    hashes = np.zeros((len(offsets) - 1, 2), np.uint64)
    for text in range(len(offsets) - 1):
        at, count = offsets[text], 0
        while True:
            begin, at, word = token(data, at, offsets[text + 1])
            if begin == at:
                break
            count += 1
            hashes[text, 1] = joined(hashes[text, 1], word)
            if count == 2:
                hashes[text, 0] = hashes[text, 1]
    return hashes


def openings(phrases: Hashes) -> Flags:
    """Which pairs of words may begin a phrase, by the low bits of their hash."""
    bits = np.zeros(_FILTER, np.bool_)
    bits[(phrases[:, 0] & np.uint64(_FILTER - 1)).astype(np.int64)] = True
    return bits


@compiled
def end_of_phrase(
    data: NDArray[np.uint8], at: int, stop: int, phrases: Hashes, pair: np.uint64
) -> int:
    """One past the phrase that begins with the pair of words before ``at``; 0 where none does."""
    phrase = pair
    for _ in range(LONGEST - 1):
        low, high = 0, len(phrases)
        while low < high:
            middle = (low + high) // 2
            if phrases[middle, 1] < phrase:
                low = middle + 1
            else:
                high = middle
        if low < len(phrases) and phrases[low, 1] == phrase:
            return at
        begin, at, word = token(data, at, stop)
        if begin == at:
            return 0
        phrase = joined(phrase, word)
    return 0


@compiled
def find(
    data: NDArray[np.uint8], offsets: Integers, phrases: Hashes, opens: Flags
) -> tuple[Integers, Integers]:
    """Where each text's first phrase stands in the buffer; begin = end where there is none."""
    begins, ends = np.zeros(len(offsets) - 1, np.int64), np.zeros(len(offsets) - 1, np.int64)
    mask = np.uint64(len(opens) - 1)
    for text in range(len(offsets) - 1):
        at, before, before_begins = offsets[text], np.uint64(0), 0
        while ends[text] == 0:
            begin, at, word = token(data, at, offsets[text + 1])
            if begin == at:
                break
            pair = joined(joined(np.uint64(0), before), word)
            if opens[np.int64(pair & mask)]:
                ends[text] = end_of_phrase(data, at, offsets[text + 1], phrases, pair)
                begins[text] = before_begins if ends[text] else 0
            before, before_begins = word, begin
    return begins, ends
