"""Pieces of the longer comments, for the teacher to say what each of them is.

A label is of a whole comment; which of its sentences earned it, nobody wrote down. The teacher's
opinion on a piece says, and there are more pieces than comments.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from moderation.training.corpus import Corpus

SOURCES = ("jigsaw_train", "civil_graded")  # the others hold sentences and posts
MOST = 9  # pieces of one comment
SENTENCES = 3  # of one piece, at most
SHORTEST, LONGEST = 3, 40  # words of a piece
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")


def pieces(corpus: Corpus, chance: np.random.Generator) -> tuple[NDArray[np.int64], Corpus]:
    """Runs of sentences out of comments, and the rows that they come from; nothing asked of them.

    No two are equal.
    """
    found: dict[str, int] = {}
    for row in np.flatnonzero(np.isin(corpus.sources, SOURCES)):
        sentences = _SENTENCE.findall(corpus.texts[row])
        for _ in range(min(MOST, len(sentences) - 1)):
            begin = int(chance.integers(len(sentences)))
            end = begin + int(chance.integers(1, SENTENCES + 1))
            words = "".join(sentences[begin:end]).split()
            if len(words) >= SHORTEST:
                found.setdefault(" ".join(words[:LONGEST]), int(row))
    rows = np.array(list(found.values()), np.int64)
    taken = corpus.taken(rows, list(found))
    taken.weights[:] = 0
    return rows, taken
