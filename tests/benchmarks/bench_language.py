"""How fast the language of a comment is found, beside the detector it spares.

Run from the top of the repository: ``python -m tests.benchmarks.bench_language``. Without the
labelled data (MODERATION_DATA) only comments of our own are timed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from moderation.language import identify
from moderation.language.glance import glance
from moderation.texts import Texts

DATA = Path(os.environ.get("MODERATION_DATA", "../shared/data"))
SETS = [
    ("wikipedia_context_perspective", "text"),
    ("globe_and_mail_dev", "comment"),
    ("jigsaw_natural_dev", "text"),
    ("tweet_sentiment_dev", "text"),
    ("german_comments_1000", "text"),
]
OWN = (
    "I have read the whole report and I still do not see who is going to pay for the new bridge. "
    "They told us last year that it would be finished by spring, and now nobody at the town hall "
    "answers the phone. If you ask me, the people who signed that contract should explain "
    "themselves at the next meeting, in public, and not hide behind a press office again."
)


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of the quickest round."""
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def report(name: str, texts: Texts) -> None:
    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    some = texts[:500]
    first = best(lambda: glance(texts)) / len(texts)
    whole = best(lambda: identify(texts)) / len(texts)
    alone = best(lambda: [library.classify(text) for text in some], 1) / len(some)
    foreign = np.mean(~np.isin(identify(texts), ("en", "und")))
    print(
        f"{name:24}{len(texts):7}{len(texts.data) / len(texts):8.0f}"
        f"{first * 1e6:12.2f}{whole * 1e6:12.2f}{alone * 1e6:12.1f}{foreign:11.2%}"
    )


def main() -> None:
    print(f"{'':24}{'texts':>7}{'bytes':>8}{'first look':>12}{'identify':>12}{'py3langid':>12}{'foreign':>11}")  # fmt: skip
    print(f"{'':39}{'µs a text':>12}{'µs a text':>12}{'µs a text':>12}")
    report("own English", Texts.of([OWN] * 20_000))
    for name, column in SETS:
        path = DATA / f"{name}.parquet"
        if path.exists():
            report(name, Texts.of(pd.read_parquet(path, columns=[column])[column]))


if __name__ == "__main__":
    main()
