"""Uncertainty: a figure together with where it would lie in other samples of the same kind.

A statistic here is a function of weights: a row of them says how often each unit (a comment, a
sentence with all its variants) was drawn. A row of ones gives the figure itself, every other row
one resample, so that a whole block of resamples is a few array operations.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]

RESAMPLES = 1000
SEED = 20261231
_BLOCK = 50


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Attributes:
        value: The figure.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: How many independent units it rests on.
        note: What the value alone does not say, such as which group is the worst.
        detail: Figures behind the figure, such as one for each group.
    """

    value: float
    low: float
    high: float
    n: int
    note: str = ""
    detail: Mapping[str, float] = field(default_factory=dict)


def figure(
    statistic: Statistic, units: int, note: str = "", detail: Mapping[str, float] | None = None
) -> Figure:
    """A single statistic with its interval, see :func:`interval`."""
    value, low, high = (float(number) for number in interval(statistic, units))
    return Figure(value, low, high, units, note, detail or {})


def interval(
    statistic: Statistic, units: int, *, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[Array, Array, Array]:
    """A statistic and its 95 % interval, by the percentile bootstrap.

    Args:
        statistic: float64[r, units] of weights → float64[r] or float64[r, k].
        units: How many independent units were sampled.
        resamples: How many samples to draw, with replacement.
        seed: The same seed, the same interval.

    Returns:
        The value on the sample as it is, and the 2.5th and 97.5th percentile over the resamples;
        shape () or (k,) each. A resample in which the statistic is undefined is left out.

    Example:
        >>> heights = np.array([1.0, 2.0, 3.0, 6.0])
        >>> value, low, high = interval(lambda weights: weights @ heights / 4, 4)
        >>> float(value), bool(low < 3.0 < high)
        (3.0, True)
    """
    value = statistic(np.ones((1, units)))[0]
    drawn = np.concatenate([statistic(weights) for weights in _blocks(units, resamples, seed)])
    with warnings.catch_warnings():  # what is undefined in every resample has no interval either
        warnings.filterwarnings("ignore", "All-NaN", RuntimeWarning)
        low, high = np.nanpercentile(drawn, [2.5, 97.5], axis=0)
    return value, low, high


def _blocks(units: int, resamples: int, seed: int) -> Iterator[Array]:
    """Weights of all resamples, a block at a time so that memory stays small."""
    random = np.random.default_rng(seed)
    for start in range(0, resamples, _BLOCK):
        rows = min(_BLOCK, resamples - start)
        drawn = random.integers(0, units, (rows, units))
        places = drawn + np.arange(rows)[:, None] * units
        counts = np.bincount(places.ravel(), minlength=rows * units)
        yield counts.reshape(rows, units).astype(np.float64)
