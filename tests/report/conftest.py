"""Scored frames of our own making, with every kind of comment that a page has to stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from moderation import columns, policy
from moderation.policy import Policy

Row = dict[str, Any]

POLICY = """
name = "town-desk"
version = "4"

[rule.threat]
reason = "reads as a threat"
threat.at_least = 0.25

[rule.insult]
reason = "insults a person or a group"
insult.at_least = 0.5

[rule.hostile]
reason = "hostile and negative"
toxicity.at_least = 0.45
sentiment.at_most = -0.5

[rule.spam]
action = "reject"
reason = "many links, as spam has"
links.at_least = 4
"""


def reason(text: str, rule: str, column: str, value: str, bound: str, *words: str) -> Row:
    """An item of a ``reasons`` cell, with the places of some words of the text."""
    spans = [{"begin": text.index(w), "end": text.index(w) + len(w)} for w in words]
    return {"rule": rule, "column": column, "value": value, "bound": bound, "spans": spans}


def scores(toxicity: float, insult: float = 0.02, threat: float = 0.01) -> Row:
    """The six heads, in the proportions that such comments have."""
    severe, profanity, identity = toxicity / 9, toxicity / 4, toxicity / 14
    values = (toxicity, severe, profanity, threat, insult, identity)
    return dict(zip(columns.HEADS, values, strict=True))


def frame_of(rows: list[Row]) -> pd.DataFrame:
    """A frame with every column of ``columns``, missing where a row does not say."""
    made = {}
    for column in columns.COLUMNS:
        values: Any = [row.get(column.name) for row in rows]
        if column.kind == "reasons":
            values = pa.array([value or [] for value in values], columns.arrow_type("reasons"))
        made[column.name] = pd.Series(
            pd.array(values, dtype=columns.pandas_type(column.kind))
            if column.kind in ("reasons", "string", "integer")
            else values,
            dtype=columns.pandas_type(column.kind),
        )
    return pd.DataFrame(made)


def thread() -> list[Row]:
    """A dozen readers about a ferry, some of them rude, one in German, one spamming."""
    rude = "You people are idiots, and the harbour master is a complete clown. Read the timetable."
    threat = "Somebody ought to sink that boat with the whole board on it."
    spam = "BEST PRICES here http://a.example http://b.example http://c.example http://d.example"
    sour = "Another rotten, miserable winter without a boat. Shame on this useless company."
    long = (
        "\n\n".join(
            f"{n}. On the {n}th of the month the ramp stood open in the rain again and nobody came, "
            "although I rang the office twice and was told that somebody was on the way."
            for n in range(1, 31)
        )
        + "\n\nWhat a bunch of liars."
    )
    at = pd.Timestamp("2025-11-03 07:12", tz="UTC")
    common = {
        "thread_id": "ferry", "state": "published", "source": "csv:ferry.csv", "language": "en",
        "model": "sample@1 0123456789abcdef", "policy": "town-desk@4 fedcba9876543210",
        "evasions": 0, "links": 0, "action": "approve", "priority": 0.0,
    }  # fmt: skip
    rows: list[Row] = [
        {"author": "Rosa Lindqvist", "text": "Does anyone know if the 6.40 runs on Sundays now?",
         "sentiment": 0.0, **scores(0.01)},
        {"author": "old_salt", "text": rude, "likes": 3, "action": "review", "priority": 0.88,
         "sentiment": -0.42, **scores(0.88, 0.84), "parent": 0,
         "reasons": [reason(rude, "insult", "insult", "0.84", "at least 0.5", "idiots", "clown")]},
        {"author": "Rosa Lindqvist", "text": "It was only a question.", "parent": 1,
         "sentiment": 0.0, **scores(0.02)},
        {"author": "B. Achterberg", "text": threat, "action": "review", "priority": 0.71,
         "sentiment": -0.1, **scores(0.62, 0.2, 0.71), "likes": 11,
         "reasons": [reason(threat, "threat", "threat", "0.71", "at least 0.25", "sink that boat")]},
        {"author": "QuickDeals", "text": spam, "links": 4, "action": "reject", "priority": 0.5,
         "sentiment": 0.64, **scores(0.06),
         "reasons": [reason(spam, "spam", "links", "4", "at least 4")]},
        {"author": "Wintergast", "text": sour, "action": "review", "priority": 0.47,
         "sentiment": -0.84, **scores(0.47, 0.31),
         "reasons": [
             reason(sour, "hostile", "toxicity", "0.47", "at least 0.45", "rotten", "useless company"),
             reason(sour, "hostile", "sentiment", "-0.84", "at most -0.5"),
         ]},
        {"author": "Heike", "text": "Die Fähre fährt sonntags nie, das weiß doch jeder.",
         "language": "de", "error": "German (de): this model reads English only",
         "action": "review", "priority": 0.5},
        {"author": "Tomé", "text": "Thank you for the new waiting room, it is warm and dry.",
         "sentiment": 0.64, **scores(0.01), "likes": 42},
        {"author": "patient", "text": long, "action": "review", "priority": 0.55,
         "sentiment": -0.6, **scores(0.55, 0.52),
         "reasons": [reason(long, "insult", "insult", "0.52", "at least 0.5", "bunch of liars")]},
        {"author": None, "text": "", "state": "deleted", "action": "skip"},
        {"author": "مسافر", "text": "Is the boat late? إن شاء الله لا", "sentiment": 0.0,
         **scores(0.01), "language": "en"},
        {"author": "jetty", "text": "lol", "language": "und", "sentiment": 0.42, **scores(0.03)},
    ]  # fmt: skip
    for number, row in enumerate(rows):
        answered = row.pop("parent", None)
        rows[number] = {
            **common,
            "comment_id": f"f{number}",
            "parent_id": None if answered is None else f"f{answered}",
            "created_at": at + pd.Timedelta(minutes=17 * number),
            **row,
        }
    return rows


@pytest.fixture
def build() -> Callable[[list[Row]], pd.DataFrame]:
    """Makes a frame of rows."""
    return frame_of


@pytest.fixture
def rows() -> list[Row]:
    """The ferry thread as rows, to be changed at will."""
    return thread()


@pytest.fixture
def frame() -> pd.DataFrame:
    """The ferry thread, scored."""
    return frame_of(thread())


@pytest.fixture
def house_policy() -> Policy:
    """The policy that flagged it."""
    return policy.parse(POLICY)
