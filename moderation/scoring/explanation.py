"""Why a single text scores as it does, for a notebook, a terminal or a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import columns, marks
from moderation.marks import Mark
from moderation.policy import Policy
from moderation.scoring.spans import Marker

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The scores of a text, the reasons that fired, and the words behind them.

    Attributes:
        text: As it was given.
        scores: Sentiment (−1…1 and shares 0…1) and the toxicity heads (0…1) by name.
        action: approve, review, reject or skip.
        reasons: The rules that fired, in words.
        spans: The marked words of each head: code points into the text, end exclusive.
        error: Why it could not be scored, or None.
        language: Detected language, ISO 639-1.
        identity: The model and the policy that decided.
        marks: The words behind the rules that fired; behind the toxicity where none did.
    """

    text: str
    scores: Mapping[str, float]
    action: str
    reasons: tuple[str, ...]
    spans: Mapping[str, tuple[Span, ...]]
    error: str | None
    language: str
    identity: str
    marks: tuple[Mark, ...]
    _marker: Marker = field(repr=False, compare=False)

    @classmethod
    def of(cls, text: str, row: pd.Series, policy: Policy, marker: Marker) -> Explanation:
        """Put together from a scored row."""
        here = np.zeros(1, np.int64)
        spans = {head: tuple(marker.head(head, here).of(0)) for head in columns.HEADS}
        marks = tuple(
            Mark(span["begin"], span["end"], reason["column"])
            for reason in row["reasons"]
            for span in reason["spans"]
        )
        error = None if pd.isna(row["error"]) else str(row["error"])
        return cls(
            text=text,
            scores={name: float(row[name]) for name in (*columns.SENTIMENT, *columns.HEADS)},
            action=str(row["action"]),
            reasons=policy.in_words(row["reasons"]),
            spans={} if error else spans,
            error=error,
            language=str(row["language"]),
            identity=f"{row['model']}; {row['policy']}",
            marks=marks or tuple(Mark(*span, "toxicity") for span in spans["toxicity"]),
            _marker=marker,
        )

    def contributions(self, head: str = "toxicity") -> NDArray[np.float64]:
        """What every code point of the text adds to a head's uncalibrated logit.

        Returns:
            float64[len(text)]; their sum, and what no character of this text carries (the bias,
            and the thresholds of the filters that it reaches), are the logit.

        Raises:
            ValueError: There is no such head.

        Example:
            >>> from moderation import explain
            >>> explain("You idiot!").contributions("insult").argmax() in range(4, 9)
            True
        """
        if head not in columns.HEADS:
            raise ValueError(f"no head {head!r}; the heads are {', '.join(columns.HEADS)}")
        return self._marker.contributions(head)

    def __str__(self) -> str:
        scores = ", ".join(f"{name} {value:.2f}" for name, value in self.scores.items())
        why = [self.error] if self.error else list(self.reasons)
        pieces = marks.segments(self.text, self.marks)
        marked = "".join(f"[{each.text}]" if each.strength else each.text for each in pieces)
        return "\n".join(
            [marked, f"→ {self.action}", *(f"  {each}" for each in why), f"  {scores}"]
        )

    def _repr_html_(self) -> str:
        """What a notebook shows: the text with its words marked, reasons, scores."""
        why = [self.error] if self.error else self.reasons
        reasons = "".join(f"<li>{escape(each)}</li>" for each in why)
        cells = "".join(
            f"<tr><td>{name}</td><td>{self.scores[name]:.2f}</td>"
            f'<td><meter min="0" max="1" value="{self.scores[name]:.2f}"></meter></td></tr>'
            for name in columns.HEADS
            if not self.error
        )
        text = marks.html(self.text, self.marks)
        return (
            f"<style>{marks.STYLE}</style>"
            f'<p style="white-space: pre-wrap"><bdi>{text}</bdi></p>'
            f"<p><strong>{self.action}</strong></p><ul>{reasons}</ul>"
            f"<table>{cells}</table><small>{escape(self.identity)}</small>"
        )
