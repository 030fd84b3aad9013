"""The whole job beside what else there is, on the same texts, in one run: ``make bench``.

This tool reads JSON Lines, normalises, scores sentiment and six heads, flags, and writes Parquet;
the others only score texts that are in memory already. Every row of the table is a process of its
own, on one core (two for ``--jobs 2``); start-up and compiling are not timed. A tool works through
the texts in order for some seconds; the best of three turns counts, taken in rotation.

Two tools need an environment of their own; without it their row says so::

    python -m venv .venv-profanity && .venv-profanity/bin/pip install alt-profanity-check
    python -m venv .venv-detoxify && .venv-detoxify/bin/pip install torch transformers
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import comments  # by its folder: another environment has only this file's

COUNT = 200_000
TURNS = 3
SECONDS = 4.0
BATCH = 500
Score = Callable[[list[str]], object]


def vader() -> Score:
    """The reference of the sentiment."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda texts: [analyzer.polarity_scores(text) for text in texts]


def sklearn_pipeline() -> Score:
    """Hashed words 1–2 and characters 3–5 with six logistic heads; the weights are noise."""
    import numpy as np
    from scipy.special import expit
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.pipeline import make_union

    words = HashingVectorizer(ngram_range=(1, 2), n_features=2**18)
    characters = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2**20)
    features = make_union(words, characters)
    weights = np.random.default_rng(0).normal(size=(2**18 + 2**20, 6))
    return lambda texts: expit(features.transform(texts) @ weights)


def profanity_check() -> Score:
    """One head: a linear SVM over counted words."""
    from profanity_check import predict_prob

    return predict_prob


def detoxify() -> Score:
    """BERT-base with six heads and random weights, on which its cost does not depend."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.set_num_threads(1)
    model = BertForSequenceClassification(BertConfig(num_labels=6)).eval()

    def score(texts: list[str]) -> object:
        sizes = [min(512, 2 + int(1.3 * len(text.split()))) for text in texts]
        with torch.inference_mode():
            return [model(torch.randint(999, 30_000, (1, size))).logits for size in sizes]

    return score


OTHERS: dict[str, tuple[str, Callable[[], Score], str]] = {
    "vader": ("vaderSentiment: sentiment alone", vader, ".venv"),
    "sklearn": ("scikit-learn: n-grams, 6 linear heads", sklearn_pipeline, ".venv"),
    "profanity": ("alt-profanity-check: 1 linear head", profanity_check, ".venv-profanity"),
    "detoxify": ("Detoxify's BERT, random weights", detoxify, ".venv-detoxify"),
}
JOBS = {"ours1": 1, "ours2": 2}


def measured(name: str, path: Path) -> dict[str, float]:
    """Comments, bytes and seconds of one turn, in this process."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[: JOBS.get(name, 1)])
    if name in JOBS:
        return whole_job(path, JOBS[name])
    score, texts = OTHERS[name][1](), comments.load(path)
    score(texts[:50])
    done, begin = 0, time.perf_counter()
    while done < len(texts) and time.perf_counter() - begin < SECONDS:
        score(texts[done : done + (BATCH if name != "detoxify" else 5)])
        done += BATCH if name != "detoxify" else 5
    seconds = time.perf_counter() - begin
    used = texts[:done]
    return figures(len(used), sum(len(text.encode()) for text in used), seconds)


def whole_job(path: Path, jobs: int) -> dict[str, float]:
    """From a file of JSON Lines to a file of Parquet."""
    from moderation import batch
    from moderation.formats import Reading
    from moderation.scoring import Scorer

    scorer = Scorer.load()
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder, "first.jsonl")
        with path.open("rb") as lines:
            first.write_bytes(b"".join(islice(lines, 1000)))
        batch.run(Reading(first), scorer, Path(folder, "first.parquet"))
        begin = time.perf_counter()
        tally = batch.run(Reading(path), scorer, Path(folder, "out.parquet"), jobs=jobs)
        seconds = time.perf_counter() - begin
    return figures(tally.rows, sum(len(text.encode()) for text in comments.load(path)), seconds)


def figures(count: int, size: int, seconds: float) -> dict[str, float]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"rate": count / seconds, "bytes": size / seconds, "peak": peak}


def best(name: str, path: Path, python: str) -> dict[str, float] | None:
    """One turn in a process of its own; None where it is not installed."""
    done = subprocess.run([python, __file__, name, path], capture_output=True, text=True)
    if "ModuleNotFoundError" in done.stderr and name not in JOBS:
        return None
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    turn: dict[str, float] = json.loads(done.stdout)
    return turn


def pythons() -> dict[str, str]:
    """The interpreter of every row that can be measured here."""
    found = dict.fromkeys(JOBS, sys.executable)
    for name, (_, _, environment) in OTHERS.items():
        own = Path(environment, "bin", "python")
        if environment == ".venv":
            found[name] = sys.executable
        elif own.exists():
            found[name] = str(own)
    return found


def rows(path: Path) -> Iterable[tuple[str, dict[str, float] | None]]:
    """Every row with its best turn."""
    turns: dict[str, list[dict[str, float]]] = {}
    for _ in range(TURNS):
        for name, python in pythons().items():
            turn = best(name, path, python)
            turns.setdefault(name, []).extend([turn] if turn else [])
    for name in (*JOBS, *OTHERS):
        yield name, max(turns.get(name) or [None], key=lambda turn: turn["rate"] if turn else 0)


def machine() -> str:
    model = "unknown processor"
    if (about := Path("/proc/cpuinfo")).exists():
        lines = [line for line in about.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def main() -> None:
    labels = {"ours1": "moderation, whole job, 1 core", "ours2": "moderation, whole job, --jobs 2"}
    labels |= {name: label for name, (label, _, _) in OTHERS.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "comments.jsonl")
        what = comments.save(path, COUNT, comments.real())
        texts = comments.load(path)
        mean = sum(len(text.encode()) for text in texts) / len(texts)
        found = dict(rows(path))
    reference = (found["vader"] or {})["rate"]
    print("| tool | comments/s | MB/s | peak memory | ratio |\n|---|--:|--:|--:|--:|")
    for name, turn in found.items():
        if turn is None:
            print(f"| {labels[name]} | not installed here | | | |")
            continue
        ratio = f"{turn['rate'] / reference:.1f}"
        rate, speed, peak = turn["rate"], turn["bytes"] / 1e6, turn["peak"] / 1e6
        print(f"| {labels[name]} | {rate:,.0f} | {speed:.1f} | {peak:,.0f} MB | {ratio} |")
    hourly = (found["ours1"] or {})["rate"] * 3600
    print(f"\nA core-hour scores {hourly / 1e6:,.0f} million comments: ", end="")
    print(f"100 million take {1e8 / hourly:.1f} core-hours, 10 billion {1e10 / hourly:,.0f}.")
    print(f"\n{COUNT:,} comments from {what}, {mean:.0f} bytes each on average; {machine()}.")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
