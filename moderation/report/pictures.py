"""Two pictures of a scored frame as coordinates: the page's template only has to draw them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from moderation.columns import FLAGGED

#: The plot area, in the units of the drawings.
WIDTH, HEIGHT = 320, 160
BINS = 10
#: Dots in a scatter; more would be a blot.
DOTS = 600
#: Code points of a comment in a dot's title.
TITLE = 80

_GAP = 4
_LEAST = 2.0  # a bar of one comment among thousands can still be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin: how many comments in it are approved and how many flagged, and where they stand.

    Lengths and positions are in drawing units, from the top left of the plot area.
    """

    low: float
    high: float
    approved: int
    flagged: int
    x: float
    width: float
    approved_height: float
    flagged_height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the toxicity of the scored comments is spread over ten bins."""

    bars: tuple[Bar, ...]

    @classmethod
    def of(cls, toxicity: pd.Series, outcome: pd.Series) -> Histogram:
        """Count the comments that were approved or flagged.

        Example:
            >>> outcome = pd.Series(["approve", "review", "review"])
            >>> last = Histogram.of(pd.Series([0.05, 0.95, 1.0]), outcome).bars[-1]
            >>> last.approved, last.flagged
            (0, 2)
        """
        edges = np.linspace(0, 1, BINS + 1)
        values = toxicity.to_numpy(np.float64)
        approved, _ = np.histogram(values[(outcome == "approve").to_numpy()], edges)
        flagged, _ = np.histogram(values[outcome.isin(FLAGGED).to_numpy()], edges)
        unit = HEIGHT / max(1, int((approved + flagged).max()))
        width = WIDTH / BINS - _GAP
        return cls(
            tuple(
                Bar(
                    low=float(edges[number]),
                    high=float(edges[number + 1]),
                    approved=int(approved[number]),
                    flagged=int(flagged[number]),
                    x=number * WIDTH / BINS + _GAP / 2,
                    width=width,
                    approved_height=_height(int(approved[number]), unit),
                    flagged_height=_height(int(flagged[number]), unit),
                )
                for number in range(BINS)
            )
        )


def _height(count: int, unit: float) -> float:
    return round(max(count * unit, _LEAST), 2) if count else 0.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A comment in the scatter: where it stands, what is to be done with it, its first words."""

    x: float
    y: float
    outcome: str
    title: str
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Scatter:
    """Sentiment (left to right, −1…1) against toxicity (bottom to top, 0…1)."""

    dots: tuple[Dot, ...]
    scored: int

    @classmethod
    def of(cls, table: pd.DataFrame, outcome: pd.Series, anchors: Mapping[int, str]) -> Scatter:
        """Place the comments, thinned evenly where there are too many to tell apart."""
        drawn = table["sentiment"].notna() & table["toxicity"].notna() & (outcome != "skip")
        places = np.flatnonzero(drawn.to_numpy(np.bool_))
        thinned = places[:: max(1, math.ceil(len(places) / DOTS))]
        at = table.iloc[thinned]
        dots = tuple(
            Dot(x, y, name, _first_words(text), anchors.get(place))
            for x, y, name, text, place in zip(
                np.round((at["sentiment"].to_numpy(np.float64) + 1) / 2 * WIDTH, 1).tolist(),
                np.round((1 - at["toxicity"].to_numpy(np.float64)) * HEIGHT, 1).tolist(),
                outcome.iloc[thinned],
                at["text"].fillna(""),
                thinned.tolist(),
                strict=True,
            )
        )
        return cls(dots, len(places))


def _first_words(text: str) -> str:
    words = " ".join(text[: 4 * TITLE].split())
    return words if len(words) <= TITLE else words[: TITLE - 1] + "…"
