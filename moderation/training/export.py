"""From fitted parameters to the weights that are kept: whole numbers of eight bits, and scales."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.toxicity.loops import Floats
from moderation.toxicity.marking import COMPARED, EVIDENCE
from moderation.toxicity.phrases import threatening
from moderation.toxicity.weights import Weights
from moderation.training.encoding import Encoded
from moderation.training.linear import SHARE, Linear
from moderation.training.parameters import AVERAGE, Parameters

COMMON = np.float32(2 / 3)  # of a group's name, what the names of its kind have in common
_MOST = 127


def export(
    encoded: Encoded,
    vocabulary: NDArray[np.int64],
    grams: int,
    parameters: Parameters,
    source: int,
    listened: Floats,
    linear: Linear,
    alike: Sequence[NDArray[np.int64]],
) -> Weights:
    """Weights of the six heads, uncalibrated, marking whatever carries more than half a logit.

    Args:
        encoded: What the texts' tokens sum.
        vocabulary: Kinds of token with a row of their own.
        grams: Rows of letter groups; those after them are the lexicon's categories.
        parameters: As fitted.
        source: Row of the bias that speaks for ordinary comments.
        listened: [2, heads] the shares of a head's logit that are opinions and ratings; the rest
            is what labels say.
        linear: Makes SHARE of each logit; the network the rest.
        alike: Rows of words of which :data:`COMMON` is what they all are in the middle: so much of
            what comments held against some of those groups more than against others is gone.
    """
    embedded = parameters.words + _from_rows(encoded, vocabulary, parameters)
    told = SHARE * linear.words
    for table, names in product((embedded, told), alike):
        table[names] += COMMON * (table[names].mean(axis=0) - table[names])
    words, word_scale = _eight_bits(embedded)
    added, linear_scale = _eight_bits(told)
    rows, gram_scale = _eight_bits(parameters.rows[:grams])
    heads = len(HEADS)
    teacher, rated = listened
    answers, bias = (
        (1 - SHARE)
        * (
            (1 - teacher - rated) * table[..., :heads]
            + teacher * table[..., -2 * heads : -heads]
            + rated * table[..., -heads:]
        )
        for table in (parameters.answers.T, parameters.bias[source])
    )
    to_peaks, to_averages = np.split(answers, 2)
    phrases, whole = threatening()
    marking = np.zeros(EVIDENCE, np.float32)
    marking[-COMPARED] = 1
    return Weights(
        keys=encoded.hashes[vocabulary],
        words=words,
        word_scale=word_scale,
        linear=added,
        linear_scale=linear_scale,
        grams=rows,
        gram_scale=gram_scale,
        columns=np.ascontiguousarray(parameters.columns[:AVERAGE].transpose(2, 0, 1)),
        direct=(parameters.columns[AVERAGE].T[:, :, None] * to_averages).sum(axis=1),
        thresholds=parameters.thresholds,
        answers=to_peaks.copy(),
        bias=bias + SHARE * linear.bias,
        phrases=phrases,
        whole=whole,
        spoken=np.zeros(heads, np.float32),
        slope=np.ones(heads),
        offset=np.zeros(heads),
        telling=np.zeros(len(vocabulary), np.int8),
        marking=marking,
        marking_above=np.full(1, 0.5, np.float32),
    )


def _from_rows(encoded: Encoded, vocabulary: NDArray[np.int64], parameters: Parameters) -> Floats:
    """The part of each word's embedding that comes from its letter groups and category."""
    sizes = np.diff(encoded.row_first)
    sums = np.zeros((len(vocabulary), parameters.rows.shape[1]), np.float32)
    for i, kind in enumerate(vocabulary):
        rows = encoded.rows[encoded.row_first[kind] : encoded.row_first[kind + 1]]
        sums[i] = parameters.rows[rows].sum(axis=0) / np.sqrt(np.float32(max(sizes[kind], 1)))
    return sums


def _eight_bits(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """A table as whole numbers of −127…127, and what one of them is worth in each column."""
    scale = (np.abs(table).max(axis=0) / _MOST).astype(np.float32)
    scale[scale == 0] = 1
    return np.rint(table / scale).astype(np.int8), scale
