"""Which tokens a score comes from, and which words to show a person for it.

The same forward pass as :mod:`moderation.toxicity.network`, token by token, remembering where each
filter had its peak. Slower, and only for texts that somebody looks at. All heads are worked out
together: they look at the same tokens through the same filters.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.texts import Texts
from moderation.toxicity.network import (
    LANES,
    UNIT,
    Network,
    Products,
    multiply_unknown,
    root_of,
    row_of,
)
from moderation.toxicity.phrases import find
from moderation.toxicity.tokens import token
from moderation.toxicity.weights import Weights

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
Sums = NDArray[np.float64]
Spans = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]

COMPARED = 8  # columns of evidence that depend on the head
EVIDENCE = LANES + COMPARED  # columns of evidence beside the filters'
_ENOUGH = 3.0  # carrying more than this makes a word no more worth marking
_NOWHERE = -1  # the place of a peak that no token reaches


class Tokens:
    """Every token of some texts, and what it means to the network.

    Attributes:
        first: int64[n + 1], where each text's tokens begin.
        begins: int64[tokens], first byte of each token in the buffer.
        ends: int64[tokens], one past its last byte.
        reaction: float32[tokens, K + LANES], each filter's value with the token in the middle, and
            each direct product.
        carried: float64[tokens, heads], what each token adds to the logits.
        intercepts: float64[n, heads], the part of each text's logits that no token carries.
    """

    def __init__(self, net: Network, folded: Texts) -> None:
        self.first = _count(folded.data, folded.offsets)
        size, filters, heads = int(self.first[-1]), len(net.thresholds), len(net.bias)
        self.begins = np.empty(size, np.int64)
        self.ends = np.empty(size, np.int64)
        self.reaction = np.empty((size, filters + LANES), np.float32)
        self.carried = np.empty((size, heads), np.float64)
        self.intercepts = np.empty((len(folded), heads), np.float64)
        made = (self.begins, self.ends, self.reaction, self.carried, self.intercepts)
        _fill(net, folded.data, folded.offsets, self.first, *made)
        self._speak(net, folded)

    def _speak(self, net: Network, folded: Texts) -> None:
        """Spread what a text's first threatening phrase adds evenly over its tokens."""
        begins, ends = find(folded.data, folded.offsets, net.phrases, net.opens)
        for text in np.flatnonzero(begins < ends):
            first, last = np.searchsorted(self.begins, (begins[text], ends[text]))
            self.carried[first:last] += net.spoken / (last - first)


def contributions(net: Network, folded: Texts, head: int) -> tuple[Floats, Sums]:
    """Per byte of the buffer what it adds to the logit, and per text what no byte does."""
    tokens = Tokens(net, folded)
    out = np.zeros(len(folded.data), np.float32)
    lengths = tokens.ends - tokens.begins
    starts = np.repeat(tokens.begins - np.cumsum(lengths) + lengths, lengths)
    shares = tokens.carried[:, head] / lengths
    out[starts + np.arange(lengths.sum())] = np.repeat(shares, lengths)
    return out, tokens.intercepts[:, head]


def evidence(tokens: Tokens, head: int) -> Floats:
    """What decides whether a token is marked, float32[tokens, K + EVIDENCE].

    The token's reaction; what the token and its neighbours carry of the head's logit; how that
    compares with the text's most telling token; the logit itself; and the text's length.
    """
    compared = np.empty((len(tokens.begins), COMPARED), np.float32)
    for text, intercept in enumerate(tokens.intercepts[:, head]):
        here = slice(tokens.first[text], tokens.first[text + 1])
        _compare(tokens.carried[here, head], intercept, compared[here])
    return np.hstack([tokens.reaction, compared])


def marks(net: Network, weights: Weights, folded: Texts) -> Iterator[Spans]:
    """For one head after the other what :func:`mark` finds."""
    tokens = Tokens(net, folded)
    marked = np.empty((len(weights.bias), len(tokens.begins)), np.bool_)
    known = (tokens.first, tokens.reaction, tokens.carried, tokens.intercepts)
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


@compiled
def _count(data: Bytes, offsets: Integers) -> Integers:
    """Where each text's tokens begin in a list of all tokens, [texts + 1]."""
    first = np.zeros(len(offsets), np.int64)
    for text in range(len(offsets) - 1):
        first[text + 1] = first[text]
        at = offsets[text]
        while True:
            begin, at, _ = token(data, at, offsets[text + 1])
            if begin == at:
                break
            first[text + 1] += 1
    return first


