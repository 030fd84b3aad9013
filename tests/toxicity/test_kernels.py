"""The compiled kernels against the slow reference, on hostile texts too."""

from __future__ import annotations

import time
from operator import eq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.columns import HEADS
from moderation.instructions import LINE
from moderation.texts import Texts
from moderation.toxicity import Model
from moderation.toxicity.phrases import find
from moderation.toxicity.tokens import LONGEST, MOST_GRAMS, gram_rows
from moderation.toxicity.tokens import tokens_of as all_tokens
from tests.toxicity.reference import (
    ADVERSARIAL,
    GRAMS,
    plain_threats,
    random_weights,
    reference_grams,
    reference_hash,
    reference_logits,
    reference_threatens,
    reference_tokens,
    texts_strategy,
)


def tokens_of(text: str) -> list[tuple[bytes, int, int]]:
    texts = Texts.of([text])
    first, found = all_tokens(texts.data, texts.offsets)
    begins, sizes, ends = found.begins.tolist(), found.sizes.tolist(), found.ends.tolist()
    assert first.tolist() == [0, len(begins)]
    words = [
        texts.data[begin : begin + size].tobytes()
        for begin, size in zip(begins, sizes, strict=True)
    ]
    assert found.keys.tolist() == [reference_hash(word) for word in words]
    return list(zip(words, begins, ends, strict=True))


@pytest.mark.parametrize("text", ADVERSARIAL)
def test_tokens_are_those_of_the_reference(text: str) -> None:
    assert tokens_of(text) == reference_tokens(text)


@given(texts_strategy)
def test_tokens_of_any_text(text: str) -> None:
    text = Texts.of([text])[0]
    found = tokens_of(text)
    assert found == reference_tokens(text)
    assert all(len(word) <= LONGEST for word, _, _ in found)


@pytest.mark.parametrize("size", range(130))
def test_a_token_is_found_wherever_the_sixty_four_bytes_end_that_are_read_together(
    size: int,
) -> None:
    for text in ("don't!!" + "?" * 40 + "é" * 20, "it's 'so' \"it''s\" " + "x" * 32 + "'y"):
        for filler in (" ", "a ", "."):
            padded = (filler * size)[:size] + text
            assert tokens_of(padded) == reference_tokens(padded)


@pytest.mark.parametrize("words", [0, 1, *range(58, 68), *range(120, 134)])
def test_a_phrase_is_found_across_the_blocks_that_are_read_together(words: int) -> None:
    model = Model(random_weights(), "tiny", "0")
    phrases = sorted(plain_threats(), key=len)
    threats = [b" ".join(phrase).decode() for phrase in (phrases[0], phrases[-1])]
    calm = " ".join((["all", "well"] * words)[:words])
    texts = Texts.of([f" {calm} {threat} unheard" for threat in threats])
    expected = np.array([reference_logits(model.weights, text) for text in texts])
    assert all(reference_threatens(text) for text in texts)
    begins, ends = find(
        texts.data, texts.offsets, *all_tokens(texts.data, texts.offsets), model.network.phrases
    )
    found = [
        texts.data[begin:end].tobytes().decode() for begin, end in zip(begins, ends, strict=True)
    ]
    assert found == threats
    np.testing.assert_allclose(model.logits(texts), expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("times", [2, 3, 63, 64, 65, 127, 128, 129, 300])
@pytest.mark.parametrize("word", ["you", "idiot", "uvw", "!", "x" * LONGEST])
def test_what_is_said_again_at_once_counts_once(tiny: Model, word: str, times: int) -> None:
    once, often = tiny.logits(
        Texts.of([f"so {' '.join([word] * count)} sun" for count in (1, times)])
    )
    np.testing.assert_array_equal(once, often)


@pytest.mark.parametrize("word", ["a", "ab", "idiot", "é", "日本", "don't", "x" * LONGEST, "!!"])
def test_letter_groups_are_those_of_the_reference(word: str) -> None:
    data, rows = np.frombuffer(word.encode(), np.uint8), np.empty(MOST_GRAMS, np.int64)
    count = gram_rows(data, 0, len(data), GRAMS - 1, rows)
    assert rows[:count].tolist() == reference_grams(word.encode(), GRAMS)


@settings(deadline=None)
@given(st.lists(texts_strategy, max_size=4))
def test_logits_are_those_of_the_reference(strings: list[str]) -> None:
    model = Model(random_weights(), "tiny", "0")
    texts = Texts.of([*strings, *ADVERSARIAL])
    expected = np.array([reference_logits(model.weights, text) for text in texts])
    np.testing.assert_allclose(model.logits(texts), expected, rtol=1e-4, atol=1e-3)


def test_a_text_scores_the_same_whatever_stands_beside_it(tiny: Model) -> None:
    together = tiny.score(Texts.of(ADVERSARIAL))
    alone = np.concatenate([tiny.score(Texts.of([text])) for text in ADVERSARIAL])
    np.testing.assert_array_equal(together, alone)


def test_scores_are_probabilities(tiny: Model) -> None:
    scores = tiny.score(Texts.of(ADVERSARIAL))
    assert scores.shape == (len(ADVERSARIAL), len(HEADS))
    assert scores.dtype == np.float64
    assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize(
    "unit",
    [
        "fuck",
        "fuck ",
        "fuck you ",
        "!",
        "é",
        "a b. ",
        "break his ",
        "x" * (LONGEST + 1) + " ",
        "a b" + " " * 9_999,
    ],
)
def test_time_grows_with_the_text_and_no_faster(tiny: Model, unit: str) -> None:
    def seconds(size: int) -> float:
        texts = Texts.of([unit * (size // len(unit))])
        begin = time.perf_counter()
        tiny.score(texts)
        return time.perf_counter() - begin

    seconds(1000)
    assert seconds(1_000_000) < 2  # quadratic time would take hours


def test_no_threat_says_a_word_twice_at_once_for_that_is_one_token() -> None:
    assert not [phrase for phrase in plain_threats() if any(map(eq, phrase, phrase[1:]))]


def test_tables_begin_with_a_line_of_the_cache(tiny: Model) -> None:
    for table in (tiny.network.columns, tiny.network.products):
        assert table.ctypes.data % LINE == 0
        assert table.flags.c_contiguous
