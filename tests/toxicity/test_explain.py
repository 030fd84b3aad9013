"""Contributions add up to the logit; marks are whole tokens with the evidence for them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.columns import HEADS
from moderation.texts import Texts
from moderation.toxicity import Model, explain, marking
from tests.toxicity.reference import ADVERSARIAL, random_weights, reference_tokens, texts_strategy


@settings(deadline=None)
@given(st.lists(texts_strategy, min_size=1, max_size=3), st.sampled_from(HEADS))
def test_contributions_add_up_to_the_logit(strings: list[str], head: str) -> None:
    model = Model(random_weights(), "tiny", "0")
    texts = Texts.of([*strings, *ADVERSARIAL])
    bytewise = model.contributions(texts, head).astype(float)
    ends = np.concatenate([[0], np.cumsum(bytewise)])[texts.offsets]
    sums = np.diff(ends) + model.intercepts(texts, head)
    np.testing.assert_allclose(sums, model.logits(texts)[:, HEADS.index(head)], atol=1e-2)


def test_what_stands_between_tokens_contributes_nothing(tiny: Model) -> None:
    text = "you  are\nan idiot"
    contributions = tiny.contributions(Texts.of([text]), "insult")
    assert [contributions[i] for i, letter in enumerate(text) if letter.isspace()] == [0, 0, 0, 0]


@settings(deadline=None)
@given(st.lists(texts_strategy, max_size=4))
def test_marks_are_whole_tokens_in_order(strings: list[str]) -> None:
    model = Model(random_weights(), "tiny", "0")
    texts = Texts.of([*strings, *ADVERSARIAL])
    rows, begins, ends = model.mark(texts, "toxicity")
    assert len(rows) == len(begins) == len(ends)
    assert (np.diff(rows) >= 0).all()
    for row, begin, end in zip(rows, begins, ends, strict=True):
        tokens = reference_tokens(texts[int(row)])
        assert begin in [first for _, first, _ in tokens]
        assert end in [last for _, _, last in tokens]
        assert begin < end
    same = rows[1:] == rows[:-1]
    assert (begins[1:][same] >= ends[:-1][same]).all()


@settings(deadline=None)
@given(st.lists(texts_strategy, max_size=4), st.sampled_from(HEADS))
def test_marks_are_what_the_evidence_says(strings: list[str], head: str) -> None:
    model = Model(random_weights(), "tiny", "0")
    texts = Texts.of([*strings, *ADVERSARIAL])
    tokens = explain.Tokens(model.network, texts)
    telling = marking.told(tokens, model.weights.telling)
    evidence = marking.evidence(tokens, telling, HEADS.index(head)).astype(float)
    values = evidence @ model.weights.marking
    above = model.weights.marking_above[0]
    rows, begins, ends = model.mark(texts, head)
    marked = np.zeros(len(texts.data) + 1, np.int64)
    np.add.at(marked, texts.offsets[rows] + begins, 1)
    np.add.at(marked, texts.offsets[rows] + ends, -1)
    plain = np.abs(values - above) > 1e-3  # rounding decides about the others
    inside = np.cumsum(marked)[tokens.begins] > 0
    np.testing.assert_array_equal(inside[plain], (values > above)[plain])


def test_an_unknown_head_is_refused(tiny: Model) -> None:
    with pytest.raises(ValueError, match="not in"):
        tiny.contributions(Texts.of(["x"]), "rudeness")
