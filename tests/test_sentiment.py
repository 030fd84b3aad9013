"""Sentiment equals vaderSentiment's, digit by digit, and takes time linear in the text.

The oracle is the installed `SentimentIntensityAnalyzer`, made to sum from left to right: from
Python 3.12 on the built-in `sum` makes up for rounding, so that the reference would depend on the
interpreter.
"""

from __future__ import annotations

import operator
import random
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment import vaderSentiment as vader  # noqa: N813  # a module, not a class

from moderation import sentiment
from moderation.sentiment import but, characters, kernels, keys, tables
from moderation.texts import Texts

Scores = tuple[float, ...]
Oracle = Callable[[str], Scores]

ANALYZER = vader.SentimentIntensityAnalyzer()
EMOJI = sorted(char for char in ANALYZER.emojis if len(char) == 1)
SPACES = [char for char in map(chr, range(0x3001)) if char.isspace()]


def summed(numbers: Iterable[float]) -> float:
    return reduce(operator.add, numbers, 0)


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    """The reference's four numbers, in our order."""

    def scores(text: str) -> Scores:
        polarity = ANALYZER.polarity_scores(text)
        return tuple(polarity[name] for name in ("compound", "neg", "neu", "pos"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vader, "sum", summed, raising=False)
        yield scores


def assert_equal(oracle: Oracle, texts: list[str]) -> None:
    """Every digit, and the sign of a zero: what `repr` shows."""
    found = sentiment.score(Texts.of(texts)).tolist()
    wrong = [
        (text, scores, expected)
        for text, scores in zip(texts, found, strict=True)
        if repr(scores) != repr(list(expected := oracle(text)))
    ]
    assert not wrong, f"{len(wrong)} of {len(texts)} differ, such as {wrong[0]}"


QUIRKS = {
    "emoji are described": ["I 😀 you", "😀", "so sad😢", "😀😀 😀", "fine\n😀", "🆗"],
    "what follows a description is stuck to it": ["we ❤️ it", "😍!", "😂bar", "💔, sadly", "👍🏽"],
    "emoji of several code points": ["🇩🇪 wins", "👨‍👩‍👧 love", "1️⃣"],
    "an emoji described with an exclamation mark": ["🆙 good", "🔛 🔛 🔛 🔛 🔛 bad"],
    "two characters keep their punctuation": ["no! good", "ok.", ":)", "(:", "'it'", "xD!", "<3"],
    "punctuation within stays": ["bad-good", "good/bad", "...good...", "'''great'''", "!!!"],
    "white space of all kinds": [f"not{char}good{char}{char}bad" for char in SPACES],
    "other blanks are no white space": ["not\u200bgood", "good\ufeff", "good\x00bad", "\x00"],
    "control characters": [
        "\x01 good",
        "\x02 GOOD",
        "\x03 GOOD bad",
        "\x00good not\x00 bad",
        "g\x0fod \x07) :)",
        "good\x7f",
    ],
    "capitals among others": ["GOOD day", "GOOD DAY", "a VERY bad day", "NOT good", "I LOVE it 😀"],
    "what counts as capitals": [":D good", "123 GOOD", "ΑΒΓ good", "ǅ GOOD", "ªBC good", "🅰 bad"],
    "letters outside ASCII": ["naïve good", "GÜNSTIG good", "ſad", "sad\u0307", "goo\u212a"],
    "the Kelvin sign becomes an ASCII letter": ["\u212aiss", "I li\u212ae it", "\u212aILL bill"],
    "the dotted capital I becomes two": ["\u0130diot idiot", "k\u0130ss"],
    "no": ["no good", "no", "no way good", "no x y good", "no x or good", "no x nor good", "no no"],
    "boosters": ["very good", "very x good", "very x y good", "VERY bad, so VERY sad", "very very"],
    "boosters before and after zero": ["NO way this bus stop is very good", "slightly good"],
    "kind of": ["kind of good", "he is kind of kind", "kind", "kind of", "KIND OF good", "a kind"],
    "a booster of several words": ["it was just enough good", "x sort of y good", "x sort of good"],
    "negations": ["not good", "not x good", "not x y good", "not x y z good", "cannot bad"],
    "n't anywhere": [
        "ain't good",
        "don'tish good",
        "n't good",
        "DON'T like",
        "xn'ty bad",
        "’t good",
    ],
    "never so": ["never so good", "never this good", "never x so good", "never so x good"],
    "so or this is enough": ["it was so good", "x y this good", "not x so good", "not x this bad"],
    "without doubt": ["without doubt good", "without doubt x good", "without x good", "without a"],
    "idioms only from the fourth word": [
        "the bomb",
        "x the bomb",
        "x y z the bomb",
        "x y the shit",
    ],
    "idioms around": [
        "a b c yeah right",
        "a b c kiss of death",
        "to die for it is good",
        "x bad ass",
    ],
    "idioms set to zero": ["we met at the bus stop good", "a b the bus stop", "at a bus stop, no"],
    "idioms behind a word of the lexicon": ["good a b the bomb", "a good b the bomb"],
    "least": [
        "least good",
        "the least good",
        "at least good",
        "very least good",
        "least least bad",
    ],
    "but": ["good but bad", "but good", "good but", "BUT", "good, but bad but good"],
    "but changes the first equal value": [
        "good but good",
        "good good but good good",
        "bad bad but good bad bad",
        "great good great but good great good bad",
        "a good good but not good good good 😀 good",
    ],
    "emphasis": [
        "good!",
        "good!!!!!",
        "bad?",
        "bad??",
        "bad???",
        "bad????",
        "!?",
        "good!?!?",
        "x!!",
    ],
    "nothing": ["", " ", "\n\t \u3000", "the", "a b c"],
    "compound of minus nothing": ["hopes hopeless", "x" * 50_000 + " not good bad"],
}


@pytest.mark.parametrize("texts", QUIRKS.values(), ids=QUIRKS.keys())
def test_quirk(oracle: Oracle, texts: list[str]) -> None:
    assert_equal(oracle, texts)


def test_every_entry_of_the_lexicon(oracle: Oracle) -> None:
    assert_equal(oracle, [*ANALYZER.lexicon, *(f"not {word}" for word in ANALYZER.lexicon)])


def test_no_word_that_is_all_but_an_entry(oracle: Oracle) -> None:
    """Of a long word both ends make the key, so the letters between them are what to change."""
    longest = [word for word in ANALYZER.lexicon if len(word) > 14]
    changed = [f"{word[:at]}q{word[at + 1 :]}" for word in longest for at in range(len(word))]
    assert_equal(oracle, [*changed, *(f"{word} {word[:8]}{word}" for word in longest)])


def test_every_emoji(oracle: Oracle) -> None:
    assert_equal(oracle, [*ANALYZER.emojis, *(f"very{char}good" for char in ANALYZER.emojis)])


@pytest.mark.parametrize("text", ["good \ud83d bad", "\ude00", "so \udfff\udfff good"])
def test_lone_surrogate_is_a_character_that_means_nothing(oracle: Oracle, text: str) -> None:
    assert sentiment.score(Texts.of([text])).tolist() == [list(oracle(text))]


PIECES: dict[str, list[str]] = {
    "lexicon": sorted(ANALYZER.lexicon),
    "negation": [*vader.NEGATE, "no", "least", "n't", "won't've"],
    "booster": sorted(vader.BOOSTER_DICT),
    "rule": list(tables.RULE_WORDS),
    "but": ["but", "But", "BUT"],
    "idiom": sorted({*vader.SPECIAL_CASES, *" ".join(vader.SPECIAL_CASES).split()}),
    "emoji": [*EMOJI, "❤️", "👍🏽", "🇫🇷"],
    "emoticon": [":)", ":-(", ";)", ":D", "xD", "<3", "</3", ":-Þ", "O_o"],
    "filler": [
        "the",
        "day",
        "seven",
        "é",
        "naïve",
        "ΣΑΣ",
        "\u0130",
        "\u212aelvin",
        "x",
        "don",
        "1",
    ],
    "common": ["good", "bad", "great", "good", "bad"],
    "punctuation": ["!", "?", "...", ",", "!!!", "??", "'", "-"],
}
AROUND = ["", "", "", "", ",", ".", "!", "?", '"', "(", "'s", "…", "“"]
BETWEEN = [" ", " ", " ", " ", " ", "  ", "\n", "", "\t", "\u00a0", "\u2003", "😀", "-"]
CASES: list[Callable[[str], str]] = [str, str, str, str, str.upper, str.title, str.swapcase]


def generated(texts: int, seed: int) -> list[str]:
    """Texts of all that a rule looks at, in any order."""
    draw = random.Random(seed)  # noqa: S311  # a seed gives the same texts again
    kinds = list(PIECES.values())

    def piece() -> str:
        word = draw.choice(CASES)(draw.choice(draw.choice(kinds)))
        return draw.choice(AROUND) + word + draw.choice(AROUND) + draw.choice(BETWEEN)

    return ["".join(piece() for _ in range(draw.randrange(1, 30))) for _ in range(texts)]


def test_generated_texts(oracle: Oracle) -> None:
    assert_equal(oracle, generated(2_000, seed=1))


@pytest.mark.slow
def test_a_hundred_thousand_generated_texts(oracle: Oracle) -> None:
    assert_equal(oracle, generated(100_000, seed=2))


LABELLED = ("vader_ground_truth", "tweet_sentiment_dev", "civil_graded")


def labelled(folder: Path, name: str) -> list[str]:
    column = pq.read_table(folder / f"{name}.parquet", columns=["text"])["text"]
    return [text for text in column.to_pylist() if text is not None]


@pytest.mark.parametrize("name", LABELLED)
def test_a_sample_of_real_texts(oracle: Oracle, shared_data: Path, name: str) -> None:
    assert_equal(oracle, labelled(shared_data, name)[::37][:500])


@pytest.mark.slow
@pytest.mark.parametrize("name", LABELLED)
def test_all_real_texts(oracle: Oracle, shared_data: Path, name: str) -> None:
    assert_equal(oracle, labelled(shared_data, name))


ANY_PIECE = st.sampled_from([piece for pieces in PIECES.values() for piece in pieces])
ANY_TEXT = st.text() | st.lists(ANY_PIECE | st.text(max_size=4)).map(" ".join)


@settings(deadline=None, max_examples=300)
@given(texts=st.lists(ANY_TEXT, max_size=5))
def test_any_texts_equal_the_reference(oracle: Oracle, texts: list[str]) -> None:
    assert_equal(oracle, texts)


@settings(deadline=None)
@given(texts=st.lists(ANY_TEXT, max_size=5))
def test_a_batch_scores_as_its_texts_do_alone(texts: list[str]) -> None:
    alone = [sentiment.score(Texts.of([text]))[0].tolist() for text in texts]
    assert sentiment.score(Texts.of(texts)).tolist() == alone


def test_a_slice_of_a_longer_buffer() -> None:
    texts = Texts.of(["good", "bad 😀", "fine"])
    part = Texts(texts.data, texts.offsets[1:3])
    assert sentiment.score(part).tolist() == sentiment.score(Texts.of(["bad 😀"])).tolist()


# What each word says


class Word(NamedTuple):
    begin: int
    end: int
    valence: float


def words(text: str) -> list[Word]:
    """The words of one text, which stands among others."""
    found = sentiment.words(Texts.of(["so good 😀", text, "bad"]))
    columns = (found.begin, found.end, found.valence)
    here = [column[found.row == 1].tolist() for column in columns]
    return [Word(*each) for each in zip(*here, strict=True)]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("", []),
        ("the day", []),
        ("good", [("good", 1.9)]),
        ("It is (good).", [("good", 1.9)]),
        ("Ça ira: “well”, glad! glad", [("glad", 2.0), ("glad", 2.0)]),
        ("kind of sad 😢", [("sad", -2.1), ("😢", -2.1)]),
        ("héé 😀bar and x :)", [("😀", 1.5), (":)", 2.0)]),
        ("we met 😠bad", [("😠", -2.3)]),
        ("glad but alright", [("glad", 2.0 * 0.5 * 0.5), ("alright", 1.0)]),
    ],
)
def test_words(text: str, marked: list[tuple[str, float]]) -> None:
    found = [(text[word.begin : word.end], word.valence) for word in words(text)]
    assert found == marked


