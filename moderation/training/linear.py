"""What each word tells by itself, whatever stands beside it: a regression by scikit-learn.

The network hears many sources through few numbers a word. A plain regression on the words and their
letter groups, with nothing but readers' labels, ranks comments worse than it does but errs on
others, so the two together rank them better than either. What the regression holds of a word is
added where the network's direct products are: in scoring it costs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from moderation.toxicity.loops import Floats
from moderation.toxicity.network import root_of
from moderation.training.encoding import Encoded
from moderation.training.regression import fit_logistic

SHARE = np.float32(0.3)  # of a logit that is the regression's; .3 to .5 rank held-out texts best
_STRENGTH, _TOLERANCE = 2.0, 1e-5


class Linear(NamedTuple):
    """A logit that is a sum over words. V words, H heads."""

    words: Floats  # [V, H] over network.root_of the number of tokens
    bias: Floats  # [H]


def fit_linear(
    encoded: Encoded,
    vocabulary: NDArray[np.int64],
    texts: NDArray[np.int64],
    labels: NDArray[np.bool_],
) -> Linear:
    """Fit to some of the texts; a feature counts the more, the fewer of them it stands in.

    Args:
        encoded: The texts' tokens.
        vocabulary: Kinds of token with a number of their own.
        texts: [n] which of the texts to learn from.
        labels: [n, heads] what readers called them.
    """
    features = _features(encoded, vocabulary)
    averages = csr_matrix(_averages(encoded)[texts] @ features)
    found_in = np.bincount(averages.indices, minlength=averages.shape[1])
    worth = 1 + np.log((1 + len(texts)) / (1 + found_in))
    values = csr_matrix(averages @ diags(worth))
    spread = np.sqrt(values.multiply(values).sum() / len(texts))
    values = values / spread
    fits = [
        fit_logistic(values, labels[:, head], _STRENGTH, _TOLERANCE)
        for head in range(labels.shape[1])
    ]
    told = np.column_stack([coefficients * worth / spread for coefficients, _ in fits])
    bias = np.array([intercept for _, intercept in fits])
    return Linear((features[vocabulary] @ told).astype(np.float32), bias.astype(np.float32))


def _features(encoded: Encoded, vocabulary: NDArray[np.int64]) -> csr_matrix:
    """Of each kind of token: which word it is, and its rows over the root of their number."""
    kinds, sizes = len(encoded.hashes), np.diff(encoded.row_first)
    words = csr_matrix(
        (np.ones(len(vocabulary)), (vocabulary, np.arange(len(vocabulary)))),
        shape=(kinds, len(vocabulary)),
    )
    shares = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    rows = csr_matrix((shares, encoded.rows, encoded.row_first))
    return csr_matrix(hstack([words, rows]))


def _averages(encoded: Encoded) -> csr_matrix:
    """How often each kind of token stands in each text, over the root the network divides by."""
    sizes = np.diff(encoded.first)
    roots = np.array([root_of(size) for size in range(sizes.max() + 1)])
    shares = np.repeat(1 / roots[sizes], sizes)
    shape = (len(sizes), len(encoded.hashes))
    return csr_matrix((shares, encoded.kinds, encoded.first), shape=shape)
