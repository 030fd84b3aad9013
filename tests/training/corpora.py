"""Small corpora and models that the tests of training share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.texts import Texts
from moderation.toxicity import Model
from moderation.training import (
    recipe,
)
from moderation.training.corpus import ORDINARY, QUESTIONS, Corpus
from moderation.training.encoding import encode
from moderation.training.material import Material
from moderation.training.recipe import fit

RUDE = [
    "you are an idiot",
    "what an idiot he is",
    "shut up you idiot",
    "an idiot and an idiot again",
]
CALM = [
    "you are a teacher",
    "what a teacher he is",
    "thank you all so much",
    "the sun is out today",
]


def corpus_of(rude: list[str], calm: list[str]) -> Corpus:
    """Texts labelled for all six heads alike."""
    texts = [*rude, *calm]
    targets = np.zeros((len(texts), len(QUESTIONS)), np.float32)
    targets[: len(rude), : len(HEADS)] = 1
    weights = np.zeros_like(targets)
    weights[:, : len(HEADS)] = 1
    weights[0, len(HEADS) :] = 1e-3  # every question is asked somewhere
    targets[0, len(HEADS) :] = 0.5
    sources = np.full(len(texts), ORDINARY)
    return Corpus(texts, targets, weights, sources, np.ones(len(texts), bool))


def material_of(corpus: Corpus) -> Material:
    own = np.arange(len(corpus))
    said, buried = unsaid(len(own)), np.zeros(len(own), bool)
    return Material(corpus, len(corpus), own, own, said, said.copy(), buried)


def unsaid(texts: int) -> NDArray[np.float32]:
    return np.full((texts, len(HEADS)), np.nan, np.float32)


def fitted_to(
    material: Material, draws: Sequence[int] = (0,), told: Callable[[str], object] = str
) -> list[Model]:
    encoded = encode(Texts.of(material.corpus.texts), recipe.GRAMS)
    nothing = np.zeros(len(material.corpus), bool)
    linear = recipe.regress(material, encoded, nothing)
    return fit(material, encoded, linear, nothing, draws, told)


def fitted() -> Model:
    material = material_of(corpus_of(RUDE * 30, CALM * 30))
    told: list[str] = []
    (model,) = fitted_to(material, told=told.append)
    assert len(told) == recipe.PASSES * recipe.PARTS
    return model
