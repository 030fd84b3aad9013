"""Which words to show a person for a score.

A linear rule over what the network makes of each token and of its neighbours (:mod:`.explain`),
learnt from comments whose toxic words people marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled, merged
from moderation.texts import Texts
from moderation.toxicity.explain import REACTION, Sums, Tokens
from moderation.toxicity.loops import LANES, Floats
from moderation.toxicity.network import Network
from moderation.toxicity.tokens import Integers

if TYPE_CHECKING:
    from moderation.toxicity.weights import Weights

Spans = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]

TELLING = 3  # columns of evidence that ask what words tell by themselves
COMPARED = 8  # columns of evidence that depend on the head
EVIDENCE = 3 * REACTION + TELLING + COMPARED
STEPS = 16  # what a word tells is kept in sixteenths of a logit
_ENOUGH = 3.0  # carrying more than this makes a word no more worth marking


def told(tokens: Tokens, telling: NDArray[np.int8]) -> Floats:
    """What is known of each token's word by itself, in logits; of an unknown one 0."""
    values: Floats = telling[tokens.rows].astype(np.float32) / np.float32(STEPS)
    values[tokens.rows < 0] = 0
    return values


def evidence(tokens: Tokens, telling: Floats, head: int) -> Floats:
    """What decides whether a token is marked, float32[tokens, EVIDENCE].

    The reaction to the token before, to it, and to the one after; what its word tells by itself
    (:func:`told`), beside the text's most telling word; what the token and its neighbours carry of
    the head's logit; how that compares with the text's weightiest token; the logit itself; and the
    text's length.
    """
    before, after = np.zeros_like(tokens.reaction), np.zeros_like(tokens.reaction)
    own = np.empty((len(tokens.begins), TELLING), np.float32)
    compared = np.empty((len(tokens.begins), COMPARED), np.float32)
    for text, intercept in enumerate(tokens.intercepts[:, head]):
        here = slice(tokens.first[text], tokens.first[text + 1])
        before[here][1:] = tokens.reaction[here][:-1]
        after[here][:-1] = tokens.reaction[here][1:]
        _tell(telling[here], own[here])
        _compare(tokens.carried[here, head], intercept, compared[here])
    return np.hstack([before, tokens.reaction, after, own, compared])


def marks(net: Network, weights: Weights, folded: Texts) -> Iterator[Spans]:
    """For one head after the other what :func:`mark` finds."""
    tokens = Tokens(net, folded)
    marked = np.empty((len(weights.bias), len(tokens.begins)), np.bool_)
    telling = told(tokens, weights.telling)
    known = (tokens.first, tokens.reaction, telling, tokens.carried, tokens.intercepts)
    _mark(*known, weights.marking, weights.marking_above[0], marked)
    return (_spans(folded, tokens, each) for each in marked)


def mark(net: Network, weights: Weights, folded: Texts, head: int) -> Spans:
    """Spans of the words that carry the score; see :meth:`moderation.toxicity.Model.mark`."""
    return list(marks(net, weights, folded))[head]


def _spans(folded: Texts, tokens: Tokens, marked: NDArray[np.bool_]) -> Spans:
    """Marked tokens as stretches of their texts' bytes, neighbours joined."""
    chosen = np.flatnonzero(marked)
    rows = np.searchsorted(tokens.first, chosen, "right") - 1
    apart = (np.diff(chosen, prepend=-2) > 1) | (np.diff(rows, prepend=-1) > 0)
    opens, closes = chosen[apart], chosen[np.roll(apart, -1)]
    base = folded.offsets[rows[apart]]
    begins, ends = tokens.begins[opens] - base, tokens.ends[closes] - base
    return rows[apart].astype(np.int32), begins.astype(np.int32), ends.astype(np.int32)


@merged
def _tell(telling: Floats, out: Floats) -> None:
    """The evidence of what the words of a text tell by themselves."""
    most = np.float32(-np.inf)
    for tells in telling:
        most = max(most, tells)
    for i in range(len(telling)):
        out[i, 0] = telling[i]
        out[i, 1] = telling[i] - most
        out[i, 2] = most


@merged
def _compare(carried: Sums, intercept: float, out: Floats) -> None:
    """The evidence that depends on the head, of the tokens of a text; see :func:`evidence`."""
    count = len(carried)
    most, logit, length = -np.inf, intercept, np.log(max(count, 1))
    for i in range(count):
        most = max(most, carried[i])
        logit += carried[i]
    for i in range(count):
        out[i, 0] = carried[i]
        out[i, 1] = carried[i - 1] if i else 0.0
        out[i, 2] = carried[i + 1] if i + 1 < count else 0.0
        out[i, 3] = min(carried[i], _ENOUGH)
        out[i, 4] = carried[i] - most
        out[i, 5] = most
        out[i, 6] = logit
        out[i, 7] = length


@merged
def _weigh(weights: Floats, first: int, reaction: Floats, token: int, sums: Floats) -> None:
    """Add a token's reaction, times some weights, to as many sums as a register holds."""
    for k in range(0, REACTION, LANES):
        for lane in range(LANES):
            sums[lane] += weights[first + k + lane] * reaction[token, k + lane]


@compiled
def _mark(
    first: Integers,
    reaction: Floats,
    telling: Floats,
    carried: Sums,
    intercepts: Sums,
    marking: Floats,
    above: float,
    marked: NDArray[np.bool_],
) -> None:
    """Whether each token is marked for each head, into ``marked`` [heads, tokens].

    Summed in one order: a product of matrices may differ with the number of their rows.
    """
    around, alone = marking[: 3 * REACTION], marking[3 * REACTION : -COMPARED]
    compared = marking[-COMPARED:]
    sums = np.empty(LANES, np.float32)
    for text in range(len(first) - 1):
        begin, end = first[text], first[text + 1]
        own = np.empty((end - begin, TELLING), np.float32)
        out = np.empty((end - begin, COMPARED), np.float32)
        values = np.zeros(end - begin)
        _tell(telling[begin:end], own)
        for i in range(begin, end):
            for k in range(TELLING):
                values[i - begin] += alone[k] * own[i - begin, k]
            sums[:] = 0
            for part in range(3):
                if begin <= i + part - 1 < end:
                    _weigh(around, part * REACTION, reaction, i + part - 1, sums)
            for lane in range(LANES):
                values[i - begin] += sums[lane]
        for head in range(len(marked)):
            _compare(carried[begin:end, head], intercepts[text, head], out)
            for i in range(end - begin):
                value = values[i]
                for k in range(COMPARED):
                    value += compared[k] * out[i, k]
                marked[head, begin + i] = value > above
