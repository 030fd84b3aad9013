"""How texts are encoded, and what single words and names tell by themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.texts import Texts
from moderation.toxicity import Model
from moderation.toxicity.loops import DEPTH, FILTERS
from moderation.toxicity.network import root_of
from moderation.toxicity.tokens import tokens_of
from moderation.training import (
    recipe,
)
from moderation.training.corpus import QUESTIONS
from moderation.training.encoding import LEAST, LEXICON_ROWS, encode
from moderation.training.export import COMMON, export
from moderation.training.linear import Linear, fit_linear
from moderation.training.parameters import Parameters
from tests.training.corpora import CALM, RUDE, fitted


def test_encoding_repeats_what_scoring_reads() -> None:
    encoded = encode(Texts.of(["you idiot you", "", "sun!"]), 64)
    assert encoded.first.tolist() == [0, 3, 3, 5]
    assert encoded.kinds[0] == encoded.kinds[2] != encoded.kinds[1]
    assert (np.diff(encoded.hashes.astype(float)) >= 0).all()


def test_a_word_is_known_when_it_is_common() -> None:
    encoded = encode(Texts.of(["sun"] * LEAST + ["moon"] * (LEAST - 1)), 64)
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


def told_by_itself(texts: list[str], labels: list[bool]) -> tuple[Linear, dict[str, int]]:
    """A regression on some texts, and the row of every word in it."""
    folded = Texts.of(texts)
    encoded = encode(folded, recipe.GRAMS)
    vocabulary = encoded.vocabulary()
    columns = np.repeat(np.array(labels)[:, None], len(HEADS), 1)
    linear = fit_linear(encoded, vocabulary, np.arange(len(texts)), columns)
    _, found = tokens_of(folded.data, folded.offsets)
    words = [
        folded.data[begin : begin + size].tobytes().decode()
        for begin, size in zip(found.begins, found.sizes, strict=True)
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
