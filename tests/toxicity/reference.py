"""The model's kernels once more, slow, in plain Python; and texts and weights to try them on."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from hypothesis import strategies as st

from moderation.columns import HEADS
from moderation.lexicon import Lexicon
from moderation.toxicity import marking
from moderation.toxicity.loops import DEPTH, FILTERS
from moderation.toxicity.phrases import threatening
from moderation.toxicity.tokens import LONGEST
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
    "ha ha ha",
    "ha ha! ha ha!! ! ! ha",
    "you " * 200 + "idiot " * 200,
    "well you " * 64,
    " ".join(["sun", "idiot"] * 63 + ["sun"] * 5 + ["idiot"]),
    " ".join(["sun", "idiot"] * 64 + ["idiot"] * 130),
    "idiots " * 128,
    " ".join("uvwxyz"[n % 6] * (n % 9 + 1) for n in range(200)),
]

texts_strategy = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*WORDS, "idiots", "x" * 31, "'", "\n"])).map(" ".join),
    st.text("aé😀' !x", max_size=120),
)


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


def reference_tokens(text: str) -> list[tuple[bytes, int, int]]:
    """The tokens of a text, and from where to where each is said, in bytes."""
    found: list[tuple[bytes, int, int]] = []
    for begin, end in _said(data := text.encode()):
        word = data[begin:end]
        if found and found[-1][0] == word:
            begin = found.pop()[1]
        found.append((word, begin, end))
    return found


def _said(data: bytes) -> list[tuple[int, int]]:
    """Bounds of all words, each time that they are said."""
    found, at = [], 0
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
    for word, _, _ in reference_tokens(text):
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
    words = [word for word, _, _ in reference_tokens(text)]
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
