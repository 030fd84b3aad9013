"""The reliability plot: whether what the model calls eight in ten is what eight in ten say."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from moderation.report.template import load_template

#: Of the square between the axes, in the units of the drawing.
SIDE = 300

SERIES = {
    "labels": "comments as they come, by their labels",
    "votes": "news comments chosen as likely toxic, by readers' votes",
}


def reliability(points: pd.DataFrame, title: str) -> str:
    """Toxicity against what readers said, as an SVG picture that needs nothing beside it.

    Args:
        points: A row for each bin: ``against`` (one of SERIES), ``predicted`` and ``observed``
            (0…1), as :func:`moderation.evaluation.reliability_points` gives them.
        title: What made the scores.

    Example:
        >>> row = {"against": "labels", "predicted": 0.8, "observed": 0.75, "count": 99}
        >>> 'cx="240.0" cy="75.0"' in reliability(pd.DataFrame([row]), "a model")
        True
    """
    series = [(name, meaning, list(_dots(points, name))) for name, meaning in SERIES.items()]
    return load_template("reliability.svg.jinja").render(series=series, title=title, side=SIDE)


def _dots(points: pd.DataFrame, against: str) -> Iterator[tuple[float, float, str]]:
    """Where the bins of a series stand, from the top left, and what each says."""
    here = points[points["against"] == against]
    columns = (here[name].tolist() for name in ("predicted", "observed", "count"))
    for predicted, observed, count in zip(*columns, strict=True):
        said = f"score {predicted:.2f}, readers {observed:.2f}, {count:.0f} comments"
        yield round(predicted * SIDE, 1), round((1 - observed) * SIDE, 1), said
