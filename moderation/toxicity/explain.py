"""Which tokens a score comes from, and which words to show a person for it.

The same forward pass as :mod:`moderation.toxicity.network`, token by token, remembering where each
filter had its peak. Slower, and only for texts that somebody looks at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.texts import Texts
from moderation.toxicity.network import (
    AVERAGE,
    LEFT,
    MIDDLE,
    RIGHT,
    UNIT,
    Network,
    multiply_unknown,
    root_of,
    row_of,
)
from moderation.toxicity.phrases import find
from moderation.toxicity.tokens import token
from moderation.toxicity.weights import Weights

Integers = NDArray[np.int64]
EVIDENCE = 8  # columns of evidence beside the filters' and the averages'
_ENOUGH = 3.0  # carrying more than this makes a word no more worth marking


@compiled
def _count(data: NDArray[np.uint8], offsets: Integers) -> Integers:
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
def _products(
    net: Network,
    data: NDArray[np.uint8],
    offsets: Integers,
    begins: Integers,
    ends: Integers,
    products: NDArray[np.int16],
) -> None:
    """Bounds and products of every token."""
    filters = len(net.thresholds)
    made = np.empty((1, 4, filters), np.int16)
    room = np.empty((4, filters), np.float32)
    i = 0
    for text in range(len(offsets) - 1):
        at = offsets[text]
        while True:
            begin, at, key = token(data, at, offsets[text + 1])
            if begin == at:
                break
            row = row_of(net, key)
            if row >= 0:
                products[i] = net.products[row]
            else:
                multiply_unknown(net, data, begin, at, room, made)
                products[i] = made[0]
            begins[i], ends[i] = begin, at
            i += 1


@compiled
def _carry(
    net: Network,
    products: NDArray[np.int16],
    first: Integers,
    head: int,
    carried: NDArray[np.float64],
    intercepts: NDArray[np.float64],
) -> None:
    """What each token adds to the logit, and what none does."""
    filters = len(net.thresholds)
    answers = net.answers[:, :, head].copy()
    peaks, places = np.empty(filters, np.float32), np.empty(filters, np.int64)
    for text in range(len(first) - 1):
        begin, end = first[text], first[text + 1]
        intercepts[text] = net.bias[head]
        root = root_of(end - begin)
        peaks[:] = -net.thresholds
        places[:] = -1
        for i in range(begin, end):
            average = 0.0
            for k in range(filters):
                value = np.float32(products[i, MIDDLE, k])
                value += np.float32(products[i - 1, LEFT, k]) if i > begin else np.float32(0)
                value += np.float32(products[i + 1, RIGHT, k]) if i + 1 < end else np.float32(0)
                if value > peaks[k]:
                    peaks[k], places[k] = value, i
                average += answers[k, 1] * products[i, AVERAGE, k]
            carried[i] += average / root
        for k in range(filters):
            place, weight = places[k], answers[k, 0]
            if place < 0:
                continue
            intercepts[text] += weight * net.thresholds[k]
            carried[place] += weight * products[place, MIDDLE, k]
            if place > begin:
                carried[place - 1] += weight * products[place - 1, LEFT, k]
            if place + 1 < end:
                carried[place + 1] += weight * products[place + 1, RIGHT, k]


class Tokens:
    """Every token of some texts, with its products.

    Attributes:
        first: int64[n + 1], where each text's tokens begin.
        begins: int64, first byte of each token in the buffer.
        ends: int64, one past its last byte.
        products: int16[tokens, 4, K].
        threatening: Numbers of the tokens in each text's first threatening phrase.
        shares: What part of that phrase each of them is.
    """

    def __init__(self, net: Network, folded: Texts) -> None:
        self.first = _count(folded.data, folded.offsets)
        size = int(self.first[-1])
        self.begins = np.empty(size, np.int64)
        self.ends = np.empty(size, np.int64)
        self.products = np.empty((size, *net.products.shape[1:]), np.int16)
        _products(net, folded.data, folded.offsets, self.begins, self.ends, self.products)
        found = find(folded.data, folded.offsets, net.phrases, net.opens)
        sizes = np.diff(self.first)
        begin, end = (np.repeat(each, sizes) for each in found)
        inside = (self.begins >= begin) & (self.begins < end)
        text = np.repeat(np.arange(len(sizes)), sizes)[inside]
        self.threatening = np.flatnonzero(inside)
        self.shares = 1 / np.bincount(text, minlength=len(sizes))[text]

    def carried(self, net: Network, head: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each token adds to a head's logit, and each text's intercept."""
        carried = np.zeros(len(self.begins), np.float64)
        intercepts = np.empty(len(self.first) - 1, np.float64)
        _carry(net, self.products, self.first, head, carried, intercepts)
        carried[self.threatening] += net.spoken[head] * self.shares
        return carried, intercepts


