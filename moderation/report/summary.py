"""A scored frame boiled down to plain data: what the page shows, before any markup.

Work that grows with the frame is done on whole columns; a Python object is made only for the
comments that are shown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from moderation import columns
from moderation.errors import ColumnError
from moderation.marks import Mark
from moderation.policy import Policy
from moderation.report.pictures import Histogram, Scatter

#: Code points that are shown of a parent, and of a name, a thread or a value.
QUOTED, NAMED = 220, 120
#: What is counted, in the order it is shown, and what a person calls it.
OUTCOMES: dict[str, str] = {
    "reject": "to reject",
    "review": "to review",
    "unscored": "could not be scored",
    "approve": "approved",
    "skip": "skipped",
}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired: what it says, and the values and bounds it says it from."""

    words: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One score of a comment, 0…1, and whether a rule that fired looked at it."""

    name: str
    value: float
    decisive: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """The comment that another one answers, shortened; an anchor where it is on the page."""

    author: str | None
    text: str | None
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment as it is shown."""

    anchor: str
    author: str | None
    created_at: datetime | None
    thread: str | None
    state: str | None
    likes: int | None
    language: str | None
    text: str
    marks: tuple[Mark, ...]
    action: str
    priority: float
    error: str | None
    reasons: tuple[Reason, ...]
    scores: tuple[Score, ...]
    sentiment: float | None
    parent: Quote | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Some comments that are shown, and how many more there are."""

    entries: tuple[Entry, ...]
    unseen: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the page says.

    Attributes:
        title: Its heading.
        counts: How many comments have each of ``OUTCOMES``.
        total: How many there are.
        period: When the first and the last were written, if known.
        threads: How many stories or pages they are from.
        queue: Those to reject or review, worst first.
        unscored: Those that the model cannot read, with why.
        approved: Those that nobody needs to look at, in their own order.
        histogram: How the toxicity is spread.
        scatter: Sentiment against toxicity.
        models: Which models scored them.
        policies: Which policies decided.
    """

    title: str
    counts: dict[str, int]
    total: int
    period: tuple[datetime, datetime] | None
    threads: int
    queue: Listing
    unscored: Listing
    approved: Listing
    histogram: Histogram
    scatter: Scatter
    models: tuple[str, ...]
    policies: tuple[str, ...]

    @property
    def waiting(self) -> int:
        """How many comments need a person."""
        return sum(self.counts[outcome] for outcome in (*columns.FLAGGED, "unscored"))


def summarise(frame: pd.DataFrame, title: str, policy: Policy | None, limit: int) -> Summary:
    """What the page says about a scored frame, with at most ``limit`` comments in each listing.

    Raises:
        ColumnError: The frame has no scores or no actions.
    """
    for name in ("text", "action", *columns.HEADS):
        if name not in frame.columns:
            raise ColumnError(f'no column "{name}"', mend="score the comments first")
    table = frame.reindex(columns=list(columns.NAMES)).reset_index(drop=True)
    outcome = _outcomes(table)
    flagged = table[outcome.isin(columns.FLAGGED)]
    listed = {
        "queue": flagged.sort_values("priority", ascending=False, kind="stable"),
        "unscored": table[outcome == "unscored"],
        "approved": table[outcome == "approve"],
    }
    reader = _Reader.of(table, pd.concat([part.head(limit) for part in listed.values()]), policy)
    times = table["created_at"].dropna()
    return Summary(
        title=title,
        counts={name: int((outcome == name).sum()) for name in OUTCOMES},
        total=len(table),
        period=(times.min(), times.max()) if len(times) else None,
        threads=int(table["thread_id"].nunique()),
        histogram=Histogram.of(table["toxicity"], outcome),
        scatter=Scatter.of(table, outcome, reader.anchors),
        models=_distinct(table["model"]),
        policies=_distinct(table["policy"]),
        **{
            name: Listing(reader.entries(part.head(limit)), max(0, len(part) - limit))
            for name, part in listed.items()
        },
    )


