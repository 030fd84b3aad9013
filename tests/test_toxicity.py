"""The compiled kernels against slow plain Python; weights on disk; explanations; hostile texts."""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.columns import HEADS
from moderation.errors import ModelError
from moderation.lexicon import Lexicon
from moderation.texts import Texts
from moderation.toxicity import Model, explain, marking
from moderation.toxicity.loops import DEPTH, FILTERS
from moderation.toxicity.phrases import threatening
from moderation.toxicity.tokens import LONGEST, MOST_GRAMS, gram_rows
from moderation.toxicity.tokens import tokens_of as all_tokens
from moderation.toxicity.weights import Weights

GRAMS = 64
WORDS = ["you", "are", "an", "idiot", "and", "sun", "café", "日本", "😀", "!!", ".", "don't"]
ADVERSARIAL = [
    "",
    "somebody should break his legs tomorrow",
    "break his break his legs",
    "by the neck until",
    "by the neck",
    "burn him alive, burn him alive",
    "you are dead ones",
    " \t\n",
    "a",
    "'",
    "it's 'quoted' rock'n'roll'",
    "called''so called's's 'n''t",
    "!!!???...!",
    "é" * 40,
    "letters's eighth's sevenths' eighthly'' '",
    "x" * 8 + " " + "x" * 16 + "'s " + "é" * 4 + "'",
    "x" * (LONGEST - 1) + "é" + "y" * 40,
    "x" * (LONGEST - 1) + "'" + "y" * 40,
    "x" * (LONGEST - 2) + "😀" * 9,
    "you are an idiot",
    "you\x00are\x7fan\u202eidiot",
    "\ufffd\ufffd",
    "😀😀😀 you!!!",
    "日本日本日本日本日本日本日本日本日本日本日本",
    "-" * 100,
    "\u200b\u200d\u0301a\u0301",
    "you idiot ! " * 150,
    "you " * 64,
    "idiots " * 128,
    " ".join("uvwxyz"[n % 6] * (n % 9 + 1) for n in range(200)),
]


# ---------------------------------------------------------------------- the reference, plain Python


def mixed(value: int) -> int:
    value = ((value ^ (value >> 32)) * 0x9E3779B97F4A7C15) % 2**64
    return value ^ (value >> 32)


