"""Turns logits into probabilities, on comments at natural prevalence that the network never saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from moderation.columns import HEADS
from moderation.training.regression import fit_logistic

_STRENGTH, _TOLERANCE = 1e6, 1e-8  # there is nothing to hold back with one or two numbers a head


def calibrate(
    logits: NDArray[np.float64], labels: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and offset for each head, so that 0.8 reads as a probability (Platt, 1999).

    Two numbers a head: threats are too rare, a few in a thousand, to fit a freer curve.

    Args:
        logits: [n, heads], of held-out texts.
        labels: [n, heads], 0 or 1.
    """
    fits = [
        fit_logistic(logits[:, [head]], labels[:, head] > 0.5, _STRENGTH, _TOLERANCE)
        for head in range(logits.shape[1])
    ]
    slope = np.array([coefficients[0] for coefficients, _ in fits])
    offset = np.array([intercept for _, intercept in fits])
    return slope, offset


def levelled(
    said: NDArray[np.float64], last: NDArray[np.float64], held: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What each fold's network says of the texts it had not seen, at the last network's level.

    Networks that begin otherwise, or learn from more, say everything somewhat higher or lower. By
    how much is seen in the texts that both have learnt from, most of all where they are undecided.

    Args:
        said: [folds, n, heads], logits of the networks without each fold.
        last: [n, heads], logits of the one that is to be calibrated.
        held: [n], the fold of each text.

    Returns:
        [n, heads], each text's logits by its own fold's network.
    """
    level = np.zeros(last.shape)
    for number, logits in enumerate(said):
        both, rows = held != number, held == number
        chance = expit((logits[both] + last[both]) / 2)
        undecided = chance * (1 - chance)
        higher = (undecided * (last[both] - logits[both])).sum(axis=0) / undecided.sum(axis=0)
        level[rows] = logits[rows] + higher
    return level


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
    threat = HEADS.index("threat")
    seen = np.column_stack([logits[:, threat], spoken])
    (slope, addition), _ = fit_logistic(seen, labels[:, threat] > 0.5, _STRENGTH, _TOLERANCE)
    worth = np.zeros(len(HEADS), np.float32)
    worth[threat] = max(addition / slope, 0.0)
    return worth