@settings(deadline=None)
@given(ANY_TEXT.map(lambda text: text.replace("!", "").replace("?", "")))
def test_words_lie_in_the_text_and_sum_to_its_compound(text: str) -> None:
    found = words(text)
    assert all(0 <= word.begin < word.end <= len(text) for word in found)
    assert [word.begin for word in found] == sorted(word.begin for word in found)
    assert all(not char.isspace() for word in found for char in text[word.begin : word.end])
    if not any(char in text for char in "🆙🔛"):  # described as "UP! button" and "ON! arrow"
        total = vader.normalize(summed(word.valence for word in found))
        assert sentiment.score(Texts.of([text]))[0, 0] == round(total, 4)


# The parts


def test_characters_are_what_str_says() -> None:
    chars = [chr(point) for point in range(sys.maxunicode + 1)]
    plain = characters.glyphs()
    for bit, is_so in (
        (characters.SPACE, str.isspace),
        (characters.UPPER, str.isupper),
        (characters.LOWER, lambda char: char.islower() or (char.istitle() and not char.isupper())),
        (characters.PUNCTUATION, frozenset(string.punctuation).__contains__),
    ):
        expected = np.fromiter(map(is_so, chars), bool)
        np.testing.assert_array_equal(characters.CLASSES[plain] & bit != 0, expected)
    for char, becomes in zip(chars, map(chr, plain.tolist()), strict=True):
        if becomes >= "\t":  # and so is itself, in one case or the other, or a blank
            assert becomes.lower() == char.lower() or (becomes == " " and char.isspace()), char
        else:
            assert not char.lower().isascii() or char < "\t", char