def fnv(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return mixed(value)


def reference_hash(word: bytes) -> int:
    """Of a token: eight bytes after eight, the first lowest, to the first that are not all of it."""
    if not is_letter(word[0]):
        return mixed(word[0] | len(word) << 8)
    value = 0
    for at in range(0, min(len(word) + 1, LONGEST), 8):
        value = mixed(value ^ int.from_bytes(word[at : at + 8], "little"))
    return value


def is_letter(byte: int) -> bool:
    return byte >= 0x80 or bytes([byte]).isalnum()


def reference_tokens(text: str) -> list[tuple[int, int]]:
    """Bounds of the tokens of a text, in bytes."""
    data, found, at = text.encode(), [], 0
    while at < len(data):
        if data[at] <= 0x20 or data[at] == 0x7F:
            at += 1
            continue
        end = at + 1
        if not is_letter(data[at]):
            while end < len(data) and data[end] == data[at] and end - at < LONGEST:
                end += 1
        else:
            while end < len(data) and end - at < LONGEST:
                joined = data[end] == 0x27 and end + 1 < len(data) and is_letter(data[end + 1])
                if not (is_letter(data[end]) or joined):
                    break
                end += 1
            while end < len(data) and data[end] & 0xC0 == 0x80:
                end -= 1
        found.append((at, end))
        at = end
    return found


def reference_grams(word: bytes, rows: int) -> list[int]:
    """Rows of a token's letter groups of three to five bytes, borders included."""
    if not is_letter(word[0]):
        return []
    edged = b" " + word + b" "
    groups = [edged[begin : begin + size] for begin in range(len(edged) - 2) for size in (3, 4, 5)]
    begins = [begin for begin in range(len(edged) - 2) for _ in range(3)]
    sizes = (3, 4, 5) * (len(edged) - 2)
    fitting = [
        group
        for group, begin, size in zip(groups, begins, sizes, strict=True)
        if begin + size <= len(edged)
    ]
    return [fnv(group) & (rows - 1) for group in fitting]


def reference_root(tokens: int) -> float:
    return math.sqrt(tokens + 4) if tokens <= 50 else math.sqrt(54) * tokens / 50


def reference_logits(weights: Weights, text: str) -> np.ndarray:
    """Logits of one text, in whole numbers of 1/1024 up to the peaks, as the kernel has them."""
    unit = np.float32(1 / 1024)
    filters = len(weights.thresholds)
    columns = np.hstack([weights.columns.reshape(-1, 3 * filters), weights.direct]) / unit
    rows = {int(key): row for row, key in enumerate(weights.keys)}
    products = []
    for begin, end in reference_tokens(text):
        word = text.encode()[begin:end]
        known = reference_hash(word) in rows
        if known:
            row = rows[reference_hash(word)]
            embedding = weights.words[row].astype(np.float32) * weights.word_scale
        else:
            grams = reference_grams(word, len(weights.grams))
            total = weights.grams[grams].astype(np.float32).sum(axis=0, dtype=np.float32)
            embedding = total * weights.gram_scale / np.sqrt(np.float32(max(len(grams), 1)))
        sums = np.zeros(columns.shape[1], np.float32)
        for d in range(len(embedding)):
            sums += embedding[d] * columns[d]
        units = reference_units(sums)
        if known:
            units[3 * filters :] += np.rint(weights.linear[row] * (weights.linear_scale / unit))
        products.append(reference_units(units))
    none = np.zeros(columns.shape[1])
    padded = [none, *products, none]
    thresholds = reference_units(weights.thresholds / unit)
    peaks = np.zeros(filters)
    for before, here, after in zip(padded, padded[1:], padded[2:], strict=False):
        left, middle, right = before[:filters], here[filters:], after[2 * filters :]
        peaks = np.maximum(peaks, left + middle[:filters] + right[:filters] + thresholds)
    direct = sum((product[3 * filters :] for product in products), none[3 * filters :])
    spoken = weights.spoken if reference_threatens(text) else 0
    averages = direct * unit / reference_root(len(products))
    return weights.bias + spoken + averages + peaks @ (weights.answers * unit)


def reference_units(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), -10_900, 10_900)


@cache
def plain_threats() -> set[tuple[bytes, ...]]:
    forms = Lexicon.load().forms().items()
    plain = [form for form, entry in forms if entry.category == "threat" and not entry.ambiguous]
    return {tuple(form.encode().split()) for form in plain if " " in form}


def reference_threatens(text: str) -> bool:
    words = [text.encode()[begin:end] for begin, end in reference_tokens(text)]
    runs = (tuple(words[at : at + size]) for at in range(len(words)) for size in range(2, 6))
    return any(run in plain_threats() for run in runs)


def random_weights(seed: int = 0) -> Weights:
    chance = np.random.default_rng(seed)

    def floats(*shape: int) -> np.ndarray:
        return chance.normal(size=shape).astype(np.float32)

    words = [reference_hash(word.encode()) for word in WORDS]
    phrases, whole = threatening()
    return Weights(
        keys=np.array(words, np.uint64),
        words=chance.integers(-127, 128, (len(WORDS), DEPTH)).astype(np.int8),
        word_scale=np.full(DEPTH, 0.01, np.float32),
        linear=chance.integers(-127, 128, (len(WORDS), len(HEADS))).astype(np.int8),
        linear_scale=np.full(len(HEADS), 0.02, np.float32),
        grams=chance.integers(-127, 128, (GRAMS, DEPTH)).astype(np.int8),
        gram_scale=np.full(DEPTH, 0.01, np.float32),
        columns=floats(DEPTH, 3, FILTERS),
        direct=floats(DEPTH, len(HEADS)),
        thresholds=floats(FILTERS),
        answers=floats(FILTERS, len(HEADS)),
        bias=floats(len(HEADS)),
        phrases=phrases,
        whole=whole,
        spoken=floats(len(HEADS)),
        slope=np.ones(len(HEADS)),
        offset=np.zeros(len(HEADS)),
        telling=chance.integers(-127, 128, len(WORDS)).astype(np.int8),
        marking=floats(marking.EVIDENCE),
        marking_above=np.zeros(1, np.float32),
    )


