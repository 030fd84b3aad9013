"""Peak memory of the whole job as the input grows: ``python tests/benchmarks/bench_memory.py``.

Each size is generated (comments of our own writing, JSON Lines) and scored to Parquet in a process
of its own, with two jobs. Arguments are other sizes than one and ten million.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import comments

SIZES = (1_000_000, 10_000_000)


def job(path: Path, out: Path) -> None:
    """Score a file and print rows, seconds and peak memory."""
    from moderation import batch
    from moderation.formats import Reading
    from moderation.scoring import Scorer

    begin = time.perf_counter()
    tally = batch.run(Reading(path), Scorer.load(), out, jobs=2)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{tally.rows:>12,} comments {path.stat().st_size / 1e6:>8,.0f} MB {seconds:>7.0f} s {peak:>6,.0f} MiB peak")  # fmt: skip


def main() -> None:
    for size in [int(argument) for argument in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "in.jsonl")
            comments.save(path, size)
            subprocess.run(
                [sys.executable, __file__, path, Path(folder, "out.parquet")], check=True
            )


if __name__ == "__main__":
    if len(sys.argv) == 3 and Path(sys.argv[1]).exists():
        job(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