def test_no_entry_with_a_letter_outside_ascii_can_be_met() -> None:
    met = [word for word in ANALYZER.lexicon if word == word.lower() and not word.isascii()]
    assert met == []


def test_keys_differ_and_stand_in_one_of_their_slots() -> None:
    known = tables.load()
    assert len(np.unique(known.keys)) == len(known.keys) > 7_000
    taken = np.flatnonzero(known.slots)
    assert sorted(known.slots[taken].tolist()) == list(range(1, len(known.keys)))
    for slot, key in zip(taken.tolist(), known.keys[known.slots[taken]], strict=True):
        assert slot in keys.slots_of(key)


def test_descriptions_hold_no_emoji() -> None:
    assert not set("".join(ANALYZER.emojis[char] for char in EMOJI)) & set(EMOJI)


def slowly_weighed(values: list[float], before: int) -> list[float]:
    """`_but_check` as it stands: with the values of a text and how many stand before the "but"."""
    words = ["word"] * before + ["but"] + ["word"] * (len(values) - before)
    edited = [*values[:before], 0.0, *values[before:]]
    edited = ANALYZER._but_check(words, edited)
    return [*edited[:before], *edited[before + 1 :]]


@settings(deadline=None)
@given(
    values=st.lists(
        st.sampled_from([1.0, 1.5, 2.0, 2.25, 3.0, 4.5, -1.0, -0.5, 0.75]), max_size=60
    ),
    before=st.integers(0, 60),
)
def test_values_around_but(values: list[float], before: int) -> None:
    before = min(before, len(values))
    weighed = np.array(values, float)
    but.weigh(weighed, before)
    assert weighed.tolist() == slowly_weighed(values, before)


