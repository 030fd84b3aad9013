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

from moderation.compiled import borrowing, compiled
from moderation.lexicon import LONGEST, Lexicon
from moderation.texts import Texts
from moderation.toxicity.tokens import token

_FILTER = 1 << 16  # bits by which nearly all that begins no phrase is known at once
_NEXT = np.uint64(0x9E3779B97F4A7C15)
_ROTATION, _REST = np.uint64(29), np.uint64(35)

Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


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
def _hashed(data: NDArray[np.uint8], offsets: Integers) -> tuple[Hashes, Flags]:
    """The beginnings of all texts, of two words or more; whether each is a whole text."""
    hashes = np.zeros(LONGEST * len(offsets), np.uint64)
    whole = np.zeros(len(hashes), np.bool_)
    made = 0
    for text in range(len(offsets) - 1):
        begin, at, phrase = token(data, offsets[text], offsets[text + 1])
        while True:
            begin, at, word = token(data, at, offsets[text + 1])
            if begin == at:
                break
            phrase = joined(phrase, word)
            hashes[made] = phrase
            made += 1
        whole[made - 1] = True
    return hashes[:made], whole[:made]


class Phrases(NamedTuple):
    """Phrases as the kernels look for them."""

    hashes: Hashes  # as :func:`threatening` gives them
    whole: Flags
    bits: Flags  # set at the low bits of each hash

    @classmethod
    def of(cls, hashes: Hashes, whole: Flags) -> Phrases:
        """Ready to be found."""
        bits = np.zeros(_FILTER, np.bool_)
        bits[(hashes & np.uint64(_FILTER - 1)).astype(np.int64)] = True
        return cls(hashes, whole, bits)


@borrowing
def may_begin(known: Phrases, phrase: np.uint64) -> bool:
    """Whether any phrase may begin with some words, by their hash: False is certain."""
    return bool(known.bits[phrase & np.uint64(_FILTER - 1)])


@borrowing
def end_of_phrase(
    data: NDArray[np.uint8], at: int, stop: int, known: Phrases, phrase: np.uint64
) -> int:
    """One past the phrase that begins with the pair of words before ``at``; 0 where none does.

    ``phrase`` is the hash of that pair.
    """
    while may_begin(known, phrase):
        low, high = 0, len(known.hashes)
        while low < high:
            middle = (low + high) // 2
            if known.hashes[middle] < phrase:
                low = middle + 1
            else:
                high = middle
        if low == len(known.hashes) or known.hashes[low] != phrase:
            return 0
        if known.whole[low]:
            return at
        begin, at, word = token(data, at, stop)
        if begin == at:
            return 0
        phrase = joined(phrase, word)
    return 0


@compiled
def find(data: NDArray[np.uint8], offsets: Integers, known: Phrases) -> tuple[Integers, Integers]:
    """Where each text's first phrase stands in the buffer; begin = end where there is none."""
    begins, ends = np.zeros(len(offsets) - 1, np.int64), np.zeros(len(offsets) - 1, np.int64)
    for text in range(len(offsets) - 1):
        at, before, before_begins = offsets[text], np.uint64(0), 0
        while ends[text] == 0:
            begin, at, word = token(data, at, offsets[text + 1])
            if begin == at:
                break
            pair = joined(before, word)
            if may_begin(known, pair):
                ends[text] = end_of_phrase(data, at, offsets[text + 1], known, pair)
                begins[text] = before_begins if ends[text] else 0
            before, before_begins = word, begin
    return begins, ends
