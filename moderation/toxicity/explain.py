"""Which tokens a score comes from.

The same forward pass as :mod:`moderation.toxicity.network`, token by token, remembering where each
filter had its peak. Slower, and only for texts that somebody looks at. All heads are worked out
together: they look at the same tokens through the same filters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled, merged
from moderation.texts import Texts
from moderation.toxicity.loops import DIRECT, FILTERS, LANES, UNIT, WIDTH, Floats, Products
from moderation.toxicity.network import (
    Network,
    Room,
    groups_of,
    multiply_unknown,
    room,
    root_of,
    row_of,
)
from moderation.toxicity.phrases import find
from moderation.toxicity.tokens import Bytes, Found, Integers, tokens_of

Sums = NDArray[np.float64]

REACTION = FILTERS + LANES  # columns of what a token sets off
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
        carried: float64[tokens, LANES], what each token adds to the logits, the heads first.
        intercepts: float64[n, LANES], the part of each text's logits that no token carries.
    """

    def __init__(self, net: Network, folded: Texts) -> None:
        self.first, found = tokens_of(folded.data, folded.offsets)
        self.begins, self.ends = found.begins, found.ends
        size, heads = int(self.first[-1]), len(net.bias)
        self.rows = np.empty(size, np.int64)
        self.reaction = np.empty((size, REACTION), np.float32)
        self.carried = np.empty((size, heads), np.float64)
        self.intercepts = np.empty((len(folded), heads), np.float64)
        _fill(
            net,
            folded.data,
            self.first,
            found,
            self.rows,
            self.reaction,
            self.carried,
            self.intercepts,
        )
        self._speak(net, folded, found)

    def _speak(self, net: Network, folded: Texts, found: Found) -> None:
        """Spread what a text's first threatening phrase adds evenly over its tokens."""
        begins, ends = find(folded.data, folded.offsets, self.first, found, net.phrases)
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


@compiled
def _fill(
    net: Network,
    data: Bytes,
    first: Integers,
    found: Found,
    rows: Integers,
    reaction: Floats,
    carried: Sums,
    intercepts: Sums,
) -> None:
    """Fill the arrays of :class:`Tokens`, text by text."""
    longest = 0
    for text in range(len(first) - 1):
        longest = max(longest, first[text + 1] - first[text])
    products, space = np.empty((longest + 1, WIDTH), np.int16), room()
    places = np.empty(FILTERS, np.int32)
    for text in range(len(first) - 1):
        begin, end = first[text], first[text + 1]
        _read(net, data, begin, end, found, rows, space, products)
        _react(net.thresholds, products, reaction[begin:end], places)
        _carry(net, products, places, carried[begin:end], intercepts[text])


@merged
def _read(
    net: Network,
    data: Bytes,
    first: int,
    last: int,
    found: Found,
    rows: Integers,
    space: Room,
    products: Products,
) -> None:
    """Rows and products of a text's tokens; after the last stand products of 0."""
    for i in range(first, last):
        rows[i] = row = row_of(net.slots, found.keys[i])
        if row < 0:
            count = groups_of(net, data, found, i, space.rows)
            multiply_unknown(net, space.rows, count, space.embedding, products[i - first])
        else:
            for j in range(WIDTH):
                products[i - first, j] = net.products[row, j]
    products[last - first] = 0


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
            reaction[i, FILTERS + head] = np.float32(products[i, DIRECT + head]) * UNIT


@merged
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
            carried[i, head] = products[i, DIRECT + head] * UNIT / root
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
