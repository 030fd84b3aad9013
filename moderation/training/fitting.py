"""Fits the network: gradient descent with Adagrad, one text at a time, in one order.

Sequential on purpose: the same texts give the same weights, bit for bit. The forward pass is that
of :mod:`moderation.toxicity.network` in floating point, but that the direct products are those of
as many *averages* as there are filters; every question that a source asks is answered from the same
peaks and averages, so that what one source knows helps the others. A label is answered by a share,
an opinion or a rating by a logit: among comments that nobody would call toxic it still tells the
plain from the pointed. To be asked what readers say of a text, what the teacher says of it, and how
it is rated are three questions: as one, each pulled the answer away from the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.toxicity.loops import Floats
from moderation.toxicity.network import root_of
from moderation.training.parameters import AVERAGE, Examples, Parameters, Room

TRUST = np.float32(0.3)  # in an opinion or a rating, beside a label
_FARTHEST = np.float32(3)  # of an opinion's pull, in logits
_LEAST = np.float32(1e-6)  # keeps divisions and logarithms finite
_ONE = np.float32(1)


@compiled
def _chance(state: NDArray[np.uint64]) -> float:
    """A uniform number in [0, 1): xorshift64*."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.float64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) / 2.0**53


@compiled
def _descend(row: Floats, squares: Floats, gradient: Floats, rate: np.float32) -> None:
    """One Adagrad step."""
    for d in range(len(gradient)):
        squares[d] += gradient[d] * gradient[d]
        row[d] -= rate * gradient[d] / np.sqrt(squares[d] + _LEAST)


@compiled
def _embed(examples: Examples, begin: int, size: int, parameters: Parameters, room: Room) -> None:
    """Each token's embedding, and their sum over the root of their number."""
    depth = parameters.words.shape[1]
    room.mean[:] = 0
    for i in range(size):
        kind = examples.kinds[begin + i]
        first, last = examples.row_first[kind], examples.row_first[kind + 1]
        root = np.sqrt(np.float32(max(last - first, 1)))
        word = examples.word_of[kind]
        embedded = room.embedded[i]
        embedded[:] = 0
        for r in range(first, last):
            row = examples.rows[r]
            for d in range(depth):
                embedded[d] += parameters.rows[row, d]
        for d in range(depth):
            embedded[d] /= root
        if word >= 0 and room.known[i]:
            for d in range(depth):
                embedded[d] += parameters.words[word, d]
        for d in range(depth):
            room.mean[d] += embedded[d]
    root = root_of(size)
    for d in range(depth):
        room.mean[d] /= root


@compiled
def _pool(size: int, parameters: Parameters, room: Room) -> None:
    """Peaks with their places, and averages, times what dropping makes of them."""
    filters, depth = parameters.columns.shape[1:]
    room.products[: size + 2] = 0
    for i in range(size):
        for d in range(depth):
            value = room.embedded[i, d]
            for j in range(3 * filters):
                room.products[i + 1, j] += value * room.flat[d, j]
    room.where[:] = -1
    room.pooled[:] = 0
    for i in range(size):
        for k in range(filters):
            value = room.products[i, k] + room.products[i + 1, filters + k]
            value += room.products[i + 2, 2 * filters + k] + parameters.thresholds[k]
            if value > room.pooled[k]:
                room.pooled[k] = value
                room.where[k] = i
    for k in range(filters):
        for d in range(depth):
            room.pooled[filters + k] += parameters.columns[AVERAGE, k, d] * room.mean[d]
    for j in range(2 * filters):
        room.pooled[j] *= room.kept[j]


@compiled
def _learn_answer(
    q: int,
    source: int,
    gradient: np.float32,
    parameters: Parameters,
    squares: Parameters,
    room: Room,
    rate: np.float32,
) -> None:
    """Move the answer to a question; leave the gradient of what it was answered from."""
    for j in range(len(room.pooled)):
        room.pooled_gradient[j] += gradient * parameters.answers[q, j]
        slope = gradient * room.pooled[j]
        squares.answers[q, j] += slope * slope
        parameters.answers[q, j] -= rate * slope / np.sqrt(squares.answers[q, j] + _LEAST)
    squares.bias[source, q] += gradient * gradient
    parameters.bias[source, q] -= rate * gradient / np.sqrt(squares.bias[source, q] + _LEAST)


