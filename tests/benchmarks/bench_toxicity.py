"""How many comments a second, on one core, beside the equal scikit-learn pipeline.

::

    python tests/benchmarks/bench_toxicity.py

Texts are put together from words of our own, about 320 characters each; each figure is the best of
several runs, and begins from a list of Python strings.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline, make_union

from moderation.texts import Texts
from moderation.toxicity import Model

_TEXT = """
the council has voted to close our library and nobody asked a single reader what they think about
it, which is typical of people who never set foot in one; I remember when the mayor promised that
schools, parks and buses would come first. Honestly, what an idiot! You can complain all you like
but the money went into another empty stadium, so thank you very much for nothing at all again.
"""
_CHARACTERS = 320


def comments(count: int, chance: np.random.Generator) -> list[str]:
    """Comments of about ``_CHARACTERS`` characters."""
    return [" ".join(chance.choice(_TEXT.split(), _CHARACTERS // 5)) for _ in range(count)]


def per_second(score: Callable[[list[str]], object], texts: list[str], runs: int) -> float:
    """Texts a second, the best of some runs after one that is not timed."""
    score(texts[:100])
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        score(texts)
        seconds.append(time.perf_counter() - begin)
    return len(texts) / min(seconds)


def main() -> None:
    """Print both figures and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=7)
    wanted = parser.parse_args()
    chance = np.random.default_rng(0)
    texts = comments(wanted.count, chance)
    sample = texts[:2000]
    grams = make_union(
        HashingVectorizer(ngram_range=(1, 2), n_features=2**18),
        HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2**18),
    )
    heads = MultiOutputClassifier(SGDClassifier(loss="log_loss", max_iter=5, tol=None))
    pipeline = make_pipeline(grams, heads)
    pipeline.fit(sample, chance.integers(0, 2, (len(sample), 6)))
    model = Model.load()
    ours = per_second(lambda strings: model.score(Texts.of(strings)), texts, wanted.runs)
    theirs = per_second(pipeline.predict_proba, sample, 1)
    print(f"characters a comment   {np.mean([len(text) for text in texts]):10.0f}")
    print(f"this model, six heads  {ours:10,.0f} comments/s")
    print(f"scikit-learn pipeline  {theirs:10,.0f} comments/s")
    print(f"ratio                  {ours / theirs:10.1f}")


if __name__ == "__main__":
    main()
