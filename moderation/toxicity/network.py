"""The network: a convolution over embedded words with the highest value kept, in compiled code.

For every token an embedding ``e`` (a row of the vocabulary, or for an unknown word the sum of its
letter groups' rows over the root of their number). Each of K *filters* looks at three neighbours::

    value[i] = left · e[i − 1] + middle · e[i] + right · e[i + 1]      peak = max over i, at least 0

and for each head one product more is summed over all tokens, over the root of their number (in a
long text a mean, so that nothing grows without bound). The logit of a head is a weighted sum of
peaks, and that average. Taking the maximum is what keeps a long comment's one vile sentence from
drowning in the rest, and a repeated word from counting twice.

All products of a vocabulary word are the same wherever it stands: they are worked out at load
(:func:`expand`) and kept side by side as 16-bit numbers, left, middle, right and direct, so scoring
a known word is a look-up and an addition. All sums up to the peaks are of whole numbers: they come
out the same on every machine. A text is read in blocks of tokens, first their rows, then the rows'
products: the processor can then fetch the next rows while it adds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.toxicity.phrases import end_of_phrase, joined
from moderation.toxicity.tokens import MOST_GRAMS, gram_rows, token

LANES = 8  # of the direct products: the heads, and room to fill a vector register
UNIT = np.float32(1 / 1024)  # of the products kept as 16-bit numbers
LARGEST = 10_900  # of a product: three of them and a threshold fit into 16 bits
SMOOTHING = 4  # added to the number of tokens under the root
LONG = 50  # tokens from which an average is a mean, however long the text
_NEVER = -2 * LARGEST  # with any right neighbour below any peak: no window before the first token
_BLOCK = 64  # tokens whose products are added in one go

Floats = NDArray[np.float32]
Products = NDArray[np.int16]


class Network(NamedTuple):
    """Arrays that the kernels read.

    V words, R rows of letter groups (a power of two), D depth, K filters, H heads; P = 3K + LANES
    products of a word.
    """

    slots: NDArray[np.int32]  # [2^n] a word's row by its hash, open addressing; −1 = free
    keys: NDArray[np.uint64]  # [V]
    products: Products  # [V, P], in UNIT
    grams: NDArray[np.int8]  # [R, D]
    scale: Floats  # [D] of the grams
    columns: Floats  # [D, P] left, middle, right, direct; over UNIT
    thresholds: Products  # [K], in UNIT
    answers: Floats  # [K, LANES] to the peaks; per UNIT
    bias: Floats  # [LANES]
    phrases: NDArray[np.uint64]  # [P, 2], see moderation.toxicity.phrases
    opens: NDArray[np.bool_]
    spoken: Floats  # [LANES] what a text with a phrase adds, once


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
def row_of(slots: NDArray[np.int32], keys: NDArray[np.uint64], key: np.uint64) -> int:
    """A word's row in the vocabulary, or −1."""
    mask = len(slots) - 1
    at = np.int64(key & np.uint64(mask))
    row = int(slots[at])
    while row >= 0 and keys[row] != key:
        at = (at + 1) & mask
        row = int(slots[at])
    return row


@compiled
def in_units(value: np.float32) -> np.int16:
    """A number, in UNIT, rounded and held within ±LARGEST."""
    most = np.float32(LARGEST)
    return np.int16(np.rint(max(-most, min(most, value))))


@compiled
def multiply(
    embedding: Floats, columns: Floats, sums: Floats, products: Products, row: int
) -> None:
    """An embedding's product with every column, into a row of ``products``."""
    sums[:] = 0
    for d in range(len(embedding)):
        value = embedding[d]
        for j in range(len(sums)):
            sums[j] += value * columns[d, j]
    for j in range(len(sums)):
        products[row, j] = in_units(sums[j])


@compiled
def expand(words: NDArray[np.int8], scale: Floats, columns: Floats) -> Products:
    """Products of every vocabulary word, [V, P]: what makes scoring it a look-up."""
    products = np.empty((len(words), columns.shape[1]), np.int16)
    sums = np.empty(columns.shape[1], np.float32)
    for row in range(len(words)):
        multiply(words[row].astype(np.float32) * scale, columns, sums, products, row)
    return products


