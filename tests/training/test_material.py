"""What is learnt from: sources, copies, pieces, buried sentences; and no leaks."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from moderation.columns import HEADS
from moderation.evaluation.holdout import leaks, load_evaluation_texts, load_set
from moderation.lexicon import Lexicon
from moderation.training import card, disguise, identities, ratings, threats
from moderation.training.buried import bury
from moderation.training.corpus import ORDINARY, SOURCES, Corpus
from moderation.training.marking import SPANS
from moderation.training.material import Material, gather, without
from moderation.training.pieces import pieces
from tests.training.corpora import CALM, corpus_of, unsaid


def test_what_is_made_from_a_text_goes_with_it() -> None:
    texts = corpus_of(["one", "two"], ["piece of one", "copy of two", "piece of two"])
    opinions = np.arange(5 * len(HEADS), dtype=np.float32).reshape(5, -1)
    family = np.array([0, 1, 0, 1, 1])
    buried = np.arange(5) == 4
    material = Material(texts, 2, np.array([0, 1, 2, 1, 4]), family, opinions, -opinions, buried)
    left = without(material, np.array([0]))
    assert left.corpus.texts == ["two", "copy of two", "piece of two"]
    assert (left.labelled, left.origin.tolist(), left.family.tolist()) == (1, [0, 0, 2], [0, 0, 0])
    np.testing.assert_array_equal(left.opinions, opinions[[1, 3, 4]])
    np.testing.assert_array_equal(left.ratings, -left.opinions)
    assert left.buried.tolist() == [False, False, True]


def test_misspelling_keeps_the_first_letter_and_never_empties_a_word() -> None:
    chance = np.random.default_rng(0)
    for word in [form for form in Lexicon.load().forms() if " " not in form][:2000]:
        spelt = disguise.misspelt(word, chance)
        assert spelt[0] == word[0]
        assert len(spelt) >= min(2, len(word))


def test_only_rude_words_are_misspelt() -> None:
    corpus = corpus_of(["Only an idiot would write this sentence"] * 50, ["A calm sentence"])
    rows, copies = disguise.disguised(corpus, np.arange(51), np.random.default_rng(0))
    assert set(rows) <= set(range(50))
    for text in copies.texts:
        assert re.fullmatch(r"only an i.* would write this sentence", text)
        assert text != "only an idiot would write this sentence"
    assert not copies.natural.any()


def test_sentences_name_and_attack_groups_equally_often() -> None:
    corpus = identities.sentences(400, np.random.default_rng(0))
    attacks = corpus.targets[:, HEADS.index("toxicity")] > 0.5
    assert attacks.sum() == 200
    terms = [term for terms in identities.GROUPS.values() for term in terms]
    named = np.array(
        [any(re.search(rf"\b{term}\b", text) for term in terms) for text in corpus.texts]
    )
    assert named.mean() > 0.9
    assert "{" not in "".join(corpus.texts)


def test_some_sentences_name_two_groups() -> None:
    corpus = identities.sentences(400, np.random.default_rng(0), identities.OF_TWO)
    kind = corpus.targets[:, HEADS.index("toxicity")] < 0.5
    terms = "|".join(term for terms in identities.GROUPS.values() for term in terms)
    named = [
        len(re.findall(rf"\b({terms})\b", text))
        for text, harmless in zip(corpus.texts, kind, strict=True)
        if harmless
    ]
    assert np.mean(np.array(named) >= 2) > 0.9


def test_threats_stand_beside_as_many_harmless_sentences() -> None:
    corpus = threats.sentences(400, np.random.default_rng(0))
    again = threats.sentences(400, np.random.default_rng(0))
    assert corpus.texts == again.texts
    column = HEADS.index("threat")
    threatening = corpus.targets[:, column] > 0
    assert threatening.sum() == 200
    assert (corpus.weights[:, column] > 0).all()
    assert (corpus.targets[~threatening] == 0).all()
    phrases = [form for form, entry in Lexicon.load().forms().items() if entry.category == "threat"]
    for row in np.flatnonzero(threatening):
        assert any(phrase in corpus.texts[row] for phrase in phrases)


def test_threats_of_one_word_have_sentences_of_their_own() -> None:
    corpus = threats.sentences(60, np.random.default_rng(0), of_a_word=True)
    threatening = corpus.targets[:, HEADS.index("threat")] > 0
    assert threatening.sum() == 30
    words = [
        word for word, entry in Lexicon.load().plain_words().items() if entry.category == "threat"
    ]
    for word in words:
        assert any(word in text.split() for text in np.array(corpus.texts)[threatening])


def test_exchanged_groups_are_of_the_same_kind() -> None:
    corpus = corpus_of(["the catholic church again"] * 40, ["no group here"])
    rows, copies = identities.exchanged(corpus, 100, np.random.default_rng(0))
    assert set(rows) == set(range(40))
    others = {re.fullmatch(r"the (.+) church again", text)[1] for text in copies.texts}
    assert others <= set(identities.GROUPS["religion"])
    assert len(others) > 3


def test_a_vile_sentence_is_put_whole_between_the_sentences_of_a_calm_comment() -> None:
    calm = [f"See a.org/{i}. The road, 3.5 km, was closed last week. " * 3 for i in range(20)]
    corpus = corpus_of(["you oaf", "you lout!", "you dolt"], [*calm, "Too short."])
    opinions = np.full((len(corpus), len(HEADS)), -6, np.float32)
    opinions[3] = -1
    rated = unsaid(len(corpus))
    rated[:3, HEADS.index("toxicity")] = [3, 3, 1]
    usable = np.arange(len(corpus)) != 4
    around, within, made = bury(corpus, opinions, rated, usable, np.random.default_rng(0))
    assert sorted(around) == list(range(5, 23))
    assert set(within) == {0, 1}
    for text, outer, inner in zip(made.texts, around, within, strict=True):
        sentence = {"you oaf": "you oaf.", "you lout!": "you lout!"}[corpus.texts[inner]]
        before, after = text.split(sentence)
        assert f"{before.strip()} {after.strip()}".strip() == corpus.texts[outer].strip()
        assert before.strip()[-1:] in ("", ".")
    assert not made.weights.any()
    assert not made.natural.any()


def test_pieces_are_runs_of_a_comments_sentences_with_nothing_asked_of_them() -> None:
    long = "The first one is here. The second follows it! And a third? No more of them."
    corpus = corpus_of([long, "One sentence only, of some length."], CALM)
    rows, cut = pieces(corpus, np.random.default_rng(0))
    assert len(cut) == len(set(cut.texts)) > 1
    assert set(rows) == {0}
    assert all(text in long and len(text.split()) >= 3 for text in cut.texts)
    assert not cut.weights.any()
    assert not cut.natural.any()


@pytest.mark.slow
def test_every_source_is_read_and_asks_something(shared_data: Path) -> None:
    corpus = Corpus.read(shared_data)
    assert set(corpus.sources) == set(SOURCES)
    assert (corpus.weights.max(axis=1) > 0).all()
    assert (corpus.weights.max(axis=0) > 0).all()
    assert corpus.targets.min() >= 0
    assert corpus.targets.max() <= 1
    assert set(corpus.sources[corpus.natural]) == {ORDINARY}


@pytest.fixture(scope="module")
def gathered(shared_data: Path) -> tuple[Material, set[str]]:
    return gather(shared_data)


@pytest.mark.slow
def test_no_evaluation_text_nor_a_near_duplicate_is_learnt_from(
    shared_data: Path, gathered: tuple[Material, set[str]]
) -> None:
    material, dropped = gathered
    assert dropped
    assert np.isnan(ratings.load_ratings(sorted(dropped))).all()
    marked = set(load_set(shared_data, SPANS)["text"]) - dropped
    texts = sorted({*material.corpus.texts, *marked})
    assert len(leaks(texts, load_evaluation_texts(shared_data))) == 0


@pytest.mark.slow
def test_every_rating_is_of_a_text_that_is_learnt_from(gathered: tuple[Material, set[str]]) -> None:
    material, _ = gathered
    with np.load(ratings.RATINGS) as arrays:
        assert card._rated(material) == len(arrays["keys"])


@pytest.mark.slow
def test_what_is_buried_is_rated_and_nothing_that_calibrates_is_in_it(
    shared_data: Path, gathered: tuple[Material, set[str]]
) -> None:
    material, _ = gathered
    buried = np.flatnonzero(material.buried)
    assert len(buried) > 4_000
    assert (material.ratings[buried, HEADS.index("toxicity")] > 1.6).all()
    assert not material.corpus.weights[buried].any()
    assert (material.origin[buried] == buried).all()
    natural = material.corpus.natural
    assert not natural[material.family[buried]].any()
    held = [material.corpus.texts[row] for row in np.flatnonzero(natural)]
    within = "\0".join(material.corpus.texts[row] for row in buried)
    others = np.flatnonzero(~natural[material.family] & ~material.buried)
    elsewhere = "\0".join(material.corpus.texts[row] for row in others)
    # some were written twice, a warning pasted on two pages: the other one may be buried
    assert all(text in elsewhere for text in held if text in within)
    bare, _ = gather(shared_data, with_teacher=False, with_ratings=False)
    assert not bare.buried.any()
    assert np.isnan(bare.ratings).all()
    assert np.isnan(bare.opinions).all()
