"""Floors under the speed: ratios to other tools in one run, never seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from moderation import batch
from moderation.formats import Reading
from moderation.scoring import Scorer
from tests.benchmarks import comments

FLOOR = 7.0
"""The whole job must be this many times as fast as vaderSentiment alone; see ``make bench``."""


def processor_seconds(work: Callable[[], object]) -> float:
    """The quickest of three runs, in time of this process: a busy machine changes it little."""
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return min(seconds)


@pytest.mark.slow
def test_the_whole_job_outruns_vader_alone(tmp_path: Path) -> None:
    texts = list(islice(comments.written(), 3_000))
    analyzer = SentimentIntensityAnalyzer()
    alone = processor_seconds(lambda: [analyzer.polarity_scores(text) for text in texts])
    source, out, count = tmp_path / "in.jsonl", tmp_path / "out.parquet", 60_000
    comments.save(source, count)
    scorer = Scorer.load()
    batch.run(Reading(source), scorer, out)  # compiles, if it must
    whole = processor_seconds(lambda: batch.run(Reading(source), scorer, out))
    ratio = (alone / len(texts)) / (whole / count)
    assert ratio > FLOOR, f"{ratio:.1f} times vaderSentiment's rate"
