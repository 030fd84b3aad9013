"""The descent, its draws, what it listens to, and calibration."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from moderation.columns import HEADS
from moderation.texts import Texts
from moderation.training import (
    ensemble,
    recipe,
)
from moderation.training.calibration import calibrate, levelled
from moderation.training.corpus import Corpus
from moderation.training.marking import SPANS, best_bound, fit_marking
from moderation.training.material import Material
from moderation.training.recipe import calibration_folds
from tests.training.corpora import CALM, RUDE, corpus_of, fitted, fitted_to, material_of, unsaid


def test_the_network_learns_and_learns_the_same_twice() -> None:
    first, second = fitted(), fitted()
    assert first.digest == second.digest
    logits = first.logits(Texts.of(["he is an idiot", "he is a teacher"]))
    assert (logits[0] > logits[1] + 1).all()


def test_every_draw_learns_by_itself_and_differently() -> None:
    material = material_of(corpus_of(RUDE * 30, CALM * 30))
    folded = Texts.of(material.corpus.texts)
    together = fitted_to(material, [0, 1])
    alone = [fitted_to(material, [draw])[0] for draw in (0, 1)]
    assert [model.digest for model in together] == [model.digest for model in alone]
    assert together[0].digest != together[1].digest
    mean = (together[0].logits(folded) + together[1].logits(folded)) / 2
    np.testing.assert_allclose(ensemble.mean_logits(together, folded), mean, rtol=1e-6)


def test_an_ensemble_is_heard_on_rare_heads_and_of_a_copy_what_it_says_of_the_text() -> None:
    corpus = corpus_of(["you are an idiot"], ["you are a teacher", "you are an idoit", "a b"])
    opinions = np.full((4, len(HEADS)), -5, np.float32)
    family, buried = np.array([0, 1, 0, 3]), np.arange(4) == 3
    material = Material(corpus, 2, family, family, opinions, unsaid(4), buried)
    logits = np.arange(4 * len(HEADS), dtype=np.float32).reshape(4, -1)
    heard = ensemble.heard(material, logits).opinions
    for column, head in enumerate(HEADS):
        said = [*logits[[0, 1, 0], column], np.nan]
        expected = said if head in ensemble.HEARD else [-5] * 4
        np.testing.assert_array_equal(heard[:, column], expected)
    assert (material.opinions == -5).all()


def test_texts_left_out_are_not_learnt_from() -> None:
    left_out = np.arange(40) < 10
    orders = [recipe._order(np.arange(40), left_out, np.random.default_rng(0)) for _ in range(2)]
    assert set(orders[0]) == set(range(10, 40))
    np.testing.assert_array_equal(*orders)


def test_a_varied_copy_stands_in_for_its_text() -> None:
    origin = np.array([0, 1, 2, 0, 0, 2])
    for seed in range(20):
        order = recipe._order(origin, np.zeros(6, bool), np.random.default_rng(seed))
        assert sorted(origin[order]) == [0, 1, 2]


@pytest.mark.parametrize("said", ["opinions", "ratings"])
def test_an_opinion_moves_the_score_of_what_nobody_labelled(said: str) -> None:
    corpus = corpus_of(RUDE * 30, CALM * 30)
    unlabelled = corpus.taken(np.arange(60) % 2, ["the ferry runs", "a grey ferry"] * 30)
    unlabelled.weights[:] = 0
    scores = {}
    for opinion in (-4, 4):
        material = material_of(Corpus.joined([corpus, unlabelled]))
        getattr(material, said)[len(corpus) :, HEADS.index("insult")] = opinion
        (model,) = fitted_to(material)
        scores[opinion] = model.logits(Texts.of(["the grey ferry"]))[0, HEADS.index("insult")]
    assert scores[4] > scores[-4] + 2


def test_opinions_and_ratings_share_what_labels_leave() -> None:
    material = material_of(corpus_of(RUDE, CALM))
    material.opinions[0] = [1, np.nan, np.nan, 1, 1, 1]
    material.ratings[1] = [1, np.nan, 1, np.nan, 1, 1]
    part, whole = recipe.LISTENED / 2, recipe.LISTENED
    expected = [[part, 0, 0, whole, part, part], [part, 0, whole, 0, part, part]]
    np.testing.assert_allclose(recipe._listened(material), expected)


def test_folds_cover_the_natural_texts_alone() -> None:
    corpus = corpus_of(RUDE, CALM)
    corpus.natural[::2] = False
    folds = calibration_folds(corpus)
    assert (folds[::2] == -1).all()
    assert set(folds[1::2]) == set(range(recipe.FOLDS))


def test_calibration_recovers_slope_and_offset() -> None:
    chance = np.random.default_rng(0)
    logits = chance.normal(0, 3, (40_000, 1))
    labels = (chance.random(logits.shape) < 1 / (1 + np.exp(-(0.5 * logits - 1)))).astype(
        np.float32
    )
    slope, offset = calibrate(logits, labels)
    assert slope[0] == pytest.approx(0.5, abs=0.03)
    assert offset[0] == pytest.approx(-1, abs=0.05)


def test_what_the_folds_say_is_brought_to_the_level_of_the_last() -> None:
    chance = np.random.default_rng(0)
    last, held = chance.normal(-2, 3, (3000, 2)), np.arange(3000) % 3
    higher = np.array([[0.5, -0.2], [0.0, 0.3], [-1.0, 0.1]])
    said = np.array([last + by for by in higher])
    unlike = held[:, None] == np.arange(3)
    said[unlike.T] += 5  # of what one of them had not seen nothing is learnt
    level = levelled(said, last, held)
    np.testing.assert_allclose(level, last + 5)


def test_a_level_is_that_of_the_undecided() -> None:
    last, held = np.repeat([[0.0], [20.0]], 50, axis=0), np.arange(100) % 2
    said = np.stack([np.where(last > 10, last - 3, last + 1)] * 2)
    level = levelled(said, last, held)
    np.testing.assert_allclose(level[last < 10], 0, atol=1e-6)


def test_what_people_marked_is_marked_but_for_what_must_not_be_learnt_from(tmp_path: Path) -> None:
    sunny = [f"the sun is out today in ward {i}" for i in range(200)]
    texts = [*RUDE * 30, *CALM * 30, *sunny]
    words = ["idiot"] * (len(texts) - len(sunny)) + ["sun"] * len(sunny)
    spans = [
        [at for found in re.finditer(word, text) for at in range(*found.span())]
        for word, text in zip(words, texts, strict=True)
    ]
    pd.DataFrame({"text": texts, "spans": spans}).to_parquet(tmp_path / f"{SPANS}.parquet")
    network, asked = fitted(), ["he is an idiot", "the sun is out today"]
    for excluded in (set(), set(sunny)):
        model = fit_marking(network, tmp_path, excluded)
        found = zip(*model.mark(Texts.of(asked), "toxicity"), strict=True)
        marked = " ".join(asked[row][begin:end] for row, begin, end in found)
        assert "idiot" in marked
        assert ("sun" in marked) == (not excluded)


@pytest.mark.parametrize("raised", [-20, 0, 20])
def test_the_bound_of_marking_is_found_wherever_the_values_lie(raised: int) -> None:
    marked = np.arange(10) == 9
    sources = [(0, byte, byte + 1) for byte in range(10)]
    bound = best_bound([marked], sources, np.arange(10, dtype=np.float32) + raised)
    assert 8 <= bound - raised < 9
