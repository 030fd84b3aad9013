"""What a careful reader said of many texts, on a scale, for the small model to learn from.

A label says yes or no, a teacher that learnt from labels repeats their habits: the rude word is the
insult, and who sneers politely is not heard. So some hundred thousand of the texts to learn from
were read one by one by a large language model and rated as ``data/ratings.md`` asks: how many of a
hundred readers would call it toxic, an insult, an attack on people for what they are; and of those
that may be threats, how many would call them so.
``data/ratings.npz`` has the ratings, one byte each, and no text: whose they are, a digest says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.evaluation.holdout import checked_out
from moderation.toxicity.loops import Floats

RATINGS = Path(__file__).parents[2] / "data" / "ratings.npz"
RATED = ("toxicity", "insult", "identity_attack", "threat")
_MOST = 100
_NONE = 255  # stands for no rating
_ROOM = np.float32(0.7)  # keeps the logits of 0 and 100 finite


def load_ratings(texts: Sequence[str], path: Path = RATINGS) -> Floats:
    """Logits for the six heads, [n, 6]; not a number where a text or a head is not rated.

    Raises:
        InputError: The ratings are missing.
    """
    with np.load(checked_out(path), allow_pickle=False) as arrays:
        keys, ratings = arrays["keys"], arrays["ratings"]
    wanted = _keys(texts)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    rated = np.flatnonzero(keys[at] == wanted)
    logits = np.full((len(texts), len(HEADS)), np.nan, np.float32)
    said = np.where(ratings == _NONE, np.nan, ratings.astype(np.float32))[at[rated]]
    columns = [HEADS.index(head) for head in RATED]
    logits[rated[:, None], columns] = np.log((said + _ROOM) / (_MOST + _ROOM - said))
    return logits


def save_ratings(texts: Sequence[str], ratings: NDArray[np.float64], path: Path = RATINGS) -> None:
    """Keep ratings [n, 4] of 0…100, in the order of RATED; not a number where there is none.

    Of a text that was rated twice, the mean is kept.
    """
    keys, place = np.unique(_keys(texts), return_inverse=True)
    sums, times = np.zeros((2, len(keys), len(RATED)))
    np.add.at(sums, place, np.nan_to_num(ratings))
    np.add.at(times, place, np.isfinite(ratings))
    means = np.rint(sums / np.maximum(times, 1))
    kept = np.where(times > 0, means, _NONE).astype(np.uint8)
    np.savez_compressed(path, keys=keys, ratings=kept)


def _keys(texts: Iterable[str]) -> NDArray[np.uint64]:
    """Eight bytes that stand for each text."""
    digests = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return np.array([int.from_bytes(digest[:8], "little") for digest in digests], np.uint64)