@compiled
def _fill(
    net: Network,
    data: Bytes,
    offsets: Integers,
    first: Integers,
    begins: Integers,
    ends: Integers,
    reaction: Floats,
    carried: Sums,
    intercepts: Sums,
) -> None:
    """Fill the arrays of :class:`Tokens`, text by text."""
    longest = 0
    for text in range(len(first) - 1):
        longest = max(longest, first[text + 1] - first[text])
    products = np.empty((longest + 1, net.products.shape[1]), np.int16)
    places = np.empty(len(net.thresholds), np.int32)
    for text in range(len(first) - 1):
        begin, end = first[text], first[text + 1]
        stop = offsets[text + 1]
        _read(net, data, offsets[text], stop, begins[begin:end], ends[begin:end], products)
        _react(net.thresholds, products, reaction[begin:end], places)
        _carry(net, products, places, carried[begin:end], intercepts[text])


@compiled
def _read(
    net: Network,
    data: Bytes,
    at: int,
    stop: int,
    begins: Integers,
    ends: Integers,
    products: Products,
) -> None:
    """Bounds and products of a text's tokens; the row after the last is 0: there is no token."""
    for i in range(len(begins)):
        begins[i], at, key = token(data, at, stop)
        ends[i] = at
        row = row_of(net.slots, net.keys, key)
        if row >= 0:
            products[i] = net.products[row]
        else:
            multiply_unknown(net, data, begins[i], at, products, i)
    products[len(begins)] = 0


@compiled
def _react(
    thresholds: Products, products: Products, reaction: Floats, places: NDArray[np.int32]
) -> None:
    """Each filter's value and the direct products at a token; where each filter peaks."""
    filters, count = len(thresholds), len(reaction)
    peaks = np.zeros(filters, np.float32)
    places[:] = _NOWHERE
    for i in range(count):
        before = i - 1 if i else count
        for k in range(filters):
            value = np.float32(products[before, k]) + np.float32(products[i, filters + k])
            value += np.float32(products[i + 1, 2 * filters + k]) + np.float32(thresholds[k])
            reaction[i, k] = max(value, np.float32(0)) * UNIT
            places[k] = i if value > peaks[k] else places[k]
            peaks[k] = max(value, peaks[k])
        for head in range(LANES):
            reaction[i, filters + head] = np.float32(products[i, 3 * filters + head]) * UNIT


@compiled
def _carry(
    net: Network, products: Products, places: NDArray[np.int32], carried: Sums, intercepts: Sums
) -> None:
    """What each token of a text adds to the logits, and what none does."""
    count, heads = carried.shape
    filters, root = len(places), root_of(count)
    intercepts[:] = net.bias
    for i in range(count):
        for head in range(heads):
            carried[i, head] = products[i, 3 * filters + head] * UNIT / root
    for k in range(filters):
        place = places[k]
        if place == _NOWHERE:
            continue
        for head in range(heads):
            answer = net.answers[k, head]
            intercepts[head] += answer * net.thresholds[k]
            carried[place, head] += answer * products[place, filters + k]
            if place > 0:
                carried[place - 1, head] += answer * products[place - 1, k]
            if place + 1 < count:
                carried[place + 1, head] += answer * products[place + 1, 2 * filters + k]


@compiled
def _compare(carried: Sums, intercept: float, out: Floats) -> None:
    """The evidence that depends on the head, of the tokens of a text; see :func:`evidence`."""
    count = len(carried)
    most, logit = -np.inf, intercept
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
        out[i, 7] = np.log(count)


@compiled
def _mark(
    first: Integers,
    reaction: Floats,
    carried: Sums,
    intercepts: Sums,
    marking: Floats,
    above: float,
    marked: NDArray[np.bool_],
) -> None:
    """Whether each token is marked for each head, into ``marked`` [heads, tokens].

    Summed in one order: a product of matrices may differ with the number of their rows.
    """
    own, compared = marking[: reaction.shape[1]], marking[reaction.shape[1] :]
    for text in range(len(first) - 1):
        begin, end = first[text], first[text + 1]
        out = np.empty((end - begin, COMPARED), np.float32)
        values = np.zeros(end - begin)
        for i in range(end - begin):
            for k in range(len(own)):
                values[i] += own[k] * reaction[begin + i, k]
        for head in range(len(marked)):
            _compare(carried[begin:end, head], intercepts[text, head], out)
            for i in range(end - begin):
                value = values[i]
                for k in range(COMPARED):
                    value += compared[k] * out[i, k]
                marked[head, begin + i] = value > above
