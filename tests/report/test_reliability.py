"""The reliability plot: where its dots stand, and that it is the shipped model's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from moderation.evaluation import Bench, reliability_points
from moderation.evaluation.subject import Shipped
from moderation.report.reliability import SERIES, SIDE, reliability
from moderation.toxicity import Model

PICTURE = Path(__file__).parents[2] / "docs" / "reliability.svg"


def test_dots_stand_where_scores_and_readers_say_and_what_is_shown_is_text() -> None:
    corners = [(0.0, 0.0), (1.0, 1.0), (0.25, 0.5)]
    points = pd.DataFrame(
        [
            {"against": name, "predicted": predicted, "observed": observed, "count": 7}
            for name in SERIES
            for predicted, observed in corners
        ]
    )
    drawn = etree.fromstring(reliability(points, "<script>x</script>").encode())
    assert not drawn.findall(".//{*}script")
    for group in drawn.findall(".//{*}g"):
        dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in group]
        assert dots == [(0, SIDE), (SIDE, 0), (SIDE / 4, SIDE / 2)]
        assert group[0][0].text == "score 0.00, readers 0.00, 7 comments"


def test_the_picture_in_the_documentation_is_of_the_shipped_model() -> None:
    assert Model.load().identity in PICTURE.read_text("utf-8")


@pytest.mark.slow
def test_the_picture_in_the_documentation_is_what_evaluation_draws(shared_data: Path) -> None:
    subject = Shipped.load()
    points = reliability_points(Bench(subject, shared_data))
    assert PICTURE.read_text("utf-8") == reliability(points, subject.model)