@pytest.fixture(scope="module")
def tiny() -> Model:
    return Model(random_weights(), "tiny", "0")


def tokens_of(text: str) -> list[tuple[int, int]]:
    texts = Texts.of([text])
    first, found = all_tokens(texts.data, texts.offsets)
    bounds = list(zip(found.begins.tolist(), found.ends.tolist(), strict=True))
    assert first.tolist() == [0, len(bounds)]
    words = [texts.data[begin:end].tobytes() for begin, end in bounds]
    assert found.keys.tolist() == [reference_hash(word) for word in words]
    return bounds


texts_strategy = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*WORDS, "idiots", "x" * 31, "'", "\n"])).map(" ".join),
    st.text("aé😀' !x", max_size=120),
)


# ------------------------------------------------------------------------------------------ kernels


@pytest.mark.parametrize("text", ADVERSARIAL)
def test_tokens_are_those_of_the_reference(text: str) -> None:
    assert tokens_of(text) == reference_tokens(text)


@given(texts_strategy)
def test_tokens_of_any_text(text: str) -> None:
    text = Texts.of([text])[0]
    found = tokens_of(text)
    assert found == reference_tokens(text)
    assert all(end - begin <= LONGEST for begin, end in found)


@pytest.mark.parametrize("size", range(130))
def test_a_token_is_found_wherever_the_sixty_four_bytes_end_that_are_read_together(
    size: int,
) -> None:
    for text in ("don't!!" + "?" * 40 + "é" * 20, "it's 'so' \"it''s\" " + "x" * 32 + "'y"):
        for filler in (" ", "a ", "."):
            padded = (filler * size)[:size] + text
            assert tokens_of(padded) == reference_tokens(padded)


@pytest.mark.parametrize("words", range(58, 68))
def test_a_phrase_is_found_across_the_blocks_that_are_read_together(words: int) -> None:
    model = Model(random_weights(), "tiny", "0")
    phrases = sorted(plain_threats(), key=len)
    threats = [b" ".join(phrase).decode() for phrase in (phrases[0], phrases[-1])]
    texts = Texts.of([f"{'well ' * words}{threat} unheard" for threat in threats])
    expected = np.array([reference_logits(model.weights, text) for text in texts])
    assert all(reference_threatens(text) for text in texts)
    np.testing.assert_allclose(model.logits(texts), expected, rtol=1e-4, atol=1e-3)


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


