"""Sentiment beside vaderSentiment: throughput on the same texts in one run, and hostile texts.

    python tests/benchmarks/bench_sentiment.py [FILE.parquet ...]

Both take a list of Python strings and one core; figures are processor time, the least of some
runs, after a first call that loads (or compiles) the kernels. The reference, which does some
thousand comments a second, gets every so manieth text of a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from moderation import sentiment
from moderation.texts import Texts

DATA = Path(os.environ.get("MODERATION_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILES = ("civil_graded", "jigsaw_natural_dev", "tweet_sentiment_dev", "vader_ground_truth")
SAMPLE = 1_500
RUNS = 5
HOSTILE = {
    "4,000 emoji": "😀" * 4_000,
    "96 kB of words and but": "good but " * (96_000 // 9),
    "1 MB of one word": "a" * 1_000_000,
}
START = """
import time
import numpy, numba, pandas, pyarrow
from moderation.compiled import compiled, decode
decode(numpy.frombuffer(b"a", numpy.uint8), 0)
begin = time.perf_counter()
from moderation import sentiment
from moderation.texts import Texts
sentiment.score(Texts.of(["good"]))
print(time.perf_counter() - begin)
"""


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Processor time of a piece of work, the least of some runs."""
    times = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def ours(texts: list[str]) -> None:
    sentiment.score(Texts.of(texts))


def main() -> None:
    reference = SentimentIntensityAnalyzer()

    def theirs(texts: list[str]) -> None:
        for text in texts:
            reference.polarity_scores(text)

    ours(["good 😀"])
    print("texts                comments  bytes each  ours/s     ours MB/s  vader/s   ratio")
    for path in [Path(name) for name in sys.argv[1:]] or [DATA / f"{n}.parquet" for n in FILES]:
        column = pq.read_table(path, columns=["text"])["text"].drop_null()
        texts = column.to_pylist()
        size = len(Texts.of(texts).data)
        sample = texts[:: max(1, len(texts) // SAMPLE)]
        fast = len(texts) / seconds(lambda texts=texts: ours(texts))
        slow = len(sample) / seconds(lambda sample=sample: theirs(sample), runs=1)
        print(
            f"{path.stem:20} {len(texts):8,}  {size / len(texts):10.0f}  {fast:9,.0f}"
            f"  {fast * size / len(texts) / 1e6:9.0f}  {slow:7,.0f}  {fast / slow:5.0f}×"
        )
    print("\nhostile text              ours ms")
    for name, text in HOSTILE.items():
        print(f"{name:24} {1e3 * seconds(lambda text=text: ours([text])):8.1f}")
    start = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, text=True, check=True
    )
    print(
        f"\nfirst text of a process, tables and cached kernels: {1e3 * float(start.stdout):.0f} ms"
    )


if __name__ == "__main__":
    main()