@compiled
def multiply_unknown(
    net: Network, data: NDArray[np.uint8], begin: int, end: int, products: Products, row: int
) -> None:
    """Products of a word outside the vocabulary, from its letter groups, into a row."""
    grams, scale = net.grams, net.scale
    rows = np.empty(MOST_GRAMS, np.int64)
    count = gram_rows(data, begin, end, len(grams) - 1, rows)
    embedding = np.zeros(len(scale), np.float32)
    for i in range(count):
        at = rows[i]
        for d in range(len(scale)):
            embedding[d] += np.float32(grams[at, d])
    root = np.sqrt(np.float32(max(count, 1)))
    for d in range(len(scale)):
        embedding[d] = embedding[d] * scale[d] / root
    multiply(embedding, net.columns, np.empty(products.shape[1], np.float32), products, row)


@compiled
def add_token(
    products: Products,
    row: int,
    peaks: Products,
    waiting: Products,
    started: Products,
    direct: NDArray[np.int64],
) -> None:
    """Take one token's products in: complete a window, extend the next, begin the one after.

    ``waiting`` is left + middle of the window that lacks its right, ``started`` the left of the
    one that lacks its middle.
    """
    filters = len(peaks)
    for k in range(filters):
        peaks[k] = max(peaks[k], np.int16(waiting[k] + products[row, 2 * filters + k]))
        waiting[k] = np.int16(started[k] + products[row, filters + k])
        started[k] = products[row, k]
    for head in range(LANES):
        direct[head] += products[row, 3 * filters + head]


@compiled
def _read(
    net: Network,
    data: NDArray[np.uint8],
    at: int,
    stop: int,
    rows: NDArray[np.int64],
    unknown: Products,
    before: np.uint64,
) -> tuple[int, int, np.uint64, bool]:
    """Rows of the next tokens, −1 for one whose products are worked out into ``unknown``.

    Returns how many there are, where they end, the last one's hash, and whether a phrase begins
    among them (or at the token ``before``).
    """
    slots, keys, opens = net.slots, net.keys, net.opens
    mask = np.uint64(len(opens) - 1)
    spoken = False
    for size in range(len(rows)):
        begin, at, key = token(data, at, stop)
        if begin == at:
            return size, at, before, spoken
        pair = joined(joined(np.uint64(0), before), key)
        before = key
        if opens[np.int64(pair & mask)] and not spoken:
            spoken = end_of_phrase(data, at, stop, net.phrases, pair) > 0
        rows[size] = row_of(slots, keys, key)
        if rows[size] < 0:
            multiply_unknown(net, data, begin, at, unknown, size)
    return len(rows), at, before, spoken


@compiled
def logits(net: Network, data: NDArray[np.uint8], offsets: NDArray[np.int64], out: Floats) -> None:
    """Logits of every text into ``out`` [texts, LANES]."""
    products, thresholds, answers = net.products, net.thresholds, net.answers
    filters = len(thresholds)
    rows = np.empty(_BLOCK, np.int64)
    unknown = np.empty((_BLOCK, products.shape[1]), np.int16)
    peaks, waiting = np.empty(filters, np.int16), np.empty(filters, np.int16)
    started, direct = np.empty(filters, np.int16), np.empty(LANES, np.int64)
    for text in range(len(offsets) - 1):
        for k in range(filters):
            peaks[k], waiting[k], started[k] = -thresholds[k], _NEVER, 0
        direct[:] = 0
        at, before, count, spoken = offsets[text], np.uint64(0), 0, False
        size = _BLOCK
        while size == _BLOCK:
            size, at, before, found = _read(net, data, at, offsets[text + 1], rows, unknown, before)
            spoken |= found
            for i in range(size):
                if rows[i] >= 0:
                    add_token(products, rows[i], peaks, waiting, started, direct)
                else:
                    add_token(unknown, i, peaks, waiting, started, direct)
            count += size
        root = root_of(count)
        for head in range(LANES):
            out[text, head] = net.bias[head] + np.float32(direct[head]) * UNIT / root
            out[text, head] += net.spoken[head] if spoken else np.float32(0)
        for k in range(filters):  # the last window has no right
            peak = np.float32(max(peaks[k], waiting[k])) + np.float32(thresholds[k])
            for head in range(LANES):
                out[text, head] += answers[k, head] * peak
