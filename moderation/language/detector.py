"""The real detector, for texts that the first look leaves open: py3langid's model, compiled.

Counts n-grams over the bytes of a text, then asks a naive Bayes model. In plain Python that takes
longer than all else that is done with a comment. The tests prove that the probabilities equal
those of the library itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.language import tables
from moderation.language.names import NAMES
from moderation.language.tables import BITS, LONGEST, MULTIPLIER, UNIT
from moderation.texts import Texts

ENGLISH = tuple(NAMES).index("en")


class Verdict(NamedTuple):
    """What the detector says of some texts, one number a text in each array.

    Attributes:
        best: int64, index into ``tuple(NAMES)`` of the likeliest language other than English.
        share: float32, 0…1, how likely that language is.
        english: float32, 0…1, how likely English is.
    """

    best: NDArray[np.int64]
    share: NDArray[np.float32]
    english: NDArray[np.float32]


def judge(texts: Texts) -> Verdict:
    """The likeliest other language and the chance of English, for each text in lower case.

    Example:
        >>> verdict = judge(Texts.of(["wer soll das denn alles bezahlen?"]))
        >>> tuple(NAMES)[verdict.best[0]], bool(verdict.english[0] < 0.01)
        ('de', True)
    """
    known = _tables()
    best = np.zeros(len(texts), np.int64)
    share = np.zeros((2, len(texts)), np.float32)
    english = int(np.flatnonzero(known.classes == ENGLISH)[0])
    _judge(texts.data, texts.offsets, *known[1:], english, best, share)
    return Verdict(known.classes[best].astype(np.int64), *share)


@lru_cache(maxsize=1)
def _tables() -> tables.Tables:
    return tables.load()


@compiled
def _judge(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    grams: NDArray[np.uint64],
    feature: NDArray[np.int32],
    weights: NDArray[np.int16],
    prior: NDArray[np.float32],
    english: int,
    best: NDArray[np.int64],
    share: NDArray[np.float32],
) -> None:
    counts = np.zeros(weights.shape[0], np.int32)
    seen = np.zeros(weights.shape[0], np.int32)
    scores = np.zeros(weights.shape[1], np.float32)
    for text in range(offsets.size - 1):
        begin, end = offsets[text], offsets[text + 1]
        kinds = _count(data, begin, end, grams, feature, counts, seen)
        scores[:] = 0
        for kind in range(kinds):
            found = seen[kind]
            factor = np.float32(np.log1p(counts[found]))
            row = weights[found]  # as a slice of its own, the loop is compiled to vectors
            for language in range(scores.size):
                scores[language] += factor * np.float32(row[language])
            counts[found] = 0
        # The square root keeps the shares comparable between short and long texts.
        root = np.float32(UNIT * np.sqrt(max(end - begin, 1)))
        top, total = np.float32(-np.inf), np.float32(0)
        for language in range(scores.size):
            scores[language] = (scores[language] + prior[language]) / root if kinds else 0
            top = max(top, scores[language])
        for language in range(scores.size):
            scores[language] = np.exp(scores[language] - top)
            total += scores[language]
        share[1, text], scores[english] = scores[english] / total, 0
        best[text] = np.argmax(scores)
        share[0, text] = scores[best[text]] / total


@compiled
def _count(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    grams: NDArray[np.uint64],
    feature: NDArray[np.int32],
    counts: NDArray[np.int32],
    seen: NDArray[np.int32],
) -> int:
    """Count the n-grams of one text; returns how many different ones now stand in ``seen``.

    At each byte that is the longest known n-gram, or beginning of one, that ends there.
    """
    last, length, kinds = np.uint64(0), 0, 0
    for at in range(begin, end):
        last = (last << np.uint64(8)) | np.uint64(data[at])
        length = min(length + 1, LONGEST)
        found = -1
        while length > 0:
            one = np.uint64(1) << np.uint64(8 * length)
            slot = _slot(grams, one | (last & (one - np.uint64(1))))
            if slot >= 0:
                found = feature[slot]
                break
            length -= 1
        if found >= 0:
            if counts[found] == 0:
                seen[kinds] = found
                kinds += 1
            counts[found] += 1
    return kinds


@compiled
def _slot(grams: NDArray[np.uint64], gram: np.uint64) -> np.int64 | int:
    """Where an n-gram stands in the table, or -1."""
    slot = np.int64((gram * MULTIPLIER) >> np.uint64(64 - BITS))
    while grams[slot] != 0 and grams[slot] != gram:
        slot = (slot + 1) % grams.size
    return slot if grams[slot] == gram else -1
