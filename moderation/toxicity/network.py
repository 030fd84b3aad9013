"""The network: a convolution over embedded words with the highest value kept, in compiled code.

For every token an embedding ``e`` (a row of the vocabulary, or for an unknown word the sum of its
letter groups' rows over the root of their number). Each of K *filters* looks at three neighbours::

    value[i] = left · e[i − 1] + middle · e[i] + right · e[i + 1]      peak = max over i, at least 0

and for each head one product more, to which a word of the vocabulary adds a number of its own, is
summed over all tokens, over the root of their number (in a long text a mean, so that nothing grows
without bound). The logit of a head is a weighted sum of peaks, and that average. Taking the maximum
is what keeps a long comment's one vile sentence from drowning in the rest, and a repeated word from
counting twice.

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

from moderation.compiled import compiled, merged
from moderation.instructions import fetch
from moderation.lexicon import LONGEST
from moderation.toxicity.loops import (
    DEPTH,
    DIRECT,
    FILTERS,
    LANES,
    LARGEST,
    ROW,
    UNIT,
    WIDTH,
    Floats,
    Products,
    add_groups,
    address,
    answer,
    fetch_products,
    multiply,
    raise_peaks,
)
from moderation.toxicity.phrases import Phrases, nothing_read, phrase_among
from moderation.toxicity.tokens import (
    MOST_GRAMS,
    Bytes,
    Found,
    Hashes,
    Integers,
    gram_rows,
    read_tokens,
    room_for_tokens,
)

SMOOTHING = 4  # added to the number of tokens under the root
LONG = 50  # tokens from which an average is a mean, however long the text
_BLOCK = 128  # tokens whose windows are looked at in one go
_ROW_BITS = np.uint64((1 << 24) - 1)  # the bits of a slot that hold a row


class Network(NamedTuple):
    """Arrays that the kernels read.

    V words, R rows of letter groups (a power of two), D = DEPTH, K = FILTERS.
    """

    slots: Hashes  # [2^n] see :func:`slots_of`
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
    """Where the products of a block's unknown words are worked out; made once, for one thread."""

    tokens: Integers  # [_BLOCK] which tokens they are
    counts: Integers  # [_BLOCK] how many letter groups each has
    rows: Integers  # [_BLOCK · MOST_GRAMS] of those groups, word after word
    embedding: Floats  # [D] of one word


@compiled
def room() -> Room:
    """Arrays to work in."""
    rows, embedding = np.empty(_BLOCK * MOST_GRAMS, np.int64), np.empty(DEPTH, np.float32)
    return Room(np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.int64), rows, embedding)


@compiled
def root_of(tokens: int) -> np.float32:
    """What the sum over a text's tokens is divided by to make an average."""
    root = np.sqrt(np.float32(min(tokens, LONG) + SMOOTHING))
    return np.float32(root * np.float32(max(tokens, LONG)) / np.float32(LONG))


@merged
def first_slot(slots: Hashes, key: np.uint64) -> int:
    """Where a key stands in the table, unless another one does."""
    return int(np.int64(key & np.uint64(len(slots) - 1)))


@compiled
def slots_of(keys: Hashes, size: int) -> Hashes:
    """Open-addressing table (of a power of two) that finds a key's row.

    A slot is a key, with the row plus one in place of its last bits, which say where to look; 0 is
    free. So a word is found by a single look into memory.
    """
    slots = np.zeros(size, np.uint64)
    for row in range(len(keys)):
        at = first_slot(slots, keys[row])
        while slots[at]:
            at = (at + 1) & (size - 1)
        slots[at] = (keys[row] & ~_ROW_BITS) | np.uint64(row + 1)
    return slots


@merged
def row_of(slots: Hashes, key: np.uint64) -> int:
    """A word's row in the vocabulary, or −1."""
    mask, at = len(slots) - 1, first_slot(slots, key)
    slot = slots[at]
    while slot and (slot ^ key) & ~_ROW_BITS:
        at = (at + 1) & mask
        slot = slots[at]
    return int(np.int64(slot & _ROW_BITS)) - 1


@compiled
def expand(
    words: NDArray[np.int8],
    scale: Floats,
    columns: Floats,
    linear: NDArray[np.int64],
    products: Products,
) -> None:
    """Products of every vocabulary word, [V, WIDTH]: what makes scoring it a look-up.

    To the direct ones is added what each word tells beside its embedding, [V, heads] in UNIT.
    """
    for row in range(len(words)):
        multiply(words[row].astype(np.float32) * scale, columns, products[row])
        for head in range(linear.shape[1]):
            value = products[row, DIRECT + head] + linear[row, head]
            products[row, DIRECT + head] = max(-LARGEST, min(LARGEST, value))


