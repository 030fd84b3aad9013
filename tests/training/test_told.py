"""The teacher's opinions and the ratings, as they are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moderation.columns import HEADS
from moderation.errors import InputError
from moderation.evaluation.holdout import load_evaluation_texts
from moderation.training import (
    contrasts,
    ratings,
    teacher,
)
from tests.training.corpora import CALM, RUDE, corpus_of


def test_opinions_come_back_to_a_twelfth_on_the_heads_that_it_is_heard_on(tmp_path: Path) -> None:
    corpus, path = corpus_of(RUDE, CALM), tmp_path / "opinions.npz"
    logits = np.random.default_rng(0).normal(-3, 3, (len(corpus), len(HEADS))).astype(np.float32)
    logits[2] = np.nan
    teacher.save_opinions(corpus, logits, path)
    kept = teacher.load_opinions(corpus, path)
    heard = np.isin(HEADS, teacher.HEARD)
    np.testing.assert_allclose(kept[:, heard], logits[:, heard], atol=1 / 24 + 1e-6)
    assert np.isnan(kept[:, ~heard]).all()


def test_opinions_on_other_texts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "opinions.npz"
    with pytest.raises(InputError, match="no such data file"):
        teacher.load_opinions(corpus_of(RUDE, CALM), path)
    teacher.save_opinions(corpus_of(RUDE, CALM), np.zeros((8, 6), np.float32), path)
    with pytest.raises(InputError, match="on other texts"):
        teacher.load_opinions(corpus_of(RUDE, CALM[::-1]), path)


def test_a_written_sentence_has_the_middle_opinion_on_comments_labelled_like_it() -> None:
    labelled, written = corpus_of(RUDE, CALM), corpus_of(["an oaf"], ["a nurse", "a ship"])
    written.weights[2] = 0
    opinions = np.repeat(np.array([1, 2, 9, np.nan, -7, -5, -1, np.nan])[:, None], len(HEADS), 1)
    granted = teacher.granted(written, labelled, opinions)
    heard = np.isin(HEADS, teacher.HEARD)
    np.testing.assert_array_equal(granted[:, heard], [[2, 2], [-5, -5], [np.nan, np.nan]])
    assert np.isnan(granted[:, ~heard]).all()


def test_ratings_come_back_as_logits_to_the_texts_that_have_them(tmp_path: Path) -> None:
    path, rated = tmp_path / "ratings.npz", ["an oaf", "a nurse", "an oaf", "\ud800 broken"]
    none = np.nan
    said = np.array([[80, 90, 0, none], [0, 2, 1, 3], [90, 94, 0, 9], [50, 50, none, none]])
    ratings.save_ratings(rated, said, path)
    logits = ratings.load_ratings(["a nurse", "a ship", "\ud800 broken", "an oaf"], path)
    shares = 100 / (1 + np.exp(-logits[:, [HEADS.index(head) for head in ratings.RATED]]))
    expected = [[0, 2, 1, 3], [none] * 4, [50, 50, none, none], [85, 92, 0, 9]]
    np.testing.assert_allclose(shares, expected, atol=0.7)
    assert np.isnan(logits[:, HEADS.index("profanity")]).all()
    with pytest.raises(InputError, match="no such data file"):
        ratings.load_ratings(rated, tmp_path / "none.npz")


def test_no_evaluation_text_was_rated(shared_data: Path) -> None:
    assert np.isnan(ratings.load_ratings(load_evaluation_texts(shared_data))).all()
    rated = np.isfinite(ratings.load_ratings(contrasts.read_contrasts().texts)).any(axis=1)
    assert rated.mean() > 0.9