def contributions(
    net: Network, folded: Texts, head: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Per byte of the buffer what it adds to the logit, and per text what no byte does."""
    tokens = Tokens(net, folded)
    carried, intercepts = tokens.carried(net, head)
    out = np.zeros(len(folded.data), np.float32)
    lengths = tokens.ends - tokens.begins
    starts = np.repeat(tokens.begins - np.cumsum(lengths) + lengths, lengths)
    out[starts + np.arange(lengths.sum())] = np.repeat(carried / lengths, lengths)
    return out, intercepts


def evidence(net: Network, tokens: Tokens, head: int) -> NDArray[np.float32]:
    """What decides whether a token is marked, float32[tokens, 2K + EVIDENCE].

    Each filter's value with the token in the middle; each average's product; what the token and
    its neighbours carry of the head's logit; how that compares with the text's most telling token;
    the logit itself; and the text's length.
    """
    carried, intercepts = tokens.carried(net, head)
    sizes = np.diff(tokens.first)
    text = np.repeat(np.arange(len(sizes)), sizes)
    follows = np.flatnonzero(text[1:] == text[:-1]) + 1  # tokens with one before them in the text
    before, after = np.zeros_like(carried), np.zeros_like(carried)
    before[follows], after[follows - 1] = carried[follows - 1], carried[follows]
    most = np.full(len(sizes), -np.inf)
    np.maximum.at(most, text, carried)
    logits = intercepts + np.bincount(text, carried, len(sizes))
    shares = (
        carried,
        before,
        after,
        np.minimum(carried, _ENOUGH),
        carried - most[text],
        most[text],
        logits[text],
        np.log(sizes[text]),
    )
    filters = len(net.thresholds)
    out = np.empty((len(text), 2 * filters + len(shares)), np.float32)
    _reaction(net, tokens.products, tokens.first, out)
    out[:, 2 * filters :] = np.stack(shares, axis=1)
    return out


@compiled
def _reaction(
    net: Network, products: NDArray[np.int16], first: Integers, out: NDArray[np.float32]
) -> None:
    """Each filter's value with a token in the middle, and each average's product, into ``out``."""
    filters = len(net.thresholds)
    for text in range(len(first) - 1):
        begin, end = first[text], first[text + 1]
        for i in range(begin, end):
            for k in range(filters):
                value = net.thresholds[k] + np.float32(products[i, MIDDLE, k])
                if i > begin:
                    value += np.float32(products[i - 1, LEFT, k])
                if i + 1 < end:
                    value += np.float32(products[i + 1, RIGHT, k])
                out[i, k] = max(value, np.float32(0)) * UNIT
                out[i, filters + k] = np.float32(products[i, AVERAGE, k]) * UNIT


def mark(
    net: Network, weights: Weights, folded: Texts, head: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Spans of the words that carry the score; see :meth:`moderation.toxicity.Model.mark`."""
    tokens = Tokens(net, folded)
    marked = evidence(net, tokens, head) @ weights.marking > weights.marking_above[0]
    rows = np.repeat(np.arange(len(folded)), np.diff(tokens.first))
    joined = marked[1:] & marked[:-1] & (rows[1:] == rows[:-1])
    opens, closes = marked.copy(), marked.copy()
    opens[1:] &= ~joined
    closes[:-1] &= ~joined
    base = folded.offsets[:-1]
    return (
        rows[opens].astype(np.int32),
        (tokens.begins[opens] - base[rows[opens]]).astype(np.int32),
        (tokens.ends[closes] - base[rows[closes]]).astype(np.int32),
    )
