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
out the same on every machine. A text is read in blocks of tokens, first where each one's products
lie, then the windows over them (:mod:`.loops`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled
from moderation.toxicity.loops import (
    FILTERS,
    LANES,
    ROW,
    WIDTH,
    address,
    answer,
    multiply,
    raise_peaks,
)
from moderation.toxicity.phrases import Phrases, end_of_phrase, joined, may_begin
from moderation.toxicity.tokens import MOST_GRAMS, gram_rows, token

UNIT = np.float32(1 / 1024)  # of the products kept as 16-bit numbers
LARGEST = 10_900  # of a product: three of them and a threshold fit into 16 bits
SMOOTHING = 4  # added to the number of tokens under the root
LONG = 50  # tokens from which an average is a mean, however long the text
_BLOCK = 64  # tokens whose windows are looked at in one go

Floats = NDArray[np.float32]
Products = NDArray[np.int16]


class Network(NamedTuple):
    """Arrays that the kernels read.

    V words, R rows of letter groups (a power of two), D depth, K = FILTERS.
    """

    slots: NDArray[np.int32]  # [2^n] a word's row by its hash, open addressing; −1 = free
    keys: NDArray[np.uint64]  # [V]
    products: Products  # [V, WIDTH] left, middle, right, direct; in UNIT
    grams: NDArray[np.int8]  # [R, D]
    scale: Floats  # [D] of the grams
    columns: Floats  # [D, WIDTH] over UNIT
    thresholds: Products  # [K], in UNIT
    answers: Floats  # [K, LANES] to the peaks; per UNIT
    bias: Floats  # [LANES]
    phrases: Phrases
    spoken: Floats  # [LANES] what a text with a phrase adds, once


class Room(NamedTuple):
    """Where the products of an unknown word are worked out; made once, for one thread."""

    rows: NDArray[np.int64]  # [MOST_GRAMS] of its letter groups
    embedding: Floats  # [D]
    sums: Floats  # [WIDTH]


@compiled
def room(depth: int) -> Room:
    """Arrays to work in."""
    return Room(
        np.empty(MOST_GRAMS, np.int64), np.empty(depth, np.float32), np.empty(WIDTH, np.float32)
    )


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


@borrowing
def row_of(slots: NDArray[np.int32], keys: NDArray[np.uint64], key: np.uint64) -> int:
    """A word's row in the vocabulary, or −1."""
    mask = len(slots) - 1
    at = np.int64(key & np.uint64(mask))
    row = int(slots[at])
    while row >= 0 and keys[row] != key:
        at = (at + 1) & mask
        row = int(slots[at])
    return row


@borrowing
def in_units(value: np.float32) -> np.int16:
    """A number, in UNIT, rounded and held within ±LARGEST."""
    most = np.float32(LARGEST)
    return np.int16(np.rint(max(-most, min(most, value))))


@borrowing
def products_of(embedding: Floats, columns: Floats, sums: Floats, products: Products) -> None:
    """An embedding's product with every column, into a word's ``products`` [WIDTH]."""
    multiply(embedding, len(embedding), columns, sums)
    for j in range(WIDTH):
        products[j] = in_units(sums[j])


@compiled
def expand(words: NDArray[np.int8], scale: Floats, columns: Floats) -> Products:
    """Products of every vocabulary word, [V, WIDTH]: what makes scoring it a look-up."""
    products = np.empty((len(words), WIDTH), np.int16)
    sums = np.empty(WIDTH, np.float32)
    for row in range(len(words)):
        products_of(words[row].astype(np.float32) * scale, columns, sums, products[row])
    return products


@borrowing
def multiply_unknown(
    net: Network, data: NDArray[np.uint8], begin: int, end: int, room: Room, products: Products
) -> None:
    """Products [WIDTH] of a word outside the vocabulary, from its letter groups."""
    grams, scale, embedding = net.grams, net.scale, room.embedding
    count = gram_rows(data, begin, end, len(grams) - 1, room.rows)
    for d in range(len(scale)):
        embedding[d] = 0
    for i in range(count):
        at = room.rows[i]
        for d in range(len(scale)):
            embedding[d] += np.float32(grams[at, d])
    root = np.sqrt(np.float32(max(count, 1)))
    for d in range(len(scale)):
        embedding[d] = embedding[d] * scale[d] / root
    products_of(embedding, net.columns, room.sums, products)


@borrowing
def _read(
    net: Network,
    data: NDArray[np.uint8],
    at: int,
    stop: int,
    before: np.uint64,
    where: NDArray[np.int64],
    room: Room,
    unknown: Products,
) -> tuple[int, int, np.uint64, bool]:
    """Addresses of the next tokens' products into ``where``, from its third place on.

    Those of words outside the vocabulary are worked out into the rows of ``unknown``.

    Returns how many there are, where they end, the last one's hash, and whether a phrase begins
    among them (or at the token ``before``).
    """
    spoken, size = False, 0
    while size < _BLOCK:
        begin, at, key = token(data, at, stop)
        if begin == at:
            break
        pair = joined(before, key)
        before = key
        if may_begin(net.phrases, pair) and not spoken:
            spoken = end_of_phrase(data, at, stop, net.phrases, pair) > 0
        row = row_of(net.slots, net.keys, key)
        if row >= 0:
            where[2 + size] = address(net.products) + ROW * row
        else:
            multiply_unknown(net, data, begin, at, room, unknown[2 + size])
            where[2 + size] = address(unknown) + ROW * (2 + size)
        size += 1
    return size, at, before, spoken


@borrowing
def _carry(where: NDArray[np.int64], unknown: Products) -> None:
    """Put a full block's last two tokens before the next block's."""
    for i in range(2):
        where[i] = where[_BLOCK + i]
        if where[i] == address(unknown) + ROW * (_BLOCK + i):
            where[i] = address(unknown) + ROW * i
            for j in range(WIDTH):
                unknown[i, j] = unknown[_BLOCK + i, j]


@compiled
def logits(net: Network, data: NDArray[np.uint8], offsets: NDArray[np.int64], out: Floats) -> None:
    """Logits of every text into ``out`` [texts, LANES]."""
    # Two tokens of the last block and those of this one; what is beside a text is a row of 0.
    unknown, space = np.zeros((3 + _BLOCK, WIDTH), np.int16), room(len(net.scale))
    where = np.empty(3 + _BLOCK, np.int64)
    nothing = address(unknown) + ROW * (2 + _BLOCK)
    peaks, direct = np.empty(FILTERS, np.int16), np.empty(LANES, np.int64)
    for text in range(len(offsets) - 1):
        for k in range(FILTERS):
            peaks[k] = -net.thresholds[k]
        direct[:] = 0
        at, before, count, spoken = offsets[text], np.uint64(0), 0, False
        where[1], first, size = nothing, 2, _BLOCK
        while size == _BLOCK:
            size, at, before, found = _read(
                net, data, at, offsets[text + 1], before, where, space, unknown
            )
            spoken |= found
            count += size
            if size < _BLOCK:
                where[2 + size] = nothing
                raise_peaks(where, first, 1 + size, peaks, direct)
            else:
                raise_peaks(where, first, size, peaks, direct)
                _carry(where, unknown)
                first = 1
        root = root_of(count)
        for head in range(LANES):
            out[text, head] = net.bias[head] + np.float32(direct[head]) * UNIT / root
            out[text, head] += net.spoken[head] if spoken else np.float32(0)
        answer(peaks, net.thresholds, net.answers, out[text])