def _outcomes(table: pd.DataFrame) -> pd.Series:
    """Which of ``OUTCOMES`` each comment has: its action, unless it could not be scored."""
    action = table["action"].astype(object)
    return action.mask(table["error"].notna() & (action != "skip"), "unscored")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes entries of rows.

    Attributes:
        anchors: The place on the page of each row that is shown.
        parents: The rows that shown ones answer, by thread and id.
        words: What each rule says.
    """

    anchors: Mapping[int, str]
    parents: Mapping[tuple[str | None, str], Row]
    words: Mapping[str, str]

    @classmethod
    def of(cls, table: pd.DataFrame, shown: pd.DataFrame, policy: Policy | None) -> _Reader:
        answered = table[table["comment_id"].isin(shown["parent_id"].dropna())]
        return cls(
            anchors=_anchors(shown["comment_id"]),
            parents={(row["thread_id"], row["comment_id"]): row for row in _rows(answered)},
            words={} if policy is None else {rule.name: rule.reason for rule in policy.rules},
        )

    def entries(self, rows: pd.DataFrame) -> tuple[Entry, ...]:
        return tuple(self.entry(row) for row in _rows(rows))

    def entry(self, row: Row) -> Entry:
        reasons = () if row["reasons"] is None else row["reasons"]
        decisive = {reason["column"] for reason in reasons}
        return Entry(
            anchor=self.anchors[row[_PLACE]],
            reasons=self.reasons(reasons),
            marks=tuple(
                Mark(span["begin"], span["end"], self.words.get(reason["rule"], reason["rule"]))
                for reason in reasons
                for span in reason["spans"]
            ),
            scores=tuple(
                Score(_plain(head), row[head], head in decisive)
                for head in columns.HEADS
                if row[head] is not None
            ),
            parent=self.quote(row),
            author=_short(row["author"]),
            thread=_short(row["thread_id"]),
            state=_short(row["state"]),
            text=row["text"] or "",
            **{name: row[name] for name in _KEPT},
        )

    def reasons(self, reasons: Sequence[Row]) -> tuple[Reason, ...]:
        """One reason a rule, with all its bounds."""
        evidence: dict[str, list[str]] = {}
        for each in reasons:
            bound = f"{_plain(each['column'])} {_short(each['value'])}, {each['bound']}"
            evidence.setdefault(each["rule"], []).append(bound)
        return tuple(
            Reason(self.words.get(rule, _plain(rule)), tuple(bounds))
            for rule, bounds in evidence.items()
        )

    def quote(self, row: Row) -> Quote | None:
        """What the comment answers, if that is in the frame."""
        parent = self.parents.get((row["thread_id"], row["parent_id"]))
        if parent is None:
            return None
        anchor = self.anchors.get(parent[_PLACE])
        return Quote(_short(parent["author"]), _short(parent["text"], QUOTED), anchor)


_PLACE = "place"
_KEPT = ("created_at", "likes", "language", "action", "priority", "error", "sentiment")


def _rows(table: pd.DataFrame) -> Iterator[Row]:
    """Rows as plain values with their place in the frame, missing ones None."""
    for row in table.assign(**{_PLACE: table.index}).to_dict("records"):
        yield {
            str(name): None if pd.api.types.is_scalar(value) and pd.isna(value) else value
            for name, value in row.items()
        }


def _anchors(ids: pd.Series) -> dict[int, str]:
    """A place on the page for each row, named after the comment where that can be a name.

    An id is whatever the source says, so one with other characters is named by its digest.
    """
    repeated = ids.isna() | ids.duplicated(keep=False)
    return {
        place: f"row-{place}" if again else f"comment-{_name(str(comment))}"
        for place, comment, again in zip(ids.index.tolist(), ids, repeated, strict=True)
    }


def _name(comment: str) -> str:
    if _NAME.fullmatch(comment):
        return comment
    return hashlib.sha256(comment.encode("utf-8", "replace")).hexdigest()[:16]


def _short(text: str | None, length: int = NAMED) -> str | None:
    return text if text is None or len(text) <= length else text[: length - 1] + "…"


def _plain(name: str) -> str:
    """A column or rule as a person would write it."""
    return name.replace("_", " ")


def _distinct(column: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in column.dropna().unique()))


_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
