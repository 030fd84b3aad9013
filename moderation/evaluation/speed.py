"""How fast the subject scores, beside the scikit-learn pipeline that does the same work.

Both read the same list of strings, one after the other in one run on one core. These figures
belong to the machine, so no floor is set on them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.evaluation.bench import Bench
from moderation.evaluation.bootstrap import Figure

LENGTH = 320
RUNS = 5
_SETS = ("wikipedia_context_perspective", "jigsaw_natural_dev", "jigsaw_test_dev")
_MANY, _FEW = 10_000, 500


def rate(bench: Bench) -> Figure:
    """Comments a second: the median of some runs, and the slowest and fastest as its interval."""
    return bench.once(_rate)


def ratio(bench: Bench) -> Figure:
    """How many times as fast as scikit-learn."""
    fast, slow = bench.once(_rate), bench.once(_pipeline_rate)
    low, high = fast.low / slow.high, fast.high / slow.low
    note = f"scikit-learn: {slow.value:,.0f} a second"
    return Figure(fast.value / slow.value, low, high, slow.n, note)


def size(bench: Bench) -> Figure:
    """Megabytes of weights."""
    megabytes = bench.subject.size / 1e6
    return Figure(megabytes, megabytes, megabytes, 1)


def _rate(bench: Bench) -> Figure:
    return _timed(bench.subject.heads, _comments(bench)[:_MANY])


def _pipeline_rate(bench: Bench) -> Figure:
    return _timed(_pipeline(), _comments(bench)[:_FEW])


def _comments(bench: Bench) -> list[str]:
    """Real comments cut to one length."""
    texts = (text for name in _SETS for text in bench.column(name))
    return [text[:LENGTH] for text in texts if len(text) >= LENGTH]


def _timed(score: Callable[[list[str]], object], texts: list[str]) -> Figure:
    score(texts)  # the first time pays for memory and caches
    rates = []
    for _ in range(RUNS):
        start = time.perf_counter()
        score(texts)
        rates.append(len(texts) / (time.perf_counter() - start))
    return Figure(float(np.median(rates)), min(rates), max(rates), len(texts))


def _pipeline() -> Callable[[list[str]], NDArray[np.float64]]:
    """Hashed word 1–2-grams and character 3–5-grams with a logistic head for each column.

    The weights are noise: they decide what comes out, not how long it takes.
    """
    from scipy.special import expit
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.pipeline import make_union

    words = HashingVectorizer(ngram_range=(1, 2), n_features=2**18)
    characters = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2**20)
    features = make_union(words, characters)
    weights = np.random.default_rng(0).normal(size=(2**18 + 2**20, len(HEADS)))

    def score(texts: list[str]) -> NDArray[np.float64]:
        scores: NDArray[np.float64] = expit(features.transform(texts) @ weights)
        return scores

    return score
