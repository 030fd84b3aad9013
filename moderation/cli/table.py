"""The queue as a table for people: worst first, the reasons in words, counts at the end."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from moderation import marks
from moderation.batch import Tally
from moderation.columns import FLAGGED
from moderation.marks import Mark
from moderation.policy import Policy

#: Rows of the table; a person who wants more wants the report or a file.
ROWS = 50
#: Code points of a comment that are shown, around its first marked word.
EXCERPT = 240

_WORDS = {"review": "to review", "reject": "to reject", "approve": "approved", "skip": "skipped"}
_STYLES = {"review": "yellow", "reject": "red", "approve": "green", "skip": "dim"}


def counts_in_words(tally: Tally) -> str:
    """How many comments there are, by what is to be done with them.

    Example:
        >>> counts_in_words(Tally({"review": 4, "approve": 7}))
        '11 comments: 4 to review, 7 approved'
    """
    present = [action for action in _WORDS if tally.actions.get(action)]
    shown = [f"{tally.actions[action]:,} {_WORDS[action]}" for action in present]
    line = f"{tally.rows:,} comment{'' if tally.rows == 1 else 's'}"
    line = f"{line}: {', '.join(shown)}" if shown else line
    return f"{line} ({tally.unscored:,} could not be scored)" if tally.unscored else line


class Queue:
    """The rows that a person should look at, worst first: as many as are shown, no more held."""

    def __init__(self) -> None:
        self.rows = pd.DataFrame()

    def add(self, scored: pd.DataFrame) -> None:
        """Take in one more frame; equals stay in their order."""
        flagged = scored[scored["action"].isin(FLAGGED)]
        rows = pd.concat([self.rows, flagged]) if len(self.rows) else flagged
        self.rows = rows.sort_values("priority", ascending=False, kind="stable").head(ROWS)

    def show(self, policy: Policy, tally: Tally, console: Console) -> None:
        """Print the queue, and how many comments there are of each kind."""
        table = Table(expand=True, pad_edge=False, show_lines=True)
        table.add_column("priority", justify="right", no_wrap=True)
        table.add_column("author", max_width=18, overflow="ellipsis")
        table.add_column("comment", ratio=3)
        table.add_column("why", ratio=2)
        for row in self.rows.to_dict("records"):
            table.add_row(*_cells(row, policy))
        if len(self.rows):
            console.print(table)
        if tally.flagged > len(self.rows):
            more = tally.flagged - len(self.rows)
            console.print(f"… and {more:,} more to look at; write them all with -o queue.csv")
        console.print(counts_in_words(tally), style="bold")


def marked(text: str, spans: list[Mark]) -> Text:
    """Text with marked words, safe to print."""
    shown = Text()
    for piece in marks.segments(text, spans):
        shown.append(piece.text, "bold underline" if piece.strength else "")
    return shown


def _cells(row: dict[Any, Any], policy: Policy) -> tuple[Any, ...]:
    spans = [Mark(s["begin"], s["end"]) for reason in row["reasons"] for s in reason["spans"]]
    why = [row["error"]] if isinstance(row["error"], str) else policy.in_words(row["reasons"])
    author = row.get("author")
    return (
        Text(f"{row['priority']:.2f}", _STYLES[row["action"]]),
        escape(marks.visible(author)) if isinstance(author, str) else "",
        _excerpt(row["text"], spans),
        escape("\n".join(why)),
    )


def _excerpt(text: str, spans: list[Mark]) -> Text:
    """At most ``EXCERPT`` code points, from before the first marked word."""
    first = min((span.begin for span in spans), default=0)
    begin = max(0, min(first - EXCERPT // 4, len(text) - EXCERPT))
    end = begin + EXCERPT
    shifted = [span._replace(begin=span.begin - begin, end=span.end - begin) for span in spans]
    shown = marked(text[begin:end], [span for span in shifted if span.end > 0])
    before, after = "…" if begin else "", "…" if end < len(text) else ""
    return Text.assemble(before, shown, after)