@compiled
def _answer(
    examples: Examples,
    text: int,
    parameters: Parameters,
    squares: Parameters,
    room: Room,
    rate: np.float32,
) -> float:
    """Answer every question asked of a text, learn from it, and leave the gradient; the loss."""
    loss = 0.0
    source = examples.source[text]
    labelled = examples.targets.shape[1]
    room.pooled_gradient[:] = 0
    for q in range(parameters.answers.shape[0]):
        told = q >= labelled
        weight = TRUST if told else examples.weights[text, q]
        target = examples.opinions[text, q - labelled] if told else examples.targets[text, q]
        if weight <= 0 or np.isnan(target):
            continue
        logit = parameters.bias[source, q]
        for j in range(len(room.pooled)):
            logit += parameters.answers[q, j] * room.pooled[j]
        if told:
            gradient = weight * max(-_FARTHEST, min(_FARTHEST, logit - target))
        else:
            share = _ONE / (_ONE + np.exp(-logit))
            loss -= weight * target * np.log(share + _LEAST)
            loss -= weight * (_ONE - target) * np.log(_ONE - share + _LEAST)
            gradient = weight * (share - target)
        _learn_answer(q, source, gradient, parameters, squares, room, rate)
    for j in range(len(room.pooled)):
        room.pooled_gradient[j] *= room.kept[j]
    return loss


@compiled
def _learn_columns(
    size: int, parameters: Parameters, squares: Parameters, room: Room, rate: np.float32
) -> None:
    """Move filters and averages; leave the tokens' gradient."""
    filters, depth = parameters.columns.shape[1:]
    root = root_of(size)
    shared = np.zeros(depth, np.float32)
    for k in range(filters):
        slope = room.pooled_gradient[filters + k]
        for d in range(depth):
            shared[d] += slope * parameters.columns[AVERAGE, k, d] / root
            room.step[d] = slope * room.mean[d]
        _descend(parameters.columns[AVERAGE, k], squares.columns[AVERAGE, k], room.step, rate)
    for i in range(size):
        room.gradient[i] = shared
    for k in range(filters):
        slope = room.pooled_gradient[k]
        if room.where[k] < 0 or slope == 0:
            continue
        squares.thresholds[k] += slope * slope
        parameters.thresholds[k] -= rate * slope / np.sqrt(squares.thresholds[k] + _LEAST)
        for part in range(3):
            i = room.where[k] + part - 1
            if i < 0 or i >= size:
                continue
            column = parameters.columns[part, k]
            for d in range(depth):
                room.gradient[i, d] += slope * column[d]
                room.step[d] = slope * room.embedded[i, d]
            _descend(column, squares.columns[part, k], room.step, rate)
            for d in range(depth):
                room.flat[d, part * filters + k] = column[d]


@compiled
def _learn_rows(
    examples: Examples,
    begin: int,
    size: int,
    parameters: Parameters,
    squares: Parameters,
    room: Room,
    rate: np.float32,
) -> None:
    """Move the rows that the tokens' embeddings were summed from."""
    for i in range(size):
        kind = examples.kinds[begin + i]
        first, last = examples.row_first[kind], examples.row_first[kind + 1]
        word = examples.word_of[kind]
        if word >= 0 and room.known[i]:
            _descend(parameters.words[word], squares.words[word], room.gradient[i], rate)
        root = np.sqrt(np.float32(max(last - first, 1)))
        for d in range(len(room.step)):
            room.step[d] = room.gradient[i, d] / root
        for r in range(first, last):
            row = examples.rows[r]
            _descend(parameters.rows[row], squares.rows[row], room.step, rate)


@compiled
def descend(
    order: NDArray[np.int64],
    examples: Examples,
    parameters: Parameters,
    squares: Parameters,
    room: Room,
    rates: tuple[float, float],
    drops: tuple[float, float],
    seed: int,
) -> float:
    """One pass over the texts in ``order``; returns the mean loss.

    Args:
        order: Texts, in the order in which they are learnt from.
        examples: The texts.
        parameters: Changed in place.
        squares: Sums of squared gradients, changed in place.
        room: Scratch, with the filters transposed in ``flat``.
        rates: Step size at the begin and at the end of the pass.
        drops: Chance that a token counts as unknown, and that a peak or average is left out.
        seed: Of the chances.
    """
    state = np.array([seed * 2 + 1], np.uint64)
    total = 0.0
    for step in range(len(order)):
        rate = np.float32(rates[0] + (rates[1] - rates[0]) * step / len(order))
        text = order[step]
        begin = examples.first[text]
        size = min(examples.first[text + 1] - begin, len(room.embedded))
        for i in range(size):
            room.known[i] = _chance(state) >= drops[0]
        for j in range(len(room.kept)):
            kept = _chance(state) >= drops[1]
            room.kept[j] = np.float32(1 / (1 - drops[1])) if kept else np.float32(0)
        _embed(examples, begin, size, parameters, room)
        _pool(size, parameters, room)
        total += _answer(examples, text, parameters, squares, room, rate)
        _learn_columns(size, parameters, squares, room, rate)
        _learn_rows(examples, begin, size, parameters, squares, room, rate)
    return total / len(order)
