"""Each metric against a second, independent definition, on plain and on weighted samples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss, roc_auc_score

from moderation.evaluation import metrics

ONE = np.ones((1, 200))
RANDOM = np.random.default_rng(7)
LABELS = RANDOM.random(200) < 0.3
SCORES = np.round(np.clip(RANDOM.normal(0.3 + 0.3 * LABELS, 0.2), 0, 1), 1)  # many ties
COUNTS = RANDOM.integers(0, 4, (5, 200)).astype(float)


def repeated(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return np.repeat(values, counts.astype(int))


def skill(scores: np.ndarray, labels: np.ndarray) -> float:
    base = np.full(len(labels), labels.mean())
    return 1 - brier_score_loss(labels, scores) / brier_score_loss(labels, base)


@pytest.mark.parametrize(
    ("metric", "reference", "second"),
    [
        (metrics.auc, lambda s, y: roc_auc_score(y, s), LABELS),
        (
            metrics.spearman,
            lambda s, y: spearmanr(s, y)[0],
            np.round(SCORES**2 + RANDOM.random(200), 1),
        ),
        (metrics.brier_skill, skill, LABELS),
    ],
)
def test_equals_reference_and_weights_are_repetitions(
    metric: Callable[..., np.ndarray], reference: Callable[..., float], second: np.ndarray
) -> None:
    assert metric(SCORES, second, ONE) == pytest.approx([reference(SCORES, second)])
    expected = [reference(repeated(SCORES, row), repeated(second, row)) for row in COUNTS]
    assert metric(SCORES, second, COUNTS) == pytest.approx(expected)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 1.0]), st.booleans()), min_size=2))
def test_auc_of_reversed_scores_is_the_complement(items: list[tuple[float, bool]]) -> None:
    scores, labels = (np.array(column) for column in zip(*items, strict=True))
    ones = np.ones((1, len(items)))
    there = metrics.auc(scores, labels, ones)
    back = metrics.auc(-scores, labels, ones)
    if labels.all() or not labels.any():
        assert np.isnan(there).all()
    else:
        assert there + back == pytest.approx([1.0])


def test_group_aucs_equal_their_definitions() -> None:
    groups = RANDOM.random((200, 3)) < 0.3
    found = metrics.group_aucs(SCORES, LABELS, groups, ONE)[0]
    for g in range(3):
        inside = groups[:, g]
        parts = (inside, inside != LABELS, inside == LABELS)  # subgroup, BPSN, BNSP
        expected = [roc_auc_score(LABELS[rows], SCORES[rows]) for rows in parts]
        assert found[:, g] == pytest.approx(expected)


def test_group_without_positives_has_no_subgroup_auc() -> None:
    groups = ~LABELS[:, None]
    subgroup, bpsn, bnsp = metrics.group_aucs(SCORES, LABELS, groups, ONE)[0, :, 0]
    assert np.isnan([subgroup, bnsp]).all()
    assert bpsn == pytest.approx(roc_auc_score(LABELS, SCORES))


def test_calibration_error_is_the_mean_gap_of_equal_bins() -> None:
    scores = np.linspace(0, 1, 150)
    observed = np.clip(scores + 0.1, 0, 1)
    gaps = [
        abs(scores[start : start + 10].mean() - observed[start : start + 10].mean())
        for start in range(0, 150, 10)
    ]
    found = metrics.calibration_error(scores, observed, np.ones((1, 150)))
    assert found == pytest.approx([np.mean(gaps)])


def test_luck_alone_miscalibrates_less_the_more_there_is() -> None:
    few, many = (metrics.chance_error(np.full(n, 0.3), draws=50) for n in (150, 15_000))
    assert 0 < many < few / 5


def test_reliability_bins_hold_equally_many() -> None:
    points = metrics.reliability(SCORES, LABELS)
    assert points["count"].sum() == 200
    assert np.ptp(points["count"]) <= 1
    assert (np.diff(points["predicted"]) >= 0).all()
    assert points["count"] @ points["observed"] == pytest.approx(LABELS.sum())


def test_more_bins_than_items_are_left_out() -> None:
    points = metrics.reliability(np.array([0.2, 0.9]), np.array([0.0, 1.0]), bins=15)
    assert points["count"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("marked", "gold", "expected"),
    [
        ([], [], 1.0),
        ([(0, 3)], [], 0.0),
        ([], [4], 0.0),
        ([(3, 6)], [3, 4, 5], 1.0),
        ([(3, 6), (5, 6)], [3, 4, 5], 1.0),  # overlapping spans count once
        ([(0, 2)], [1, 2, 3], 0.4),
        ([(0, 2)], [7, 8], 0.0),
    ],
)
def test_character_f1(marked: list[tuple[int, int]], gold: list[int], expected: float) -> None:
    assert metrics.character_f1(marked, gold) == pytest.approx(expected)
