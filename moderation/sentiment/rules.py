"""vaderSentiment's rules over the words of one text, in its order and with its quirks.

Each function is named after what it decides; the method of `SentimentIntensityAnalyzer` that it
repeats stands in its docstring. The factors are literals there and so they are here.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, inlined
from moderation.sentiment.but import weigh
from moderation.sentiment.characters import CLASSES, LOWER, UPPER
from moderation.sentiment.plain import BEFORE, Scratch
from moderation.sentiment.tables import (
    AT,
    BOOSTER,
    BUT,
    DOUBT,
    EMPHASIS,
    KIND,
    LEAST,
    LEXICON,
    NEGATED,
    NEGATION,
    NEVER,
    NO,
    NO_PHRASE,
    NOR,
    OF,
    OR,
    PHRASE_START,
    SO,
    THIS,
    VERY,
    WITHOUT,
    Row,
    Tables,
)

#: Where a phrase that sets the valence of a word may stand: the words from and to, as seen from
#: it. The last that is found counts.
_IDIOMS = np.array([(-3, -2), (-3, -1), (-2, -1), (-2, 0), (-1, 0), (0, 1), (0, 2)])
#: Where a phrase that boosts it may stand.
_BOOSTERS = np.array([(-3, -1), (-3, -2), (-2, -1)])
_NONE = -1


@inlined
def sentiments(marked: int, count: int, tables: Tables, scratch: Scratch) -> int:
    """Find what each word says: as `Scratch.values`, weighed around "but", and their `places`.

    Returns:
        How many words are not neutral.
    """
    numbers, places, values = scratch.numbers, scratch.places, scratch.values
    differs = not _all_capitals(count, scratch)
    found = 0
    before_but = _NONE
    for k in range(marked):
        i = places[k]
        if numbers[i] == BUT:
            before_but = found if before_but == _NONE else before_but
            continue
        if tables.entries[numbers[i]].trait & BOOSTER or _is_kind_of(numbers, i):
            continue
        valence = _modified(i, differs, tables, scratch)
        valence = _phrased(i, valence, tables, scratch)
        valence *= _least(numbers, i)
        values[found], places[found] = valence, i
        found += valence != 0
    if before_but != _NONE:
        weigh(values[:found], before_but)
    return found


@inlined
def _all_capitals(count: int, scratch: Scratch) -> bool:
    """Whether all words are in capitals.

    Capitals of a word count where they differ from others (`allcap_differential`), which is to
    say: where not all are.
    """
    for i in range(BEFORE, BEFORE + count):  # noqa: SIM110  # all() of a generator is not compiled
        if not _in_capitals(i, scratch):
            return False
    return True


@borrowing
def _in_capitals(i: int, scratch: Scratch) -> bool:
    """What ``str.isupper`` says of a word."""
    classes, word = 0, i - BEFORE
    for at in range(scratch.bounds[2 * word], scratch.bounds[2 * word + 1]):
        classes |= CLASSES[scratch.text[at]]
        if classes & LOWER:
            return False
    return classes & UPPER != 0


@borrowing
def _is_kind_of(numbers: NDArray[np.uint16], i: int) -> bool:
    return bool(numbers[i] == KIND and numbers[i + 1] == OF)


@inlined
def _modified(i: int, differs: bool, tables: Tables, scratch: Scratch) -> float:
    """What a word of the lexicon says after the words before it (`sentiment_valence`)."""
    valence = _own(i, tables, scratch)
    valence += _capitals(i, valence, differs, scratch)
    valence = _after(i, 1, 1.0, valence, differs, tables, scratch)
    valence = _after(i, 2, 0.95, valence, differs, tables, scratch)
    return _after(i, 3, 0.9, valence, differs, tables, scratch)


@borrowing
def _capitals(i: int, valence: float, differs: bool, scratch: Scratch) -> float:
    """What a word adds to a valence, its own or a later word's, because it is in capitals."""
    if not differs or not _in_capitals(i, scratch):
        return 0.0
    return EMPHASIS if valence > 0 else -EMPHASIS