@merged
def groups_of(net: Network, data: Bytes, found: Found, token: int, rows: Integers) -> int:
    """Rows of a token's letter groups, into ``rows``; how many they are."""
    return gram_rows(data, found.begins[token], found.sizes[token], len(net.grams) - 1, rows)


@merged
def multiply_unknown(
    net: Network, rows: Integers, count: int, embedding: Floats, products: Products
) -> None:
    """Products [WIDTH] of a word outside the vocabulary, given the rows of its letter groups."""
    add_groups(net.grams, rows, count, embedding)
    root = np.sqrt(np.float32(max(count, 1)))
    for d in range(DEPTH):
        embedding[d] = embedding[d] * net.scale[d] / root
    multiply(embedding, net.columns, products)


@merged
def _read(
    net: Network,
    data: Bytes,
    at: int,
    stop: int,
    found: Found,
    where: Integers,
    room: Room,
    unknown: Products,
) -> int:
    """Find the next tokens, up to a block; addresses of their products into ``where[2:]``.

    Those of words outside the vocabulary are worked out into the rows of ``unknown``. What is read
    from memory is asked for some steps before, and comes meanwhile.
    """
    size = read_tokens(data, at, stop, found)
    for i in range(size):
        fetch(net.slots, first_slot(net.slots, found.keys[i]))
    strangers = made = 0
    for i in range(size):
        row = row_of(net.slots, found.keys[i])
        if row >= 0:
            where[2 + i] = address(net.products) + ROW * row
            fetch_products(where[2 + i])
        else:
            rows = room.rows[made:]
            count = groups_of(net, data, found, i, rows)
            for j in range(count):
                fetch(net.grams, DEPTH * rows[j])
            room.tokens[strangers], room.counts[strangers] = i, count
            strangers, made = strangers + 1, made + count
    made = 0
    for stranger in range(strangers):
        i, count = room.tokens[stranger], room.counts[stranger]
        multiply_unknown(net, room.rows[made:], count, room.embedding, unknown[2 + i])
        where[2 + i] = address(unknown) + ROW * (2 + i)
        made += count
    return size


@merged
def _carry(where: Integers, unknown: Products) -> None:
    """Put a full block's last two tokens before the next block's."""
    for i in range(2):
        where[i] = where[_BLOCK + i]
        if where[i] == address(unknown) + ROW * (_BLOCK + i):
            where[i] = address(unknown) + ROW * i
            for j in range(WIDTH):
                unknown[i, j] = unknown[_BLOCK + i, j]


@compiled
def logits(net: Network, data: Bytes, offsets: Integers, out: Floats) -> None:
    """Logits of every text into ``out`` [texts, LANES]."""
    # Two tokens of the last block and those of this one; what is beside a text is a row of 0.
    unknown, space = np.zeros((3 + _BLOCK, WIDTH), np.int16), room()
    where, nothing = np.empty(3 + _BLOCK, np.int64), address(unknown) + ROW * (2 + _BLOCK)
    found, words = room_for_tokens(_BLOCK), room_for_tokens(LONGEST)
    peaks, direct = np.empty(FILTERS, np.int16), np.empty(LANES, np.int64)
    for text in range(len(offsets) - 1):
        for k in range(FILTERS):
            peaks[k] = -net.thresholds[k]
        direct[:] = 0
        at, stop = offsets[text], offsets[text + 1]
        read, count, spoken = nothing_read(at), 0, False
        where[1], first, size = nothing, 2, _BLOCK
        while size == _BLOCK:
            size = _read(net, data, at, stop, found, where, space, unknown)
            if not spoken:
                _, end, read = phrase_among(net.phrases, data, read, stop, found, 0, size, words)
                spoken = end > 0
            count += size
            if size < _BLOCK:
                where[2 + size] = nothing
                raise_peaks(where, first, 1 + size, peaks, direct)
            else:
                raise_peaks(where, first, size, peaks, direct)
                _carry(where, unknown)
                first, at = 1, found.ends[-1]
        root = root_of(count)
        for head in range(LANES):
            out[text, head] = net.bias[head] + np.float32(direct[head]) * UNIT / root
            out[text, head] += net.spoken[head] if spoken else np.float32(0)
        answer(peaks, net.thresholds, net.answers, out[text])
