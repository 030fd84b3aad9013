"""vaderSentiment's rules over the words of one text, in its order and with its quirks.

Each function is named after what it decides; the method of `SentimentIntensityAnalyzer` that it
repeats stands in its docstring. The factors are literals there and so they are here.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.sentiment.but import weigh
from moderation.sentiment.tables import (
    AT,
    BOOSTER,
    BUT,
    CAPITALS,
    DOUBT,
    EMPHASIS,
    KIND,
    LEAST,
    LEXICON,
    NEGATED,
    NEGATION,
    NEVER,
    NO,
    NOR,
    OF,
    OR,
    PHRASE_START,
    SO,
    THIS,
    VERY,
    WITHOUT,
    Row,
)
from moderation.sentiment.tokens import BEFORE

#: Where a phrase that sets the valence of a word may stand: the words from and to, as seen from
#: it. The last that is found counts.
_IDIOMS = np.array([(-3, -2), (-3, -1), (-2, -1), (-2, 0), (-1, 0), (0, 1), (0, 2)])
#: Where a phrase that boosts it may stand.
_BOOSTERS = np.array([(-3, -1), (-3, -2), (-2, -1)])
_NONE = -1


@compiled
def sentiments(
    tokens: NDArray[np.void],
    count: int,
    step: NDArray[np.uint8],
    phrases: NDArray[np.void],
    values: NDArray[np.float64],
) -> int:
    """Find what each word says: as its token's valence; returns how many are not neutral.

    Args:
        tokens: The words of a text, from `split`.
        count: How many.
        step: See `Tables`.
        phrases: See `Tables`.
        values: Gets the valences that are not zero, one behind the other, weighed around "but".
    """
    differs = _capitals_differ(tokens, count)
    found = 0
    before_but = _NONE
    for i in range(BEFORE, BEFORE + count):
        valence = 0.0
        kind_of = tokens[i].number == KIND and tokens[i + 1].number == OF
        if tokens[i].trait & LEXICON and not tokens[i].trait & BOOSTER and not kind_of:
            valence = _modified(tokens, i, differs)
            valence = _phrased(tokens, i, valence, step, phrases)
            valence *= _least(tokens, i)
        tokens[i].valence = valence
        if valence != 0:
            values[found] = valence
            found += 1
        if tokens[i].number == BUT and before_but == _NONE:
            before_but = found
    if before_but != _NONE:
        weigh(values[:found], before_but)
    return found


@compiled
def _capitals_differ(tokens: NDArray[np.void], count: int) -> bool:
    """Whether some of the words, but not all, are in capitals (`allcap_differential`)."""
    capitals = 0
    for i in range(BEFORE, BEFORE + count):
        if tokens[i].trait & CAPITALS:
            capitals += 1
    return 0 < capitals < count


@compiled
def _modified(tokens: NDArray[np.void], i: int, differs: bool) -> float:
    """What a word of the lexicon says after the words before it (`sentiment_valence`)."""
    valence = _own(tokens, i)
    valence += _capitals(tokens[i], valence, differs)
    valence = _after(tokens, i, 1, 1.0, valence, differs)
    valence = _after(tokens, i, 2, 0.95, valence, differs)
    return _after(tokens, i, 3, 0.9, valence, differs)


@compiled
def _capitals(token: Row, valence: float, differs: bool) -> float:
    """What a word adds to a valence, its own or a later word's, because it is in capitals."""
    if not differs or not token.trait & CAPITALS:
        return 0.0
    return EMPHASIS if valence > 0 else -EMPHASIS


@compiled
def _own(tokens: NDArray[np.void], i: int) -> float:
    """What the lexicon says of a word, or of its opposite where "no" stands before it."""
    first, second, third = tokens[i - 1].number, tokens[i - 2].number, tokens[i - 3].number
    number, ahead = tokens[i].number, tokens[i + 1].trait
    valence: float = tokens[i].valence
    if first == NO or second == NO or (third == NO and first in (OR, NOR)):
        return valence * NEGATED
    if number == NO and ahead & LEXICON:
        return 0.0
    return valence


@compiled
def _after(
    tokens: NDArray[np.void],
    i: int,
    back: int,
    fading: float,
    valence: float,
    differs: bool,
) -> float:
    """The valence of word `i` after the word so far before it has boosted and negated it."""
    token = tokens[i - back]
    boost = fading * _boost(token, valence, differs)
    if i - back < BEFORE or token.trait & LEXICON:
        return valence
    return (valence + boost) * _negation(tokens, i, back)


@compiled
def _boost(token: Row, valence: float, differs: bool) -> float:
    """What a word adds to the valence of a later one (`scalar_inc_dec`)."""
    if not token.trait & BOOSTER:
        return 0.0
    boost: float = token.boost
    return (boost if valence >= 0 else -boost) + _capitals(token, valence, differs)


@compiled
def _negation(tokens: NDArray[np.void], i: int, back: int) -> float:
    """What the word so far before word `i` multiplies its valence by (`_negation_check`)."""
    first, second, third = tokens[i - 1].number, tokens[i - 2].number, tokens[i - 3].number
    word = tokens[i - back]
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


@compiled
def _phrased(
    tokens: NDArray[np.void],
    i: int,
    valence: float,
    step: NDArray[np.uint8],
    phrases: NDArray[np.void],
) -> float:
    """The valence of word `i` in special phrases around it (`_special_idioms_check`)."""
    if i - 3 < BEFORE or tokens[i - 3].trait & LEXICON:
        return valence
    for k in range(len(_IDIOMS)):
        state = _state(tokens, i + _IDIOMS[k, 0], i + _IDIOMS[k, 1], step)
        if not math.isnan(phrases[state].idiom):
            valence = phrases[state].idiom
    for k in range(len(_BOOSTERS)):
        state = _state(tokens, i + _BOOSTERS[k, 0], i + _BOOSTERS[k, 1], step)
        valence += phrases[state].boost
    return valence


@compiled
def _least(tokens: NDArray[np.void], i: int) -> float:
    """What "least" before a word multiplies its valence by (`_least_check`)."""
    first, second = tokens[i - 1].number, tokens[i - 2].number
    return NEGATED if first == LEAST and second not in (AT, VERY) else 1.0


@compiled
def _state(tokens: NDArray[np.void], first: int, last: int, step: NDArray[np.uint8]) -> np.int64:
    """The state of the automaton of phrases after those words."""
    state = np.int64(PHRASE_START)
    for i in range(first, last + 1):
        state = np.int64(step[state, tokens[i].column])
    return state
