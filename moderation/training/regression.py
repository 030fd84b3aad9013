"""Logistic regression by scikit-learn, with the same result on any number of cores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def fit_logistic(
    values: NDArray[np.floating] | csr_matrix,
    labels: NDArray[np.bool_],
    strength: float,
    tolerance: float,
) -> tuple[NDArray[np.float64], float]:
    """Coefficients and intercept.

    On one thread: what several sum up ends in other digits, which depend on how many they are.

    Args:
        values: [n, features].
        labels: [n].
        strength: Inverse of the regularisation, as scikit-learn's ``C``.
        tolerance: Where to stop, as its ``tol``.

    Example:
        >>> weights, _ = fit_logistic(np.array([[0.0], [1.0]]), np.array([False, True]), 1.0, 1e-4)
        >>> weights > 0
        array([ True])
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        fit = LogisticRegression(C=strength, tol=tolerance, max_iter=1000).fit(values, labels)
    return fit.coef_[0], float(fit.intercept_[0])
