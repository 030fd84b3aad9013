"""What is computed from scores and labels, for a whole block of weights at once.

A function that takes ``weights``, float64[r, n], returns float64[r] (or [r, k]): what the metric
would be on r samples in which each row is repeated so often. See
:mod:`moderation.evaluation.bootstrap` for why.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Spans = Iterable[tuple[int, int]]

BINS = 15


def auc(scores: Array, positive: Flags, weights: Array) -> Array:
    """Area under the ROC curve: how often a positive outscores a negative, ties counting half.

    Args:
        scores: float64[n], of any range.
        positive: bool[n].
        weights: float64[r, n].

    Returns:
        float64[r], 0…1; NaN where a row holds no positive or no negative.

    Example:
        >>> auc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([0, 0, 1, 1], bool), np.ones((1, 4)))
        array([0.875])
    """
    negatives = weights * ~positive
    positives = weights * positive
    won = (positives * below(scores, negatives)).sum(axis=1)
    return _ratio(won, positives.sum(axis=1) * negatives.sum(axis=1))


def below(scores: Array, weights: Array) -> Array:
    """The weight of all that scores below each item, and half the weight of its equals.

    Example:
        >>> below(np.array([3.0, 1.0, 3.0]), np.ones((1, 3)))
        array([[2. , 0.5, 2. ]])
    """
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    mass = np.add.reduceat(weights[:, order], starts, axis=1)
    place = np.searchsorted(ordered[starts], scores)
    lower: Array = (np.cumsum(mass, axis=1) - mass / 2)[:, place]
    return lower


def group_aucs(scores: Array, positive: Flags, groups: Flags, weights: Array) -> Array:
    """Three views of how fairly each group is ranked (Borkan et al. 2019, arXiv 1903.04561).

    Args:
        scores: float64[n].
        positive: bool[n].
        groups: bool[n, g], which items name which group.
        weights: float64[r, n].

    Returns:
        float64[r, 3, g]. Subgroup: positives against negatives of the group. BPSN: positives of
        the background against negatives of the group, low where harmless mentions are scored
        toxic. BNSP: positives of the group against negatives of the background, low where toxic
        mentions are missed. The background is all that is outside the group.
    """
    positives, negatives = weights * positive, weights * ~positive
    over_negatives = below(scores, negatives)
    under_positives = positives.sum(axis=1, keepdims=True) - below(scores, positives)
    result = np.empty((len(weights), 3, groups.shape[1]))
    for g in range(groups.shape[1]):
        rows = np.flatnonzero(groups[:, g])
        inside_positive, inside_negative = positives[:, rows], negatives[:, rows]
        own = (inside_positive * below(scores[rows], inside_negative)).sum(axis=1)
        of_positives, of_negatives = inside_positive.sum(axis=1), inside_negative.sum(axis=1)
        all_over = (inside_positive * over_negatives[:, rows]).sum(axis=1)
        all_under = (inside_negative * under_positives[:, rows]).sum(axis=1)
        outside_positives = positives.sum(axis=1) - of_positives
        outside_negatives = negatives.sum(axis=1) - of_negatives
        result[:, 0, g] = _ratio(own, of_positives * of_negatives)
        result[:, 1, g] = _ratio(all_under - own, outside_positives * of_negatives)
        result[:, 2, g] = _ratio(all_over - own, of_positives * outside_negatives)
    return result


def spearman(first: Array, second: Array, weights: Array) -> Array:
    """Rank correlation, −1…1.

    Example:
        >>> spearman(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.2, 0.3]), np.ones((1, 3)))
        array([1.])
    """
    x, y = below(first, weights), below(second, weights)
    total = weights.sum(axis=1, keepdims=True)
    x -= (weights * x).sum(axis=1, keepdims=True) / total
    y -= (weights * y).sum(axis=1, keepdims=True) / total
    covariance = (weights * x * y).sum(axis=1)
    return _ratio(
        covariance, np.sqrt((weights * x * x).sum(axis=1) * (weights * y * y).sum(axis=1))
    )


def brier_skill(probabilities: Array, positive: Flags, weights: Array) -> Array:
    """How much of the base rate's squared error the probabilities take away: 1 all, 0 none.

    Example:
        >>> brier_skill(np.array([0.0, 1.0]), np.array([False, True]), np.ones((1, 2)))
        array([1.])
    """
    total = weights.sum(axis=1)
    rate = (weights @ positive) / total
    error = (weights @ np.square(probabilities - positive)) / total
    skill: Array = 1 - _ratio(error, rate * (1 - rate))
    return skill


def calibration_error(probabilities: Array, observed: Array | Flags, weights: Array) -> Array:
    """Expected calibration error, 0…1, over bins that hold equally many items each.

    The bins are those of :func:`reliability`, kept the same in every resample. Chance alone makes
    this greater than 0, see :func:`chance_error`.
    """
    bins = _bins(probabilities)
    member = np.zeros((len(probabilities), BINS))
    member[np.arange(len(probabilities)), bins] = probabilities - observed
    gaps: Array = np.abs(weights @ member).sum(axis=1) / weights.sum(axis=1)
    return gaps


def chance_error(probabilities: Array, *, draws: int = 200, seed: int = 0) -> float:
    """The calibration error to expect of perfect probabilities on a sample of this size.

    Labels are drawn from the probabilities themselves, so all that is left is luck.
    """
    random = np.random.default_rng(seed)
    ones = np.ones((1, len(probabilities)))
    drawn = random.random((draws, len(probabilities))) < probabilities
    errors = [calibration_error(probabilities, row, ones)[0] for row in drawn]
    return float(np.mean(errors))


def reliability(
    probabilities: Array, observed: Array | Flags, bins: int = BINS
) -> dict[str, Array]:
    """The points of a reliability plot: a perfectly calibrated model lies on the diagonal.

    Args:
        probabilities: float64[n], 0…1.
        observed: float64[n], labels 0 or 1, or the share of readers who said yes.
        bins: How many bins; each holds equally many items, give or take one.

    Returns:
        ``predicted`` and ``observed``, the mean of each bin, and ``count``, its items; a bin
        without items is left out.

    Example:
        >>> points = reliability(np.array([0.1, 0.3, 0.8, 1.0]), np.array([0, 0, 1, 1.0]), bins=2)
        >>> points["predicted"], points["observed"]
        (array([0.2, 0.9]), array([0., 1.]))
    """
    place = _bins(probabilities, bins)
    count = np.bincount(place, minlength=bins).astype(np.float64)
    filled = count > 0
    sums = {"predicted": probabilities, "observed": observed}
    points = {name: np.bincount(place, values, bins)[filled] for name, values in sums.items()}
    return {name: total / count[filled] for name, total in points.items()} | {
        "count": count[filled]
    }


def share(flags: Flags | Array, weights: Array) -> Array:
    """The weighted mean.

    Example:
        >>> share(np.array([True, False]), np.ones((1, 2)))
        array([0.5])
    """
    return _ratio(weights @ flags.astype(np.float64), weights.sum(axis=1))


def character_f1(marked: Spans, gold: Iterable[int]) -> float:
    """F1 of the marked characters of one comment, as SemEval-2021 task 5 defines it.

    Args:
        marked: Spans [begin, end) in code points.
        gold: Offsets of the characters that annotators marked.

    Returns:
        0…1; 1 where both are empty, 0 where one is.

    Example:
        >>> character_f1([(0, 4)], [2, 3, 4, 5]), character_f1([], [])
        (0.5, 1.0)
    """
    ours = {place for begin, end in marked for place in range(begin, end)}
    theirs = {int(place) for place in gold}
    if not ours and not theirs:
        return 1.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def _bins(probabilities: Array, bins: int = BINS) -> NDArray[np.int64]:
    """The bin of each item when the ordered items are cut into bins of equal size."""
    order = np.argsort(probabilities, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) * bins // len(order)
    return place


def _ratio(above: Array, under: Array) -> Array:
    """Division that is NaN, and silent, where there is nothing to divide by."""
    quotient: Array = np.divide(above, under, out=np.full(above.shape, np.nan), where=under > 0)
    return quotient
