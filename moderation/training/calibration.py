"""Turns logits into probabilities, on comments at natural prevalence that the network never saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def calibrate(
    logits: NDArray[np.float64], labels: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and offset for each head, so that 0.8 reads as a probability (Platt, 1999).

    Two numbers a head: threats are too rare, a few in a thousand, to fit a freer curve.

    Args:
        logits: [n, heads], of held-out texts.
        labels: [n, heads], 0 or 1.
    """
    from sklearn.linear_model import LogisticRegression

    fits = [
        LogisticRegression(C=1e6, tol=1e-8, max_iter=1000).fit(
            logits[:, [head]], labels[:, head] > 0.5
        )
        for head in range(logits.shape[1])
    ]
    slope = np.array([fit.coef_[0, 0] for fit in fits])
    offset = np.array([fit.intercept_[0] for fit in fits])
    return slope, offset
