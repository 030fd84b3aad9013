"""What fitting moves, what it learns from, and the room that it works in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.toxicity.loops import Floats

AVERAGE = 3  # the products of a token: left, middle, right, average


class Parameters(NamedTuple):
    """What is fitted (or, of the same shapes, the sums of its squared gradients).

    V words, R rows, D depth, K filters, Q questions of the files, H heads, asked of the teacher and
    of ratings as well.
    """

    words: Floats  # [V, D]
    rows: Floats  # [R, D] letter groups, then the lexicon's categories
    columns: Floats  # [4, K, D] left, middle, right, average
    thresholds: Floats  # [K]
    answers: Floats  # [Q + 2H, 2K] to the peaks, then to the averages
    bias: Floats  # [sources, Q + 2H]

    @classmethod
    def random(
        cls, words: int, rows: int, depth: int, filters: int, bias: Floats, draw: int
    ) -> Parameters:
        """Small random numbers, always the same for a draw."""
        chance = np.random.default_rng([1, draw])

        def drawn(spread: float, *shape: int) -> Floats:
            return chance.normal(0, spread, shape).astype(np.float32)

        return cls(
            words=drawn(0.05, words, depth),
            rows=drawn(0.2, rows, depth),
            columns=drawn(0.3, 4, filters, depth),
            thresholds=np.zeros(filters, np.float32),
            answers=drawn(0.1, bias.shape[1], 2 * filters),
            bias=bias.astype(np.float32),
        )

    @classmethod
    def mean(cls, several: Iterable[Parameters]) -> Parameters:
        """The average of several, number by number."""
        return cls(*(np.mean(arrays, axis=0) for arrays in zip(*several, strict=True)))

    def copy(self) -> Parameters:
        """The same numbers in arrays of their own."""
        return Parameters(*(array.copy() for array in self))

    def zeros(self) -> Parameters:
        """Zeros of the same shapes."""
        return Parameters(*(np.zeros_like(array) for array in self))


class Examples(NamedTuple):
    """What is learnt from: texts as in :class:`moderation.training.encoding.Encoded`."""

    first: NDArray[np.int64]
    kinds: NDArray[np.int32]
    word_of: NDArray[np.int32]  # [kinds] row in the vocabulary, or −1
    row_first: NDArray[np.int64]
    rows: NDArray[np.int32]
    targets: Floats  # [n, Q]
    weights: Floats  # [n, Q]
    opinions: Floats  # [n, 2H] logits, then ratings' logits; not a number where none
    source: NDArray[np.int64]  # [n]


class Room(NamedTuple):
    """Where a pass over one text keeps what it works out."""

    embedded: Floats  # [longest, D]
    gradient: Floats  # [longest, D]
    products: Floats  # [longest + 2, 3K]
    flat: Floats  # [D, 3K] the filters, transposed
    mean: Floats  # [D]
    step: Floats  # [D]
    pooled: Floats  # [2K] peaks and averages, after dropping
    pooled_gradient: Floats  # [2K]
    kept: Floats  # [2K] 0, or what makes up for those dropped
    where: NDArray[np.int64]  # [K] token of each peak, or −1
    known: NDArray[np.bool_]  # [longest] whether a token's own row counts this time


def room_for(parameters: Parameters, longest: int) -> Room:
    """Room for texts of up to ``longest`` tokens."""
    filters, depth = parameters.columns.shape[1:]

    def floats(*shape: int) -> Floats:
        return np.zeros(shape, np.float32)

    return Room(
        embedded=floats(longest, depth),
        gradient=floats(longest, depth),
        products=floats(longest + 2, 3 * filters),
        flat=parameters.columns[:AVERAGE].reshape(-1, depth).T.copy(),
        mean=floats(depth),
        step=floats(depth),
        pooled=floats(2 * filters),
        pooled_gradient=floats(2 * filters),
        kept=np.ones(2 * filters, np.float32),
        where=np.zeros(filters, np.int64),
        known=np.ones(longest, np.bool_),
    )
