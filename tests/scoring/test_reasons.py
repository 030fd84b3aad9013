from __future__ import annotations

import numpy as np
import pyarrow as pa

from moderation import columns, policy
from moderation.scoring.reasons import Integers, Spans, reasons

POLICY = policy.parse(
    "[rule.a]\ninsult.at_least = 0.5\nsentiment.below = 0\n[rule.b]\nlinks.above = 1"
)
COMMENTS = {
    "insult": pa.array([0.1, 0.51234, 0.9]),
    "sentiment": pa.array([0.0, -0.5, -0.25]),
    "links": pa.array([2, 0, 7]),
    "error": pa.nulls(3),
}


def mark(bound: policy.Bound, rows: Integers) -> Spans:
    """Two spans a row for insults, none for anything else."""
    if bound.column != "insult":
        return Spans(*(np.zeros(0, np.int64) for _ in range(3)))
    return Spans.sorted(np.repeat(rows, 2), [5, 0] * len(rows), [6, 2] * len(rows))


def test_every_bound_of_every_rule_that_fired() -> None:
    array = reasons(POLICY, POLICY.decide(COMMENTS), COMMENTS, mark)
    assert array.type == columns.arrow_type("reasons")
    spans = [{"begin": 0, "end": 2}, {"begin": 5, "end": 6}]
    insult = {"rule": "a", "column": "insult", "bound": "at least 0.5", "spans": spans}
    sentiment = {"rule": "a", "column": "sentiment", "bound": "below 0", "spans": []}
    links = {"rule": "b", "column": "links", "bound": "above 1", "spans": []}
    assert array.to_pylist() == [
        [links | {"value": "2"}],
        [insult | {"value": "0.512"}, sentiment | {"value": "-0.5"}],
        [insult | {"value": "0.9"}, sentiment | {"value": "-0.25"}, links | {"value": "7"}],
    ]


def test_no_rows() -> None:
    empty = {name: column[:0] for name, column in COMMENTS.items()}
    assert reasons(POLICY, POLICY.decide(empty), empty, mark).to_pylist() == []


def test_nothing_fired() -> None:
    quiet = COMMENTS | {"insult": pa.array([0.0] * 3), "links": pa.array([0, 0, 0])}
    assert reasons(POLICY, POLICY.decide(quiet), quiet, mark).to_pylist() == [[], [], []]