@settings(deadline=None, max_examples=1_000)
@given(
    digits=st.sampled_from([3, 4]),
    value=st.floats(-1, 1)
    | st.integers(-(2**12), 2**12).map(lambda n: n / 2**12)  # ties, exactly
    | st.integers(-20_000, 20_000).map(lambda n: n / 20_000),  # ties, nearly
)
def test_rounding_is_pythons(digits: int, value: float) -> None:
    assert repr(float(kernels.rounded(value, 10.0**digits))) == repr(round(value, digits))


# Hostile texts

HOSTILE = {
    "emoji": "😀",
    "emoji and words": "😍good",
    "one word": "a",
    "one word of the lexicon": "good",
    "words around but": "good but ",
    "words after but": "but good not bad so great ",
    "no": "no ",
    "punctuation": "!",
    "punctuation and letters": "!a!",
    "apostrophes": "n'",
    "spaces": " ",
    "wide spaces": "\u3000x",
    "capitals": "GOOD bad ",
}


def seconds(text: str) -> float:
    """Processor time that a text takes, the least of some."""
    texts = Texts.of([text])
    times = []
    for _ in range(5):
        begin = time.process_time()
        sentiment.score(texts)
        times.append(time.process_time() - begin)
    return min(times)


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    times = 60_000 // len(piece.encode())
    assert seconds(piece * times * 8) < 8 * 4 * max(seconds(piece * times), 0.0002)


def test_words_of_a_hostile_text_take_linear_time_too() -> None:
    assert len(words("good but 😀 " * 20_000)) == 40_000


# The package


def test_scoring_needs_no_network_and_warns_of_nothing() -> None:
    script = (
        "import sys; from moderation import sentiment; from moderation.texts import Texts\n"
        "sentiment.score(Texts.of(['fine 😀'])); print('requests' in sys.modules)"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