@borrowing
def _own(i: int, tables: Tables, scratch: Scratch) -> float:
    """What the lexicon says of a word, or of its opposite where "no" stands before it."""
    numbers = scratch.numbers
    first, second, third = numbers[i - 1], numbers[i - 2], numbers[i - 3]
    valence: float = tables.entries[numbers[i]].valence
    if first == NO or second == NO or (third == NO and first in (OR, NOR)):
        return valence * NEGATED
    if numbers[i] == NO and tables.entries[numbers[i + 1]].trait & LEXICON:
        return 0.0
    return valence


@borrowing
def _after(
    i: int,
    back: int,
    fading: float,
    valence: float,
    differs: bool,
    tables: Tables,
    scratch: Scratch,
) -> float:
    """The valence of word `i` after the word so far before it has boosted and negated it."""
    word = tables.entries[scratch.numbers[i - back]]
    if i - back < BEFORE or word.trait & LEXICON:
        return valence
    if word.trait & BOOSTER:
        boost = word.boost if valence >= 0 else -word.boost
        valence += fading * (boost + _capitals(i - back, valence, differs, scratch))
    return valence * _negation(i, back, word, scratch.numbers)


@borrowing
def _negation(i: int, back: int, word: Row, numbers: NDArray[np.uint16]) -> float:
    """What the word so far before word `i` multiplies its valence by (`_negation_check`)."""
    first, second, third = numbers[i - 1], numbers[i - 2], numbers[i - 3]
    first_intensifies = first in (SO, THIS)
    second_intensifies = second in (SO, THIS)
    if back == 2:
        if second == NEVER and first_intensifies:
            return 1.25
        if second == WITHOUT and first == DOUBT:
            return 1.0
    if back == 3:
        if (third == NEVER and second_intensifies) or first_intensifies:
            return 1.25
        if third == WITHOUT and (second == DOUBT or first == DOUBT):
            return 1.0
    return NEGATED if word.trait & NEGATION else 1.0


@inlined
def _phrased(i: int, valence: float, tables: Tables, scratch: Scratch) -> float:
    """The valence of word `i` in special phrases around it (`_special_idioms_check`)."""
    if i - 3 < BEFORE or tables.entries[scratch.numbers[i - 3]].trait & LEXICON:
        return valence
    if not _may_hold_a_phrase(i - 3, i + 1, tables, scratch):
        return valence
    for k in range(len(_IDIOMS)):
        state = _state(i + _IDIOMS[k, 0], i + _IDIOMS[k, 1], tables, scratch)
        if not math.isnan(tables.phrases[state].idiom):
            valence = tables.phrases[state].idiom
    for k in range(len(_BOOSTERS)):
        state = _state(i + _BOOSTERS[k, 0], i + _BOOSTERS[k, 1], tables, scratch)
        valence += tables.phrases[state].boost
    return valence


@inlined
def _may_hold_a_phrase(first: int, last: int, tables: Tables, scratch: Scratch) -> bool:
    """Whether two words that begin a phrase stand together from the one to the other."""
    states = np.int64(NO_PHRASE)
    for i in range(first, last):
        states |= _state(i, i + 1, tables, scratch)
    return bool(states != NO_PHRASE)


@inlined
def _state(first: int, last: int, tables: Tables, scratch: Scratch) -> np.int64:
    """The state of the automaton of phrases after those words."""
    state = np.int64(PHRASE_START)
    for i in range(first, last + 1):
        state = np.int64(tables.step[state, tables.entries[scratch.numbers[i]].column])
    return state


@borrowing
def _least(numbers: NDArray[np.uint16], i: int) -> float:
    """What "least" before a word multiplies its valence by (`_least_check`)."""
    first, second = numbers[i - 1], numbers[i - 2]
    return NEGATED if first == LEAST and second not in (AT, VERY) else 1.0
