"""vaderSentiment's lexicon, emoji and constants as arrays that a compiled kernel reads.

Everything comes from the installed package, once per process; nothing of it is kept here. Each
word that any rule asks about gets a number, so that the rules compare integers.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    N_SCALAR,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from moderation.sentiment.characters import BEHIND, glyphs
from moderation.sentiment.keys import filed, keys_of
from moderation.texts import Texts

#: The words that vaderSentiment names in its code, in the order of their numbers. The last stands
#: for every word with "n't" in it that no rule asks about otherwise.
RULE_WORDS = (
    "no", "or", "nor", "never", "so", "this", "without",
    "doubt", "least", "at", "very", "kind", "of", "but", "n't",
)  # fmt: skip
NO, OR, NOR, NEVER, SO, THIS, WITHOUT, DOUBT, LEAST, AT, VERY, KIND, OF, BUT, NT = range(1, 16)
#: The number of every word that no rule asks about.
OTHER = 0

#: What capitals add to a valence, and what a negation multiplies it by.
EMPHASIS: float = C_INCR
NEGATED: float = N_SCALAR

#: What a word is to the rules. MARKED are those that a rule starts from: the lexicon's, and "but".
LEXICON, BOOSTER, NEGATION, MARKED = 1, 2, 4, 8

#: From here on `Tables.glyph` is an emoji: so many more than the number of what describes it.
EMOJI = BEHIND

#: States of the automaton that reads phrases.
NO_PHRASE, PHRASE_START = 0, 1

#: A word, or the description of an emoji: where it is spelled; of a word also what it is to the
#: rules, its column in the automaton (0: it is in no phrase), its valence, and what it adds to the
#: valence of a word soon after it.
ENTRY = np.dtype(
    [
        ("valence", np.float64),
        ("boost", np.float64),
        ("begin", np.int32),
        ("end", np.int32),
        ("trait", np.uint8),
        ("column", np.uint8),
    ],
    align=True,
)
#: What the phrase that ends in a state means: a valence (NaN: none), or what it adds to one.
PHRASE = np.dtype([("idiom", np.float64), ("boost", np.float64)])

#: A row of such an array: numpy has no type that knows its fields.
Row = Any


class Tables(NamedTuple):
    """What the kernels look up.

    Attributes:
        glyph: uint16, by code point: the plain character that it becomes, or the emoji it is.
        spelled: uint8, the plain characters of the entries, end to end.
        entries: ENTRY, words by their number (from 1), then descriptions of emoji.
        keys: uint64, by number: the word's key.
        slots: uint16, the number of the word that has each slot; OTHER where free.
        step: uint8, by state and column: the next state of the automaton of phrases.
        phrases: PHRASE, by state.
    """

    glyph: NDArray[np.uint16]
    spelled: NDArray[np.uint8]
    entries: NDArray[np.void]
    keys: NDArray[np.uint64]
    slots: NDArray[np.uint16]
    step: NDArray[np.uint8]
    phrases: NDArray[np.void]


@functools.cache
def load() -> Tables:
    """The tables of the installed vaderSentiment, made at the first call (some 20 ms).

    Example:
        >>> entries = load().entries
        >>> float(entries["boost"][SO]), bool(entries["trait"][NO] & LEXICON)
        (0.293, True)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # codecs.open, from Python 3.14 on
        analyzer = SentimentIntensityAnalyzer()
    lexicon = analyzer.lexicon
    emoji = {char: text for char, text in analyzer.emojis.items() if len(char) == 1}
    words = ["", *_words(lexicon)]
    columns, step, phrases = _automaton()
    glyph = glyphs()
    described = ["".join(chr(glyph[ord(char)]) for char in text) for text in emoji.values()]
    texts = Texts.of([*words, *described])
    entries = np.zeros(len(texts), ENTRY)
    entries["begin"], entries["end"] = texts.offsets[:-1], texts.offsets[1:]
    of_words = entries[: len(words)]
    of_words["valence"] = [lexicon.get(word, 0.0) for word in words]
    of_words["boost"] = [BOOSTER_DICT.get(word, 0.0) for word in words]
    of_words["trait"] = _traits(words, lexicon)
    of_words["column"] = [columns.get(word, 0) for word in words]
    for number, char in enumerate(emoji, len(words)):
        glyph[ord(char)] = EMOJI + number
    keys = keys_of(texts.data, texts.offsets[: len(words) + 1])
    return Tables(glyph, texts.data, entries, keys, filed(keys), step, phrases)


def _words(lexicon: Mapping[str, float]) -> Iterator[str]:
    """Every word that a rule asks about and a text can hold, in the order of their numbers.

    A text is compared in lower case and split at white space, so an entry such as ":D" or
    "fed up" is never met; nor, in this lexicon, is any with a letter outside ASCII.
    """
    phrases = " ".join([*SPECIAL_CASES, *BOOSTER_DICT]).split()
    for word in dict.fromkeys([*RULE_WORDS, *lexicon, *phrases, *NEGATE]):
        if word.isascii() and word == word.lower() and word.split() == [word]:
            yield word


def _traits(words: list[str], lexicon: Mapping[str, float]) -> list[int]:
    negations = {*NEGATE, *(word for word in words if "n't" in word)}
    marked = {*lexicon, "but"}
    kinds = ((LEXICON, lexicon), (BOOSTER, BOOSTER_DICT), (NEGATION, negations), (MARKED, marked))
    return [sum(bit for bit, kind in kinds if word in kind) for word in words]


def _automaton() -> tuple[dict[str, int], NDArray[np.uint8], NDArray[np.void]]:
    """The automaton of all phrases of several words: columns by word, `step` and `phrases`."""
    known = [phrase for phrase in [*SPECIAL_CASES, *BOOSTER_DICT] if " " in phrase]
    columns = {word: i for i, word in enumerate(dict.fromkeys(" ".join(known).split()), 1)}
    states = {"": PHRASE_START}
    for phrase in known:
        words = phrase.split()
        for end in range(1, len(words) + 1):
            states.setdefault(" ".join(words[:end]), PHRASE_START + len(states))
    step = np.full((len(states) + 1, len(columns) + 1), NO_PHRASE, np.uint8)
    phrases = np.full(len(states) + 1, np.array((np.nan, 0.0), PHRASE))
    for phrase, state in states.items():
        before, _, last = phrase.rpartition(" ")
        if last:
            step[states[before], columns[last]] = state
        phrases[state]["idiom"] = SPECIAL_CASES.get(phrase, np.nan)
        phrases[state]["boost"] = BOOSTER_DICT.get(phrase, 0.0)
    return columns, step, phrases
