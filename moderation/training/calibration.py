"""Turns logits into probabilities, on comments at natural prevalence that the network never saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS


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


def worth_of_phrases(
    logits: NDArray[np.float64], spoken: NDArray[np.bool_], labels: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What a threatening phrase is worth beside the network: an addition to each head's logit.

    Only threats are asked: the network has seen enough of the other heads.

    Args:
        logits: [n, heads], of held-out texts.
        spoken: [n], whether the text holds a phrase of :mod:`moderation.toxicity.phrases`.
        labels: [n, heads], 0 or 1.
    """
    from sklearn.linear_model import LogisticRegression

    threat = HEADS.index("threat")
    seen = np.column_stack([logits[:, threat], spoken])
    fit = LogisticRegression(C=1e6, tol=1e-8, max_iter=1000).fit(seen, labels[:, threat] > 0.5)
    worth = np.zeros(len(HEADS), np.float32)
    worth[threat] = max(fit.coef_[0, 1] / fit.coef_[0, 0], 0.0)
    return worth
