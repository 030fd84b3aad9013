"""Calm comments with one vile sentence put into them, rated as vile as that sentence is.

Readers label whole comments, and few of those they labelled are calm but for one sentence: a model
that learns from them lets ten calm sentences outvote it, and whoever knows that hides abuse among
them. Labels are not made up here, of which the model made too much; what is carried over is how the
sentence was rated.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.toxicity.loops import Floats
from moderation.training.corpus import ORDINARY, Corpus

BURIED = 5_000
_VILE = 1.69  # logit of a rating of toxicity of 85: the least that is vile
_CALM = -4.0  # logit of the teacher's highest opinion of what is calm
_LONGEST = 90  # characters of a vile sentence
_LENGTHS = 120, 600  # of a calm comment
_AFTER_SENTENCE = re.compile(r"(?<=[.!?\n])\s+|\Z")


def bury(
    corpus: Corpus,
    opinions: Floats,
    ratings: Floats,
    usable: NDArray[np.bool_],
    chance: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64], Corpus]:
    """Rows of the calm comments and of what was put into each, and what came of it, without labels.

    None where nothing is rated vile.

    Args:
        corpus: n texts.
        opinions: [n, heads] the teacher's logits.
        ratings: [n, heads] logits.
        usable: [n] texts that may be taken; not those that calibration looks at, nor their pieces.
        chance: Decides which, and where.
    """
    column = HEADS.index("toxicity")
    sizes = np.array([len(text) for text in corpus.texts])
    vile = np.flatnonzero(usable & (ratings[:, column] > _VILE) & (sizes <= _LONGEST))
    calm = usable & (corpus.sources == ORDINARY) & (opinions[:, column] < _CALM)
    calm &= (corpus.weights[:, column] > 0) & (corpus.targets[:, : len(HEADS)].max(axis=1) == 0)
    calm &= (sizes >= _LENGTHS[0]) & (sizes <= _LENGTHS[1])
    around = chance.permutation(np.flatnonzero(calm))[: BURIED if len(vile) else 0]
    within = chance.choice(vile, len(around))
    texts = [
        _put_into(corpus.texts[outer], corpus.texts[inner], chance)
        for outer, inner in zip(around, within, strict=True)
    ]
    made = corpus.taken(around, texts)
    made.weights[:] = 0
    return around, within, made


def _put_into(comment: str, sentence: str, chance: np.random.Generator) -> str:
    """A comment with a sentence before, between or after its own."""
    places = [0, *(found.end() for found in _AFTER_SENTENCE.finditer(comment))]
    at = int(chance.choice(places))
    ended = sentence.strip() if sentence.rstrip().endswith((".", "!", "?")) else f"{sentence}."
    return f"{comment[:at].rstrip()} {ended} {comment[at:]}".strip()
