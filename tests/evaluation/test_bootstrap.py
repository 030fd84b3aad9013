"""Intervals: repeatable, as wide as theory says, and silent where a resample says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from moderation.evaluation.bootstrap import figure, interval
from moderation.evaluation.metrics import auc, share

VALUES = np.random.default_rng(3).normal(10, 2, 400)


def test_interval_of_a_mean_is_two_standard_errors_wide() -> None:
    found = figure(lambda weights: weights @ VALUES / weights.sum(axis=1), 400)
    assert found.value == pytest.approx(VALUES.mean())
    assert found.n == 400
    expected = 1.96 * VALUES.std() / 20
    assert found.high - found.value == pytest.approx(expected, rel=0.12)
    assert found.value - found.low == pytest.approx(expected, rel=0.12)


def test_same_seed_same_interval() -> None:
    first, again, other = (
        interval(lambda weights: weights @ VALUES, 400, resamples=60, seed=seed)
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("resamples", [1, 50, 73])
def test_every_resample_draws_as_many_as_there_are(resamples: int) -> None:
    rows = []

    def remember(weights: np.ndarray) -> np.ndarray:
        rows.extend(weights.sum(axis=1))
        return weights[:, 0]

    interval(remember, 30, resamples=resamples)
    assert rows == [30.0] * (resamples + 1)


def test_resamples_without_positives_are_left_out() -> None:
    positive = np.zeros(20, bool)
    positive[0] = True
    value, low, high = interval(lambda weights: auc(np.arange(20.0), positive, weights), 20)
    assert (value, low, high) == (0.0, 0.0, 0.0)


def test_several_statistics_share_their_resamples() -> None:
    flags = VALUES > 10

    def both(weights: np.ndarray) -> np.ndarray:
        return np.stack([share(flags, weights), share(~flags, weights)], axis=1)

    value, low, high = interval(both, 400)
    assert value.sum() == pytest.approx(1.0)
    assert low[0] + high[1] == pytest.approx(1.0)
