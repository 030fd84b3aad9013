"""What is timed side by side: this tool's whole job, on one machine and on engines, and others.

Each is loaded and warmed up before its time counts. Ours read a file of comments, score all of
them and write Parquet; the others score texts that are in memory already, in order, for some
seconds. Needs, for the others, nothing but themselves.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

import comments  # by its folder: another environment has only this file's

Score = Callable[[list[str]], object]
WARM = 2_000  # comments before the clock starts
SECONDS = 4.0  # of a turn, for those that take a part of the texts
MOST = 200_000  # texts that those have in memory


class Contender(NamedTuple):
    """A row of the table.

    Attributes:
        name: As shown.
        work: Does one turn on a folder of comments; returns how many, their bytes, and seconds.
        cores: How many it may use.
        environment: The folder of the virtual environment that it needs, or none of its own.
    """

    name: str
    work: Callable[[Path], tuple[int, int, float]]
    cores: int = 1
    environment: str | None = None


def moderation(jobs: int) -> Callable[[Path], tuple[int, int, float]]:
    """From JSON Lines to Parquet on one machine."""

    def work(folder: Path) -> tuple[int, int, float]:
        from moderation import batch
        from moderation.cli import startup
        from moderation.formats import Reading
        from moderation.scoring import Scorer

        startup.spare_collections()  # as the command does
        scorer = Scorer.load()
        first = folder / "first.jsonl"
        with (folder / comments.LINES).open("rb") as lines:
            first.write_bytes(b"".join(islice(lines, WARM)))
        out = folder / "out.parquet"
        batch.run(Reading(first), scorer, folder / "first.parquet")
        out.unlink(missing_ok=True)  # putting a file in the place of a large one takes its time
        begin = time.perf_counter()
        batch.run(Reading(folder / comments.LINES), scorer, out, jobs=jobs)
        seconds = time.perf_counter() - begin
        return *comments.size(folder), seconds

    return work


def engine(name: str) -> Callable[[Path], tuple[int, int, float]]:
    """From a folder of Parquet to another, on a local engine that has been started and warmed."""

    def work(folder: Path) -> tuple[int, int, float]:
        from importlib import import_module

        home, out = import_module(f"moderation.engines.{name}"), folder / "out"
        for _ in ("to start and warm all workers", "to time"):
            shutil.rmtree(out, ignore_errors=True)
            begin = time.perf_counter()
            home.save(home.score(str(folder / comments.PARQUET)), out)
            seconds = time.perf_counter() - begin
        return *comments.size(folder), seconds

    return work


def other(load: Callable[[], Score], batch: int = 500) -> Callable[[Path], tuple[int, int, float]]:
    """A tool that scores texts, some at a time."""

    def work(folder: Path) -> tuple[int, int, float]:
        score, texts = load(), list(islice(comments.load(folder), MOST))
        score(texts[:2])
        done, begin = 0, time.perf_counter()
        while done < len(texts) and time.perf_counter() - begin < SECONDS:
            score(texts[done : done + batch])
            done += batch
        seconds, used = time.perf_counter() - begin, texts[:done]
        return len(used), sum(len(text.encode()) for text in used), seconds

    return work


def side_by_side(name: str, processes: int) -> Callable[[Path], tuple[int, int, float]]:
    """So many processes at once, each a contender: what this machine's cores give together."""

    def work(folder: Path) -> tuple[int, int, float]:
        with ProcessPoolExecutor(processes) as pool:
            turns = [pool.submit(alone, name, folder) for _ in range(processes)]
            counts, sizes, seconds = zip(*(turn.result() for turn in turns), strict=True)
        return sum(counts), sum(sizes), max(seconds)

    return work


def alone(name: str, folder: Path) -> tuple[int, int, float]:
    """One of several turns of a contender at once."""
    return CONTENDERS[name].work(folder)


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
    """BERT-base with six heads, as Detoxify runs it; its cost does not depend on the weights.

    Tokens are noise too, four for three words; a batch is padded to its longest comment, and 512
    is the most.
    """
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.set_num_threads(1)
    model = BertForSequenceClassification(BertConfig(num_labels=6)).eval()

    def score(texts: list[str]) -> object:
        sizes = torch.tensor([min(512, 2 + 4 * len(text.split()) // 3) for text in texts])
        there = torch.arange(int(sizes.max())) < sizes[:, None]
        tokens = torch.randint(999, 30_000, there.shape)
        with torch.inference_mode():
            return torch.sigmoid(model(tokens, attention_mask=there.long()).logits)

    return score


CONTENDERS = {
    "job": Contender("moderation: the whole job, 1 core", moderation(1)),
    "jobs": Contender("moderation: the whole job, `--jobs 2`", moderation(2), cores=2),
    "dask": Contender("moderation on Dask, 2 cores", engine("dask"), cores=2),
    "spark": Contender("moderation on Spark, 2 cores", engine("spark"), cores=2),
    "vader": Contender("vaderSentiment: sentiment alone", other(vader)),
    "vaders": Contender(
        "vaderSentiment: two processes, 2 cores", side_by_side("vader", 2), cores=2
    ),
    "sklearn": Contender("scikit-learn: n-grams, 6 linear heads", other(sklearn_pipeline)),
    "profanity": Contender(
        "alt-profanity-check: 1 linear head", other(profanity_check), 1, ".venv-profanity"
    ),
    "detoxify": Contender(
        "Detoxify's BERT, random weights", other(detoxify, 32), 1, ".venv-detoxify"
    ),
}


def turn(name: str, folder: Path) -> tuple[int, int, float]:
    """One turn of a contender, on as many cores as it may use."""
    contender = CONTENDERS[name]
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: contender.cores])
    return contender.work(folder)
