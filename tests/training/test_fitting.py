"""The gradients of the descent, compared with what a small change does to the loss."""

from __future__ import annotations

import numpy as np

from moderation.columns import HEADS
from moderation.texts import Texts
from moderation.toxicity.loops import DEPTH, FILTERS
from moderation.training import recipe
from moderation.training.encoding import LEAST, LEXICON_ROWS, encode
from moderation.training.fitting import descend
from moderation.training.parameters import Parameters, room_for
from tests.training.corpora import corpus_of, material_of

STEP = 2e-3


def test_every_gradient_is_what_a_small_change_does_to_the_loss() -> None:
    corpus = corpus_of(["some idiot wrote this rubbish about my town"], [])
    encoded = encode(Texts.of(corpus.texts * LEAST), recipe.GRAMS)
    vocabulary = encoded.vocabulary()
    source = np.zeros(len(corpus), np.int64)
    examples = recipe._examples(material_of(corpus), encoded, vocabulary, source)
    bias = np.full((1, examples.targets.shape[1] + 2 * len(HEADS)), -0.5)
    rows = recipe.GRAMS + LEXICON_ROWS
    parameters = Parameters.random(len(vocabulary), rows, DEPTH, FILTERS, bias, 0)
    room, one = room_for(parameters, 9), np.zeros(1, np.int64)

    def loss(squares: Parameters) -> float:
        """Of the text; at a rate of 0 nothing moves, and the squared gradients are left."""
        room.flat[:] = parameters.columns[:3].reshape(-1, DEPTH).T
        return descend(one, examples, parameters, squares, room, (0.0, 0.0), (0.0, 0.0), 0)

    squares = parameters.zeros()
    loss(squares)
    for array, squared in zip(parameters, squares, strict=True):
        values, ignored = array.reshape(-1), parameters.zeros()
        for at in np.argsort(squared, axis=None)[-5:]:
            was = values[at]
            values[at] = was + STEP
            above = loss(ignored)
            values[at] = was - STEP
            below = loss(ignored)
            values[at] = was
            gradient = np.sqrt(squared.reshape(-1)[at])
            np.testing.assert_allclose(abs(above - below) / (2 * STEP), gradient, rtol=0.02)
