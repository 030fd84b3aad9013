"""The real detector, for texts that the first look leaves open: py3langid's model, compiled.

py3langid (BSD) walks an automaton over the bytes of a text to count n-grams, then asks a naive
Bayes model. In plain Python that takes longer than all else that is done with a comment, so the
walk is compiled here; the model's tables come through the library's own loader, and the tests
prove that the probabilities equal those of the library itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.language.names import NAMES
from moderation.texts import Texts


class Verdict(NamedTuple):
    """What the detector says of some texts, one number a text in each array.

    Attributes:
        best: Index into ``Detector.languages`` of the likeliest language other than English.
        share: float32, 0…1, how likely that language is.
        english: float32, 0…1, how likely English is.
    """

    best: NDArray[np.int16]
    share: NDArray[np.float32]
    english: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detector:
    """A naive Bayes model over byte n-grams, which an automaton finds.

    Attributes:
        languages: ISO 639-1 codes, one a column of the model.
        moves: uint32[rows, 256], the next state for each byte.
        row: The row of ``moves`` that a state uses.
        feature: int32, the n-gram that ends in a state, or -1.
        weights: float32[n-grams, languages], log probabilities.
        prior: float32[languages], log probabilities.
    """

    languages: tuple[str, ...]
    moves: NDArray[np.uint32]
    row: NDArray[np.uint32]
    feature: NDArray[np.int32]
    weights: NDArray[np.float32]
    prior: NDArray[np.float32]

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Detector:
        """Read the model that py3langid ships: 0.4 s and 80 MB, once."""
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        model = LanguageIdentifier.from_model_file(MODEL_FILE)
        kept = [column for column, code in enumerate(model.nb_classes) if code in NAMES]
        return cls(
            tuple(model.nb_classes[column] for column in kept),
            np.asarray(model.tk_nextmove, np.uint32).reshape(-1, 256),
            np.asarray(model.tk_row, np.uint32),
            np.asarray(model.tk_output, np.int32),
            np.asarray(model.nb_ptc[:, kept], np.float32),
            np.asarray(model.nb_pc[kept], np.float32),
        )

    def judge(self, texts: Texts) -> Verdict:
        """The likeliest other language and the chance of English, for each text.

        Example:
            >>> detector = Detector.load()
            >>> verdict = detector.judge(Texts.of(["Wer soll das denn alles bezahlen?"]))
            >>> detector.languages[verdict.best[0]], bool(verdict.english[0] < 0.01)
            ('de', True)
        """
        best = np.zeros(len(texts), np.int16)
        share = np.zeros((2, len(texts)), np.float32)
        model = (self.moves, self.row, self.feature, self.weights, self.prior)
        _judge(texts.data, texts.offsets, *model, self.languages.index("en"), best, share)
        return Verdict(best, *share)


@compiled
def _judge(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    moves: NDArray[np.uint32],
    row: NDArray[np.uint32],
    feature: NDArray[np.int32],
    weights: NDArray[np.float32],
    prior: NDArray[np.float32],
    english: int,
    best: NDArray[np.int16],
    share: NDArray[np.float32],
) -> None:
    counts = np.zeros(weights.shape[0], np.int32)
    seen = np.zeros(weights.shape[0], np.int32)
    for text in range(offsets.size - 1):
        begin, end = offsets[text], offsets[text + 1]
        kinds = _count(data, begin, end, moves, row, feature, counts, seen)
        scores = prior.copy() if kinds else np.zeros_like(prior)
        for found in seen[:kinds]:
            scores += np.float32(np.log1p(counts[found])) * weights[found]
            counts[found] = 0
        # The square root keeps the shares comparable between short and long texts.
        scores /= np.float32(np.sqrt(max(end - begin, 1)))
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        share[1, text], likely[english] = likely[english], 0
        best[text] = np.argmax(likely)
        share[0, text] = likely[best[text]]


@compiled
def _count(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    moves: NDArray[np.uint32],
    row: NDArray[np.uint32],
    feature: NDArray[np.int32],
    counts: NDArray[np.int32],
    seen: NDArray[np.int32],
) -> int:
    """Count the n-grams of one text; returns how many different ones now stand in ``seen``."""
    state, kinds = np.uint32(0), 0
    for at in range(begin, end):
        state = moves[row[state], data[at]]
        found = feature[state]
        if found >= 0:
            if counts[found] == 0:
                seen[kinds] = found
                kinds += 1
            counts[found] += 1
    return kinds