@pytest.mark.parametrize("unit", ["fuck", "fuck ", "!", "é", "a b. "])
def test_time_grows_with_the_text_and_no_faster(tiny: Model, unit: str) -> None:
    def seconds(size: int) -> float:
        texts = Texts.of([unit * (size // len(unit))])
        begin = time.perf_counter()
        tiny.score(texts)
        return time.perf_counter() - begin

    seconds(1000)
    assert seconds(1_000_000) < 2  # quadratic time would take hours


# ------------------------------------------------------------------------------------- explanations


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
        bounds = reference_tokens(texts[int(row)])
        assert begin in [bound[0] for bound in bounds]
        assert end in [bound[1] for bound in bounds]
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


# ------------------------------------------------------------------------------------------ on disk


def test_weights_come_back_as_they_were(tmp_path: Path) -> None:
    digest = random_weights().save(tmp_path, "tiny", "7", HEADS)
    model = Model.load(tmp_path)
    assert (model.name, model.version, model.digest) == ("tiny", "7", digest)
    assert model.identity == f"tiny@7 {digest[:12]}"
    assert model.heads == HEADS


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        random_weights().save(tmp_path / name, "tiny", "0", HEADS)
    first, second = ((tmp_path / name / "weights.npz").read_bytes() for name in ("a", "b"))
    assert first == second


def with_header(folder: Path, **changes: object) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


DAMAGE = {
    "no header": (lambda folder: (folder / "model.json").unlink(), "no such model file"),
    "no arrays": (lambda folder: (folder / "weights.npz").unlink(), "no such model file"),
    "torn arrays": (
        lambda folder: (folder / "weights.npz").write_bytes(
            (folder / "weights.npz").read_bytes()[:500]
        ),
        "damaged",
    ),
    "not arrays": (lambda folder: (folder / "weights.npz").write_text("x"), "damaged"),
    "not JSON": (lambda folder: (folder / "model.json").write_text("{"), "damaged"),
    "a list": (lambda folder: (folder / "model.json").write_text("[]"), "damaged"),
    "no name": (lambda folder: (folder / "model.json").write_text('{"format": 1}'), "damaged"),
    "heads of nothing": (lambda folder: with_header(folder, heads=None), "scores None"),
    "another digest": (lambda folder: with_header(folder, sha256="0" * 64), "digest"),
    "another format": (lambda folder: with_header(folder, format=99), "of format 99"),
    "other heads": (lambda folder: with_header(folder, heads=["rudeness"]), "rudeness"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_model_says_what_is_wrong_and_how_to_mend_it(what: str, tmp_path: Path) -> None:
    random_weights().save(tmp_path, "tiny", "0", HEADS)
    damage, message = DAMAGE[what]
    damage(tmp_path)
    with pytest.raises(ModelError, match=message) as caught:
        Model.load(tmp_path)
    assert caught.value.mend


@pytest.mark.parametrize("name", ["columns", "word_scale", "whole", "marking"])
def test_arrays_that_do_not_go_together_are_refused(name: str, tmp_path: Path) -> None:
    weights = random_weights()
    replace(weights, **{name: getattr(weights, name)[..., :-1]}).save(tmp_path, "tiny", "0", HEADS)
    with pytest.raises(ModelError, match=f"weights' {name}"):
        Model.load(tmp_path)


def test_whatever_byte_is_another_the_model_is_damaged(tmp_path: Path) -> None:
    random_weights().save(tmp_path, "tiny", "0", HEADS)
    file = tmp_path / "weights.npz"
    whole, chance = file.read_bytes(), np.random.default_rng(0)
    for at in chance.integers(len(whole), size=200):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        try:
            weights, _ = Weights.load(tmp_path)
        except ModelError:
            continue
        assert weights.digest() == random_weights().digest()


def test_one_changed_number_is_another_digest() -> None:
    weights = random_weights()
    other = replace(weights, bias=weights.bias + np.float32(1e-6))
    assert weights.digest() != other.digest()


# ------------------------------------------------------------------------------ the packaged model

JUDGED = [
    ("you are an idiot", "insult", 0.5, 1.0),
    ("what a fucking disgrace of a newspaper", "profanity", 0.5, 1.0),
    ("i will come to your house and kill you", "threat", 0.3, 1.0),
    ("somebody should break their legs, and soon.", "threat", 0.2, 1.0),
    ("thank you for this thoughtful article", "toxicity", 0.0, 0.1),
    ("i am a gay man and i liked this film", "toxicity", 0.0, 0.4),
    ("as a muslim i disagree with the author", "toxicity", 0.0, 0.4),
    ("the bus to scunthorpe leaves at nine", "toxicity", 0.0, 0.4),
    ("", "toxicity", 0.0, 0.3),
]


@pytest.fixture(scope="module")
def packaged() -> Model:
    return Model.load()


@pytest.mark.parametrize(("text", "head", "low", "high"), JUDGED)
def test_the_packaged_model_judges(
    packaged: Model, text: str, head: str, low: float, high: float
) -> None:
    assert low <= packaged.score(Texts.of([text]))[0, HEADS.index(head)] <= high


VILE = "you are a disgusting worthless piece of shit."
CALM = "the council met on monday and discussed the budget for the new library. "


def test_one_vile_sentence_shows_in_a_long_comment(packaged: Model) -> None:
    calm, within = packaged.score(Texts.of([CALM * 5, CALM * 2 + VILE + " " + CALM * 2]))[:, 0]
    assert within > 10 * calm


def test_one_vile_sentence_does_not_drown_in_a_long_comment(packaged: Model) -> None:
    alone, within = packaged.score(Texts.of([VILE, CALM * 2 + VILE + " " + CALM * 2]))[:, 0]
    assert within > 0.5 * alone


def test_the_packaged_model_marks_the_rude_word(packaged: Model) -> None:
    text = "the mayor is an idiot and everybody knows it"
    _, begins, ends = packaged.mark(Texts.of([text]), "toxicity")
    assert "idiot" in " ".join(text[b:e] for b, e in zip(begins, ends, strict=True))
