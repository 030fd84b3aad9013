"""Which tokens a score comes from, and which words to show a person for it.

The same forward pass as :mod:`moderation.toxicity.network`, token by token, remembering where each
filter had its peak. Slower, and only for texts that somebody looks at. All heads are worked out
together: they look at the same tokens through the same filters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled
from moderation.texts import Texts
from moderation.toxicity.network import (
    FILTERS,
    LANES,
    UNIT,
    WIDTH,
    Network,
    Products,
    Room,
    multiply_unknown,
    room,
    root_of,
    row_of,
)
from moderation.toxicity.phrases import find
from moderation.toxicity.tokens import token

if TYPE_CHECKING:
    from moderation.toxicity.weights import Weights

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
Sums = NDArray[np.float64]
Spans = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]

REACTION = FILTERS + LANES  # columns of what a token sets off
COMPARED = 8  # columns of evidence that depend on the head
EVIDENCE = 3 * REACTION + 1 + COMPARED
STEPS = 16  # what a word tells is kept in sixteenths of a logit
_ENOUGH = 3.0  # carrying more than this makes a word no more worth marking
_NOWHERE = -1  # the place of a peak that no token reaches


class Tokens:
    """Every token of some texts, and what it means to the network.

    Attributes:
        first: int64[n + 1], where each text's tokens begin.
        begins: int64[tokens], first byte of each token in the buffer.
        ends: int64[tokens], one past its last byte.
        rows: int64[tokens], its row in the vocabulary, or −1.
        reaction: float32[tokens, REACTION], each filter's value with the token in the middle, and
            each direct product.
        carried: float64[tokens, heads], what each token adds to the logits.
        intercepts: float64[n, heads], the part of each text's logits that no token carries.
    """

    def __init__(self, net: Network, folded: Texts) -> None:
        self.first = _count(folded.data, folded.offsets)
        size, heads = int(self.first[-1]), len(net.bias)
        self.begins = np.empty(size, np.int64)
        self.ends = np.empty(size, np.int64)
        self.rows = np.empty(size, np.int64)
        self.reaction = np.empty((size, REACTION), np.float32)
        self.carried = np.empty((size, heads), np.float64)
        self.intercepts = np.empty((len(folded), heads), np.float64)
        places = (self.first, self.begins, self.ends, self.rows)
        _fill(
            net, folded.data, folded.offsets, *places, self.reaction, self.carried, self.intercepts
        )
        self._speak(net, folded)

    def _speak(self, net: Network, folded: Texts) -> None:
        """Spread what a text's first threatening phrase adds evenly over its tokens."""
        begins, ends = find(folded.data, folded.offsets, net.phrases)
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


def told(tokens: Tokens, telling: NDArray[np.int8]) -> Floats:
    """What is known of each token's word by itself, in logits; of an unknown one 0."""
    values: Floats = telling[tokens.rows].astype(np.float32) / np.float32(STEPS)
    values[tokens.rows < 0] = 0
    return values


def evidence(tokens: Tokens, telling: Floats, head: int) -> Floats:
    """What decides whether a token is marked, float32[tokens, EVIDENCE].

    The reaction to the token before, to it, and to the one after; what its word tells by itself
    (:func:`told`); what the token and its neighbours carry of the head's logit; how that compares
    with the text's most telling token; the logit itself; and the text's length.
    """
    before, after = np.zeros_like(tokens.reaction), np.zeros_like(tokens.reaction)
    compared = np.empty((len(tokens.begins), COMPARED), np.float32)
    for text, intercept in enumerate(tokens.intercepts[:, head]):
        here = slice(tokens.first[text], tokens.first[text + 1])
        before[here][1:] = tokens.reaction[here][:-1]
        after[here][:-1] = tokens.reaction[here][1:]
        _compare(tokens.carried[here, head], intercept, compared[here])
    return np.hstack([before, tokens.reaction, after, telling[:, None], compared])


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
    rows: Integers,
    reaction: Floats,
    carried: Sums,
    intercepts: Sums,
) -> None:
    """Fill the arrays of :class:`Tokens`, text by text."""
    longest = 0
    for text in range(len(first) - 1):
        longest = max(longest, first[text + 1] - first[text])
    products, space = np.empty((longest + 1, WIDTH), np.int16), room(len(net.scale))
    places = np.empty(FILTERS, np.int32)
    for text in range(len(first) - 1):
        begin, end = first[text], first[text + 1]
        bounds = (begins[begin:end], ends[begin:end], rows[begin:end])
        _read(net, data, offsets[text], offsets[text + 1], *bounds, space, products)
        _react(net.thresholds, products, reaction[begin:end], places)
        _carry(net, products, places, carried[begin:end], intercepts[text])


@borrowing
def _read(
    net: Network,
    data: Bytes,
    at: int,
    stop: int,
    begins: Integers,
    ends: Integers,
    rows: Integers,
    space: Room,
    products: Products,
) -> None:
    """Bounds, rows and products of a text's tokens; after the last stand products of 0."""
    for i in range(len(begins)):
        begins[i], at, key = token(data, at, stop)
        ends[i] = at
        rows[i] = row = row_of(net.slots, net.keys, key)
        if row < 0:
            multiply_unknown(net, data, begins[i], at, space, products[i])
        else:
            for j in range(WIDTH):
                products[i, j] = net.products[row, j]
    products[len(begins)] = 0


@compiled
def _react(
    thresholds: Products, products: Products, reaction: Floats, places: NDArray[np.int32]
) -> None:
    """Each filter's value and the direct products at a token; where each filter peaks."""
    count = len(reaction)
    peaks = np.zeros(FILTERS, np.float32)
    places[:] = _NOWHERE
    for i in range(count):
        before = i - 1 if i else count
        for k in range(FILTERS):
            value = np.float32(products[before, k]) + np.float32(products[i, FILTERS + k])
            value += np.float32(products[i + 1, 2 * FILTERS + k]) + np.float32(thresholds[k])
            reaction[i, k] = max(value, np.float32(0)) * UNIT
            places[k] = i if value > peaks[k] else places[k]
            peaks[k] = max(value, peaks[k])
        for head in range(LANES):
            reaction[i, FILTERS + head] = np.float32(products[i, 3 * FILTERS + head]) * UNIT


@borrowing
def _carry(
    net: Network, products: Products, places: NDArray[np.int32], carried: Sums, intercepts: Sums
) -> None:
    """What each token of a text adds to the logits, and what none does."""
    count, heads = carried.shape
    root = root_of(count)
    for head in range(heads):
        intercepts[head] = net.bias[head]
    for i in range(count):
        for head in range(heads):
            carried[i, head] = products[i, 3 * FILTERS + head] * UNIT / root
    for k in range(FILTERS):
        place = places[k]
        if place == _NOWHERE:
            continue
        for head in range(heads):
            answer = net.answers[k, head]
            intercepts[head] += answer * net.thresholds[k]
            carried[place, head] += answer * products[place, FILTERS + k]
            if place > 0:
                carried[place - 1, head] += answer * products[place - 1, k]
            if place + 1 < count:
                carried[place + 1, head] += answer * products[place + 1, 2 * FILTERS + k]


@borrowing
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


@borrowing
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
    around, compared = marking[: 3 * REACTION], marking[3 * REACTION + 1 :]
    sums = np.empty(LANES, np.float32)
    for text in range(len(first) - 1):
        begin, end = first[text], first[text + 1]
        out = np.empty((end - begin, COMPARED), np.float32)
        values = marking[3 * REACTION] * telling[begin:end].astype(np.float64)
        for i in range(begin, end):
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
