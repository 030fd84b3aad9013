"""How fast tables are read and written: comments of about 300 characters, made on the spot.

Run from the top of the repository: ``python -m tests.benchmarks.bench_formats_tables [COMMENTS]``.
Processor time, so that a busy machine matters little; the best of three.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet  # noqa: F401  # loading the three is no part of what is measured

from moderation.formats import Reading
from moderation.formats.frames import read_schema, to_arrow
from moderation.formats.writing import Writer

KINDS = ("jsonl", "csv", "parquet")
IN_A_FRAME = 10_000
WORDS = [
    "the",
    "ferry",
    "was",
    "late",
    "again",
    "and",
    "nobody",
    "at",
    "the",
    "pier",
    "knew",
    "why",
]


def frame(first: int, chance: random.Random) -> pd.DataFrame:
    numbers = range(first, first + IN_A_FRAME)
    return pd.DataFrame(
        {
            "comment_id": [f"c{n}" for n in numbers],
            "thread_id": [f"t{n // 100}" for n in numbers],
            "parent_id": [f"c{n - 1}" if n % 3 else None for n in numbers],
            "author": [f"reader {n % 977}" for n in numbers],
            "created_at": pd.to_datetime([1_500_000_000 + n for n in numbers], unit="s", utc=True),
            "text": [" ".join(chance.choices(WORDS, k=chance.randint(10, 130))) for _ in numbers],
            "state": "published",
            "likes": [n % 50 for n in numbers],
            "source": "bench",
        }
    )


def best(work: Callable[[], None]) -> float:
    """Processor seconds of the quickest of three runs."""
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return min(seconds)


def main(comments: int) -> None:
    chance = random.Random(7)  # noqa: S311  # no secret
    frames = [to_arrow(frame(at, chance), read_schema()) for at in range(0, comments, IN_A_FRAME)]
    print(f"{comments:,} comments\n{'':8} {'MB':>6} {'write':>12} {'read':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            path = Path(folder, f"comments.{kind}")

            def write(path: Path = path) -> None:
                with Writer(path, schema=read_schema()) as writer:
                    for table in frames:
                        writer.write(table)

            def read(path: Path = path) -> None:
                assert sum(table.num_rows for table in Reading(path).tables()) == comments

            wrote, took = best(write) / comments, best(read) / comments
            megabytes = path.stat().st_size / 1e6
            print(f"{kind:8} {megabytes:6.0f} {wrote * 1e6:9.2f} µs {took * 1e6:9.2f} µs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
