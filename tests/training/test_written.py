"""What was written for training: contrasts, and rude words of the lexicon in others' places."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.errors import InputError
from moderation.evaluation.holdout import WRITTEN, leaks
from moderation.lexicon import Lexicon
from moderation.training import contrasts, listed
from moderation.training.corpus import ORDINARY, QUESTIONS, Corpus
from tests.training.corpora import corpus_of


def test_contrasts_are_learnt_with_harm_and_without_in_every_kind() -> None:
    frame = pd.read_csv(contrasts.LEARNT)
    corpus = contrasts.read_contrasts()
    assert corpus.texts == frame["text"].tolist()
    assert not frame["text"].duplicated().any()
    assert not frame.isna().any(axis=None)
    assert frame[list(contrasts.ASKED)].isin([0, 1]).all(axis=None)
    harmless = frame["toxicity"] == 0
    assert not frame.loc[harmless, ["insult", "threat"]].any(axis=None)
    harmed = frame.groupby("kind")["toxicity"].mean()
    assert harmed.between(0.45, 0.75).all()


def test_swearing_does_not_tell_where_contrasts_swear() -> None:
    frame = pd.read_csv(contrasts.LEARNT)
    swears = frame.groupby(["kind", "toxicity"])["profanity"].mean()
    for kind in ("joy", "things", "reclaimed"):
        assert swears[kind, 0] == pytest.approx(swears[kind, 1], abs=0.05)
        assert swears[kind, 0] > 0.35


def test_contrasts_that_are_not_there_are_a_mistake_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrasts, "LEARNT", tmp_path / "learnt.csv")
    with pytest.raises(InputError, match=r"learnt.csv: no such data file; work in a"):
        contrasts.read_contrasts()


def test_what_contrasts_are_asked_and_what_not() -> None:
    corpus = contrasts.read_contrasts()
    asked = {
        question
        for question, weight in zip(QUESTIONS, corpus.weights.T, strict=True)
        if weight.any()
    }
    assert asked == {*contrasts.ASKED, "severe_toxicity"}
    toxic = corpus.targets[:, HEADS.index("toxicity")] == 1
    severe = HEADS.index("severe_toxicity")
    assert not corpus.weights[toxic, severe].any()
    assert not corpus.targets[:, severe].any()
    assert set(corpus.sources) == {ORDINARY}
    assert not corpus.natural.any()


def test_no_held_out_contrast_nor_a_near_duplicate_is_learnt_from() -> None:
    held_out = pd.read_csv(WRITTEN / "held_out.csv")
    assert leaks(contrasts.read_contrasts().texts, held_out["text"].tolist()).empty
    assert held_out.groupby("kind")["harmful"].mean().eq(0.5).all()


PLAIN = Lexicon.load().plain_words()
ALIKE = [word for word, entry in PLAIN.items() if (entry.category, entry.severity) == ("insult", 3)]


def exchanged(texts: list[str]) -> tuple[Corpus, NDArray[np.int64], Corpus]:
    corpus = corpus_of(texts, ["Such a scumbag, but nobody called it rude."])
    rude = np.arange(len(texts))
    return corpus, *listed.exchanged(corpus, rude, np.random.default_rng(0))


def test_every_plain_word_of_a_kind_has_its_turns_in_a_comment_about_another() -> None:
    corpus, rows, copies = exchanged(["Such a scumbag, that Scumbag!"] * 400)
    said = [re.fullmatch(r"such a (.+), that \1!", text)[1] for text in copies.texts]  # type: ignore[index]
    assert pd.Series(said).value_counts().to_dict() == dict.fromkeys(ALIKE, listed.TURNS)
    assert set(rows) <= set(range(400))
    assert (np.diff(rows) >= 0).all()
    np.testing.assert_array_equal(copies.targets, corpus.targets[rows])
    assert not copies.natural.any()


def test_few_comments_have_few_copies_each_of_words_that_had_none() -> None:
    _, rows, copies = exchanged(["a scumbag"] * 9)
    assert pd.Series(rows).value_counts().eq(4).all()
    assert len(set(copies.texts)) == len(copies) < len(ALIKE)


@pytest.mark.parametrize(
    "text",
    ["a scumbag and an idiot", "what a pig", "scumbag " + "far from it " * 20, "a calm one"],
    ids=["two words", "often harmless", "long", "none"],
)
def test_no_rude_word_is_exchanged_where_it_is_not_what_tells(text: str) -> None:
    _, rows, copies = exchanged([text] * 3)
    assert len(rows) == len(copies) == 0
