"""vaderSentiment's lexicon, emoji and constants as arrays that a compiled kernel reads.

Everything comes from the installed package, once per process; nothing of it is kept here. Each
word that any rule asks about gets a number, so that the rules compare integers.
"""

from __future__ import annotations

import functools
import string
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

from moderation.compiled import compiled
from moderation.texts import Texts

#: The words that vaderSentiment names in its code, in the order of their numbers.
RULE_WORDS = (
    "no", "or", "nor", "never", "so", "this", "without",
    "doubt", "least", "at", "very", "kind", "of", "but",
)  # fmt: skip
NO, OR, NOR, NEVER, SO, THIS, WITHOUT, DOUBT, LEAST, AT, VERY, KIND, OF, BUT = range(1, 15)
#: The number of every word that no rule asks about.
OTHER = 0

#: What capitals add to a valence, and what a negation multiplies it by.
EMPHASIS: float = C_INCR
NEGATED: float = N_SCALAR

#: What a word is to the rules. The first three are known of a word; CAPITALS, and NEGATION of a
#: word with "n't" in it, are seen as it stands in the text.
LEXICON, BOOSTER, NEGATION, CAPITALS = 1, 2, 4, 8

#: What a character is (`Tables.glyph`). The low bits hold the ASCII character that it becomes in
#: lower case, 0 where that is another; the high bits the entry that describes it, if an emoji.
LETTER = 0x7F
SPACE, PUNCTUATION, APOSTROPHE, UPPER, LOWER = (1 << bit for bit in range(7, 12))
EMOJI_SHIFT = 12

#: The key of a word before its first letter, and up to how many bytes the key *is* the word.
NO_LETTERS, EXACT = np.uint64(1), 9

#: States of the automaton that reads phrases.
NO_PHRASE, PHRASE_START = 0, 1

#: A word, or the description of an emoji: where it is spelled; of a word also its key, what it
#: is to the rules, its column in the automaton (0: it is in no phrase), its valence, and what it
#: adds to the valence of a word soon after it.
ENTRY = np.dtype(
    [
        ("valence", np.float64),
        ("boost", np.float64),
        ("key", np.uint64),
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

_CODE_POINTS = 0x110000
_CASED_BELOW = 0x20000  # no space or cased letter of Unicode stands above
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads keys over the slots


class Tables(NamedTuple):
    """What the kernels look up.

    Attributes:
        glyph: uint32, by code point: what the character is.
        spelled: uint8, the letters of the entries, end to end.
        entries: ENTRY, words by their number (from 1), then descriptions of emoji.
        slots: int32, words by key, with open addressing; OTHER where free.
        step: uint8, by state and column: the next state of the automaton of phrases.
        phrases: PHRASE, by state.
    """

    glyph: NDArray[np.uint32]
    spelled: NDArray[np.uint8]
    entries: NDArray[np.void]
    slots: NDArray[np.int32]
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
    texts = Texts.of([*words, *emoji.values()])
    entries = np.zeros(len(texts), ENTRY)
    entries["begin"], entries["end"] = texts.offsets[:-1], texts.offsets[1:]
    of_words = entries[: len(words)]
    of_words["valence"] = [lexicon.get(word, 0.0) for word in words]
    of_words["boost"] = [BOOSTER_DICT.get(word, 0.0) for word in words]
    of_words["trait"] = _traits(words, lexicon)
    of_words["column"] = [columns.get(word, 0) for word in words]
    glyph = _glyphs()
    for number, char in enumerate(emoji, len(words)):
        glyph[ord(char)] |= number << EMOJI_SHIFT
    slots = _filed(texts.data, of_words)
    return Tables(glyph, texts.data, entries, slots, step, phrases)


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
    kinds = ((LEXICON, lexicon), (BOOSTER, BOOSTER_DICT), (NEGATION, set(NEGATE)))
    return [sum(bit for bit, kind in kinds if word in kind) for word in words]


def _glyphs() -> NDArray[np.uint32]:
    """What every code point is, as this interpreter's `str` methods have it; without emoji."""
    glyph = np.zeros(_CODE_POINTS, np.uint32)
    chars = np.arange(_CASED_BELOW, dtype=np.uint32).view("U1")
    upper = np.strings.isupper(chars)
    title = np.strings.istitle(chars) & ~upper
    classes = (
        (SPACE, np.strings.isspace(chars)),
        (UPPER, upper),
        (LOWER, title | np.strings.islower(chars)),
    )
    for bit, members in classes:
        glyph[:_CASED_BELOW][members] |= bit
    for char in string.punctuation:
        glyph[ord(char)] |= PUNCTUATION
    glyph[ord("'")] |= APOSTROPHE
    for point in {*range(128), *np.flatnonzero(upper).tolist()}:
        lower = chr(point).lower()
        if lower.isascii():
            glyph[point] |= ord(lower)
    return glyph


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


@compiled
def extended(key: np.uint64, letter: int) -> np.uint64:
    """The key of a word with one letter more: the letters' 7 bits behind one another.

    The first bit of `NO_LETTERS` goes before them, so up to nine letters no two words share a
    key. More letters turn round on to the first; in the lexicon no two words share those either.
    """
    return (key << np.uint64(7) | key >> np.uint64(57)) ^ np.uint64(letter)


@compiled
def slot_of(key: np.uint64, slots: int) -> np.int64:
    """Where among a power of two of slots the search for a key begins."""
    return np.int64((key * _GOLDEN) >> np.uint64(32)) & (slots - 1)


@compiled
def _filed(spelled: NDArray[np.uint8], words: NDArray[np.void]) -> NDArray[np.int32]:
    """Give every word its key; returns `Tables.slots`.

    At most a quarter is taken: a word that is not there mostly costs one look.
    """
    size = 1
    while size < 4 * len(words):
        size *= 2
    slots = np.full(size, OTHER, np.int32)
    for number in range(1, len(words)):
        word = words[number]
        word.key = NO_LETTERS
        for at in range(word.begin, word.end):
            word.key = extended(word.key, spelled[at])
        slot = slot_of(word.key, size)
        while slots[slot] != OTHER:
            slot = (slot + 1) & (size - 1)
        slots[slot] = number
    return slots
