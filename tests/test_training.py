"""What training is made of: sources, copies, encoding, descent, calibration; and no leaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.errors import InputError
from moderation.evaluation.holdout import WRITTEN, leaks, load_evaluation_texts
from moderation.lexicon import Lexicon
from moderation.texts import Texts
from moderation.toxicity import Model
from moderation.toxicity.loops import DEPTH, FILTERS
from moderation.toxicity.network import root_of
from moderation.toxicity.tokens import tokens_of
from moderation.training import (
    contrasts,
    disguise,
    ensemble,
    identities,
    ratings,
    recipe,
    teacher,
    threats,
)
from moderation.training.buried import bury
from moderation.training.calibration import calibrate
from moderation.training.corpus import ORDINARY, QUESTIONS, SOURCES, Corpus
from moderation.training.encoding import LEAST, LEXICON_ROWS, encode
from moderation.training.export import COMMON, export
from moderation.training.linear import Linear, fit_linear
from moderation.training.marking import best_bound
from moderation.training.material import Material, gather, without
from moderation.training.parameters import Parameters
from moderation.training.pieces import pieces
from moderation.training.recipe import calibration_folds, fit

RUDE = ["you are an idiot", "what an idiot he is", "shut up you idiot", "idiot idiot idiot"]
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


# ------------------------------------------------------------------------------------------- copies


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


def test_exchanged_groups_are_of_the_same_kind() -> None:
    corpus = corpus_of(["the catholic church again"] * 40, ["no group here"])
    rows, copies = identities.exchanged(corpus, 100, np.random.default_rng(0))
    assert set(rows) == set(range(40))
    others = {re.fullmatch(r"the (.+) church again", text)[1] for text in copies.texts}
    assert others <= set(identities.GROUPS["religion"])
    assert len(others) > 3


# ----------------------------------------------------------------------------------------- encoding


def test_most_of_a_groups_name_is_what_the_names_of_its_kind_have_in_common() -> None:
    folded = Texts.of(["a gay, a lesbian and a muslim at a table"] * LEAST)
    encoded = encode(folded, recipe.GRAMS)
    vocabulary = encoded.vocabulary()
    keys = encoded.hashes[vocabulary]
    asked = Texts.of(["gay lesbian muslim table"])
    _, found = tokens_of(asked.data, asked.offsets)
    gay, lesbian, muslim, table = (int(np.flatnonzero(keys == key)[0]) for key in found.keys)
    alike = recipe.rows_alike(keys)
    assert any(set(rows) >= {gay, lesbian} and muslim not in rows for rows in alike)
    assert not any(table in rows for rows in alike)

    bias = np.zeros((1, len(QUESTIONS) + 2 * len(HEADS)))
    size = (len(vocabulary), recipe.GRAMS + LEXICON_ROWS, DEPTH, FILTERS)
    parameters = Parameters.random(*size, bias, 0)
    listened = np.zeros((2, len(HEADS)), np.float32)

    told = np.random.default_rng(0).normal(size=(len(vocabulary), len(HEADS))).astype(np.float32)
    linear = Linear(told, np.zeros(len(HEADS), np.float32))

    def held(alike: list[NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        made = export(encoded, vocabulary, recipe.GRAMS, parameters, 0, listened, linear, alike)
        return [made.words * made.word_scale, made.linear * made.linear_scale]

    for before, after in zip(held([]), held([np.array([gay, lesbian])]), strict=True):
        apart, nearer = (words[gay] - words[lesbian] for words in (before, after))
        np.testing.assert_allclose(nearer, apart * (1 - COMMON), atol=0.02 * np.abs(before).max())
        np.testing.assert_allclose(before[table], after[table], atol=0.02 * np.abs(before).max())


# --------------------------------------------------------------------------------------- contrasts


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
    swearing = frame.loc[harmless, "profanity"].mean()
    assert swearing > 0.25  # else the swearword would tell


def test_contrasts_that_are_not_there_are_a_mistake_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrasts, "LEARNT", tmp_path / "learnt.csv")
    with pytest.raises(InputError, match=r"learnt.csv: no comments to learn from; train in a"):
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


# -------------------------------------------------------------------------------------- regression


def told_by_itself(texts: list[str], labels: list[bool]) -> tuple[Linear, dict[str, int]]:
    """A regression on some texts, and the row of every word in it."""
    folded = Texts.of(texts)
    encoded = encode(folded, recipe.GRAMS)
    vocabulary = encoded.vocabulary()
    columns = np.repeat(np.array(labels)[:, None], len(HEADS), 1)
    linear = fit_linear(encoded, vocabulary, np.arange(len(texts)), columns)
    _, found = tokens_of(folded.data, folded.offsets)
    words = [
        folded.data[begin:end].tobytes().decode()
        for begin, end in zip(found.begins, found.ends, strict=True)
    ]
    rows = {int(key): row for row, key in enumerate(encoded.hashes[vocabulary])}
    return linear, {word: rows[key] for word, key in zip(words, found.keys.tolist(), strict=True)}


def test_what_a_word_tells_by_itself_adds_up_to_a_logit_that_tells_texts_apart() -> None:
    texts, labels = [*RUDE, *CALM] * LEAST, [*[True] * len(RUDE), *[False] * len(CALM)] * LEAST
    linear, rows = told_by_itself(texts, labels)
    assert linear.words[rows["idiot"]].min() > 1
    assert linear.words[rows["teacher"]].max() < 0
    for text, label in zip(texts, labels, strict=True):
        words = text.split()
        average = linear.words[[rows[word] for word in words]].sum(axis=0) / root_of(len(words))
        assert ((average + linear.bias > 0) == label).all()


def test_a_rare_word_tells_something_by_its_letters() -> None:
    texts = ["you idiot there"] * 30 + ["you teacher there"] * 30 + ["idiots teachers"] * LEAST
    labels = [True] * 30 + [False] * 30 + [False, True] * (LEAST // 2)
    linear, rows = told_by_itself(texts, labels)
    assert (linear.words[rows["idiots"]] > linear.words[rows["teachers"]] + 0.3).all()


def test_a_logit_is_the_networks_and_what_its_words_tell_by_themselves() -> None:
    text, weights = Texts.of(["he is an idiot"]), fitted().weights
    weights = replace(weights, direct=np.zeros_like(weights.direct))  # far from any bound
    without = replace(weights, linear=np.zeros_like(weights.linear))
    added = np.subtract(*(Model(each, "a", "0").logits(text)[0] for each in (weights, without)))
    _, found = tokens_of(text.data, text.offsets)
    rows = [int(np.flatnonzero(weights.keys == key)[0]) for key in found.keys]
    told = (weights.linear[rows] * weights.linear_scale).sum(axis=0) / root_of(len(rows))
    np.testing.assert_allclose(added, told, atol=0.01)
    assert np.abs(told).max() > 0.1


def test_encoding_repeats_what_scoring_reads() -> None:
    encoded = encode(Texts.of(["you idiot you", "", "sun!"]), 64)
    assert encoded.first.tolist() == [0, 3, 3, 5]
    assert encoded.kinds[0] == encoded.kinds[2] != encoded.kinds[1]
    assert (np.diff(encoded.hashes.astype(float)) >= 0).all()


def test_a_word_is_known_when_it_is_common() -> None:
    encoded = encode(Texts.of(["sun " * LEAST, "moon " * (LEAST - 1)]), 64)
    known = {int(encoded.hashes[kind]) for kind in encoded.vocabulary()}
    sun, moon = (int(encoded.hashes[kind]) for kind in encoded.kinds[[0, LEAST]])
    assert sun in known
    assert moon not in known


def test_a_word_of_the_lexicon_has_a_row_for_its_category() -> None:
    encoded = encode(Texts.of(["idiot teacher"]), 64)
    extra = [
        (encoded.rows[encoded.row_first[kind] : encoded.row_first[kind + 1]] >= 64).sum()
        for kind in encoded.kinds
    ]
    assert extra == [1, 0]


# ------------------------------------------------------------------------------------------ teacher


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
    with pytest.raises(InputError, match="no teacher's opinions"):
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


# ------------------------------------------------------------------------------------------ ratings


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
    with pytest.raises(InputError, match="no ratings"):
        ratings.load_ratings(rated, tmp_path / "none.npz")


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


def test_no_evaluation_text_was_rated(shared_data: Path) -> None:
    assert np.isnan(ratings.load_ratings(load_evaluation_texts(shared_data))).all()
    rated = np.isfinite(ratings.load_ratings(contrasts.read_contrasts().texts)).any(axis=1)
    assert rated.mean() > 0.9


def test_pieces_are_runs_of_a_comments_sentences_with_nothing_asked_of_them() -> None:
    long = "The first one is here. The second follows it! And a third? No more of them."
    corpus = corpus_of([long, "One sentence only, of some length."], CALM)
    rows, cut = pieces(corpus, np.random.default_rng(0))
    assert len(cut) == len(set(cut.texts)) > 1
    assert set(rows) == {0}
    assert all(text in long and len(text.split()) >= 3 for text in cut.texts)
    assert not cut.weights.any()
    assert not cut.natural.any()


@pytest.mark.parametrize("raised", [-20, 0, 20])
def test_the_bound_of_marking_is_found_wherever_the_values_lie(raised: int) -> None:
    marked = np.arange(10) == 9
    sources = [(0, byte, byte + 1) for byte in range(10)]
    bound = best_bound([marked], sources, np.arange(10, dtype=np.float32) + raised)
    assert 8 <= bound - raised < 9


# --------------------------------------------------------------------------------------- the files


@pytest.mark.slow
def test_every_source_is_read_and_asks_something(shared_data: Path) -> None:
    corpus = Corpus.read(shared_data)
    assert set(corpus.sources) == set(SOURCES)
    assert (corpus.weights.max(axis=1) > 0).all()
    assert (corpus.weights.max(axis=0) > 0).all()
    assert corpus.targets.min() >= 0
    assert corpus.targets.max() <= 1
    assert set(corpus.sources[corpus.natural]) == {ORDINARY}


@pytest.mark.slow
def test_no_evaluation_text_nor_a_near_duplicate_is_learnt_from(shared_data: Path) -> None:
    material, dropped = gather(shared_data)
    assert dropped
    assert np.isnan(ratings.load_ratings(sorted(dropped))).all()
    texts = sorted(set(material.corpus.texts))
    assert len(leaks(texts, load_evaluation_texts(shared_data))) == 0


@pytest.mark.slow
def test_what_is_buried_is_rated_and_nothing_that_calibrates_is_in_it(shared_data: Path) -> None:
    material, _ = gather(shared_data)
    buried = np.flatnonzero(material.buried)
    assert len(buried) > 4_000
    assert (material.ratings[buried, HEADS.index("toxicity")] > 1.6).all()
    assert not material.corpus.weights[buried].any()
    assert (material.origin[buried] == buried).all()
    natural = material.corpus.natural
    assert not natural[material.family[buried]].any()
    # What two people wrote alike (a signature, "replied on your page") is a line; these are more.
    held = [material.corpus.texts[row] for row in np.flatnonzero(natural)]
    within = "\0".join(material.corpus.texts[row] for row in buried)
    assert not any(text in within for text in held if len(text) > 60)
    bare, _ = gather(shared_data, with_ratings=False)
    assert not bare.buried.any()
    assert np.isnan(bare.ratings).all()
