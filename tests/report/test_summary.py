from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from moderation import columns
from moderation.policy import Policy
from moderation.report.pictures import BINS, DOTS, HEIGHT, WIDTH
from moderation.report.summary import NAMED, Reason, Summary, summarise

Row = dict[str, Any]
Build = Callable[[list[Row]], pd.DataFrame]


@pytest.fixture
def summary(frame: pd.DataFrame, house_policy: Policy) -> Summary:
    return summarise(frame, "The winter ferry", house_policy, 200)


def test_counts(summary: Summary) -> None:
    expected = {"reject": 1, "review": 4, "unscored": 1, "approve": 5, "skip": 1}
    assert (summary.counts, summary.total, summary.waiting) == (expected, 12, 6)


def test_the_queue_is_by_priority_and_equals_keep_their_order(
    rows: list[Row], build: Build
) -> None:
    for row in rows:
        row["priority"] = 0.5 if row["priority"] else 0.0
    queue = summarise(build(rows), "", None, 200).queue.entries
    assert [entry.anchor for entry in queue] == [f"comment-f{n}" for n in (1, 3, 4, 5, 8)]


def test_bounds_of_one_rule_are_one_reason(summary: Summary) -> None:
    assert summary.queue.entries[-1].reasons == (
        Reason("hostile and negative", ("toxicity 0.47, at least 0.45", "sentiment -0.84, at most -0.5")),
    )  # fmt: skip


def test_unscored_comments_are_apart_and_have_no_scores(summary: Summary) -> None:
    (entry,) = summary.unscored.entries
    assert (entry.author, entry.scores, entry.sentiment) == ("Heike", (), None)


def test_a_skipped_comment_with_an_error_is_skipped(rows: list[Row], build: Build) -> None:
    rows[9]["error"] = "longer than allowed"
    assert summarise(build(rows), "", None, 200).counts["skip"] == 1


def test_a_parent_is_looked_for_in_its_own_thread(rows: list[Row], build: Build) -> None:
    rows[0]["thread_id"] = "another story"
    queue = summarise(build(rows), "", None, 200).queue.entries
    assert queue[0].parent is None


def test_a_parent_that_is_not_shown_is_quoted_without_a_link(rows: list[Row], build: Build) -> None:
    rows[0] |= {"action": "skip", "state": "deleted"}
    parent = summarise(build(rows), "", None, 200).queue.entries[0].parent
    assert parent is not None
    assert (parent.author, parent.anchor) == ("Rosa Lindqvist", None)


@pytest.mark.parametrize(
    ("comment_id", "anchor"),
    [("42", "comment-42"), ("a_b-c.d", "comment-a_b-c.d"), (None, "row-0")],
)
def test_anchors(comment_id: str | None, anchor: str, rows: list[Row], build: Build) -> None:
    rows[0]["comment_id"] = comment_id
    (entry,) = summarise(build(rows[:1]), "", None, 200).approved.entries
    assert entry.anchor == anchor


@pytest.mark.parametrize("comment_id", ["", "a b", '"><b>', "é", "x" * 65])
def test_an_odd_id_becomes_a_digest(comment_id: str, rows: list[Row], build: Build) -> None:
    rows[0]["comment_id"] = comment_id
    (entry,) = summarise(build(rows[:1]), "", None, 200).approved.entries
    assert len(entry.anchor) == len("comment-") + 16


def test_an_endless_name_is_cut(rows: list[Row], build: Build) -> None:
    rows[1]["author"] = "A" * 100_000
    name = summarise(build(rows), "", None, 200).queue.entries[0].author
    assert name == "A" * (NAMED - 1) + "…"


def test_the_histogram_counts_scored_comments(summary: Summary) -> None:
    bars = summary.histogram.bars
    assert [bar.approved for bar in bars] == [5] + [0] * 9
    assert [bar.flagged for bar in bars] == [1, 0, 0, 0, 1, 1, 1, 0, 1, 0]
    assert bars[0].approved_height + bars[0].flagged_height == pytest.approx(HEIGHT)
    assert bars[-1].x + bars[-1].width <= WIDTH
    assert len(bars) == BINS


def test_the_scatter_places_and_links(summary: Summary) -> None:
    dots = {dot.anchor: dot for dot in summary.scatter.dots}
    assert len(dots) == summary.scatter.scored == 10
    thanks = dots["comment-f7"]
    assert (thanks.x, thanks.y) == (round(0.82 * WIDTH, 1), round(0.99 * HEIGHT, 1))
    assert thanks.title.startswith("Thank you for the new waiting room")


def test_a_hundred_thousand_comments() -> None:
    size = 100_000
    toxicity = np.linspace(0, 1, size)
    frame = pd.DataFrame(
        {
            "text": [f"comment number {number}" for number in range(size)],
            "sentiment": 1 - 2 * toxicity,
            **dict.fromkeys(columns.HEADS, toxicity),
            "action": np.where(toxicity >= 0.5, "review", "approve"),
            "priority": toxicity,
        }
    )
    summary = summarise(frame, "", None, 50)
    assert (len(summary.queue.entries), summary.queue.unseen) == (50, 49_950)
    assert summary.queue.entries[0].text == "comment number 99999"
    assert DOTS / 2 < len(summary.scatter.dots) <= DOTS
    assert sum(bar.approved + bar.flagged for bar in summary.histogram.bars) == size
