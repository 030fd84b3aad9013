"""The network: a convolution over embedded words with the highest value kept, in compiled code.

For every token an embedding ``e`` (a row of the vocabulary, or for an unknown word the sum of its
letter groups' rows over the root of their number). Each of K *filters* looks at three neighbours::

    value[i] = left · e[i − 1] + middle · e[i] + right · e[i + 1]      peak = max over i, at least 0

and each of as many *averages* sums one product over all tokens, over the root of their number (in
a long text a mean, so that nothing grows without bound). The logit of a head is a weighted sum of
peaks and averages. Taking the maximum is what keeps a long comment's one vile sentence from
drowning in the rest, and a repeated word from counting twice.

A filter's products with a vocabulary word are the same wherever it stands: they are worked out at
load (:func:`expand`) and kept as 16-bit numbers, so scoring a known word is a look-up and an
addition. All sums up to the peaks are of whole numbers: they come out the same on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.toxicity.phrases import end_of_phrase, joined
from moderation.toxicity.tokens import MOST_GRAMS, gram_rows, token

LEFT, MIDDLE, RIGHT, AVERAGE = range(4)  # the products of one embedding
UNIT = np.float32(1 / 1024)  # of the products kept as 16-bit numbers
SMOOTHING = 4  # added to the number of tokens under the root
LONG = 50  # tokens from which an average is a mean, however long the text
_LIMIT = np.float32(32767)
_NEVER = np.float32(-1e9)  # below any value: no window waits before the first token

Floats = NDArray[np.float32]


class Network(NamedTuple):
    """Arrays that the kernels read.

    V words, R rows of letter groups (a power of two), D depth, K filters, H heads.
    """

    slots: NDArray[np.int32]  # [2^n] a word's row by its hash, open addressing; −1 = free
    keys: NDArray[np.uint64]  # [V]
    products: NDArray[np.int16]  # [V, 4, K], in UNIT
    grams: NDArray[np.int8]  # [R, D]
    scale: Floats  # [D] of the grams
    columns: Floats  # [D, 4, K] left, middle, right, average; over UNIT
    thresholds: Floats  # [K], in UNIT
    answers: Floats  # [K, 2, H] to the peak and the average; per UNIT
    bias: Floats  # [H]
    phrases: NDArray[np.uint64]  # [P, 2], see moderation.toxicity.phrases
    opens: NDArray[np.bool_]
    spoken: Floats  # [H] what a text with a phrase adds, once


@compiled
def root_of(tokens: int) -> np.float32:
    """What the sum over a text's tokens is divided by to make an average."""
    root = np.sqrt(np.float32(min(tokens, LONG) + SMOOTHING))
    return np.float32(root * np.float32(max(tokens, LONG)) / np.float32(LONG))


@compiled
def slots_of(keys: NDArray[np.uint64], size: int) -> NDArray[np.int32]:
    """Open-addressing table (of a power of two) that finds a key's row."""
    slots = np.full(size, -1, np.int32)
    for row in range(len(keys)):
        at = np.int64(keys[row] & np.uint64(size - 1))
        while slots[at] >= 0:
            at = (at + 1) & (size - 1)
        slots[at] = row
    return slots


@compiled
def row_of(net: Network, key: np.uint64) -> int:
    """A word's row in the vocabulary, or −1."""
    mask = len(net.slots) - 1
    at = np.int64(key & np.uint64(mask))
    while True:
        row = int(net.slots[at])
        if row < 0 or net.keys[row] == key:
            return row
        at = (at + 1) & mask


@compiled
def multiply(
    embedding: Floats, columns: Floats, sums: Floats, products: NDArray[np.int16], row: int
) -> None:
    """An embedding's product with every column, rounded to UNIT and held within 16 bits."""
    sums[:] = 0
    for d in range(len(embedding)):
        value = embedding[d]
        for part in range(4):
            for k in range(sums.shape[1]):
                sums[part, k] += value * columns[d, part, k]
    for part in range(4):
        for k in range(sums.shape[1]):
            rounded = np.rint(sums[part, k])
            products[row, part, k] = np.int16(max(-_LIMIT, min(_LIMIT, rounded)))


@compiled
def expand(words: NDArray[np.int8], scale: Floats, columns: Floats) -> NDArray[np.int16]:
    """Products of every vocabulary word, [V, 4, K]: what makes scoring it a look-up."""
    products = np.empty((len(words), 4, columns.shape[2]), np.int16)
    sums = np.empty(columns.shape[1:], np.float32)
    for row in range(len(words)):
        multiply(words[row].astype(np.float32) * scale, columns, sums, products, row)
    return products


@compiled
def multiply_unknown(
    net: Network,
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    sums: Floats,
    products: NDArray[np.int16],
) -> None:
    """Products of a word outside the vocabulary, from its letter groups, into row 0."""
    rows = np.empty(MOST_GRAMS, np.int64)
    count = gram_rows(data, begin, end, len(net.grams) - 1, rows)
    embedding = np.zeros(len(net.scale), np.float32)
    for i in range(count):
        row = rows[i]
        for d in range(len(embedding)):
            embedding[d] += np.float32(net.grams[row, d])
    root = np.sqrt(np.float32(max(count, 1)))
    for d in range(len(embedding)):
        embedding[d] = embedding[d] * net.scale[d] / root
    multiply(embedding, net.columns, sums, products, 0)


@compiled
def add_token(
    products: NDArray[np.int16],
    row: int,
    peaks: Floats,
    waiting: Floats,
    started: Floats,
    totals: Floats,
) -> None:
    """Take one token in: complete the window before it, extend its own, begin the one after.

    ``waiting`` is left + middle of the window that lacks its right, ``started`` the left of the
    one that lacks its middle.
    """
    for k in range(len(peaks)):
        value = waiting[k] + np.float32(products[row, RIGHT, k])
        peaks[k] = value if value > peaks[k] else peaks[k]
        waiting[k] = started[k] + np.float32(products[row, MIDDLE, k])
        started[k] = np.float32(products[row, LEFT, k])
    for k in range(len(totals)):
        totals[k] += np.float32(products[row, AVERAGE, k])


@compiled
def logits(net: Network, data: NDArray[np.uint8], offsets: NDArray[np.int64], out: Floats) -> None:
    """Logits of every text into ``out`` [texts, heads]."""
    filters = len(net.thresholds)
    made = np.empty((1, 4, filters), np.int16)
    room = np.empty((4, filters), np.float32)
    sums = np.empty(len(net.bias), np.float32)
    peaks = np.empty(filters, np.float32)
    waiting = np.empty(filters, np.float32)
    started = np.empty(filters, np.float32)
    totals = np.empty(filters, np.float32)
    mask = np.uint64(len(net.opens) - 1)
    for text in range(len(offsets) - 1):
        for k in range(filters):
            peaks[k] = -net.thresholds[k]
            waiting[k] = _NEVER
            started[k] = 0
            totals[k] = 0
        count, found, before = 0, 0, np.uint64(0)
        at = offsets[text]
        while True:
            begin, at, key = token(data, at, offsets[text + 1])
            if begin == at:
                break
            count += 1
            pair = joined(joined(np.uint64(0), before), key)
            before = key
            if net.opens[np.int64(pair & mask)] and found == 0:
                found = end_of_phrase(data, at, offsets[text + 1], net.phrases, pair)
            row = row_of(net, key)
            if row >= 0:
                add_token(net.products, row, peaks, waiting, started, totals)
            else:
                multiply_unknown(net, data, begin, at, room, made)
                add_token(made, 0, peaks, waiting, started, totals)
        root = root_of(count)
        for head in range(len(sums)):
            sums[head] = net.bias[head] + (net.spoken[head] if found else np.float32(0))
        for k in range(filters):
            peak = max(peaks[k], waiting[k]) + net.thresholds[k]  # the last window has no right
            average = totals[k] / root
            for head in range(len(sums)):
                sums[head] += net.answers[k, 0, head] * peak + net.answers[k, 1, head] * average
        out[text] = sums
