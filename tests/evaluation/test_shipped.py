"""What ships: it is measured as users get it, it saw no evaluation text, it holds its floors."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.columns import ACTIONS, HEADS
from moderation.evaluation import Bench, check, evaluate, load_floors
from moderation.evaluation.subject import Shipped

FLOORS = Path(__file__).parents[2] / "data" / "evaluation.json"
TEXTS = ["You stupid idiot!", "Ach was, das glaube ich dir nicht!", "Lovely weather", ""]


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return Shipped.load()


def test_shipped_model_can_be_measured(shipped: Shipped) -> None:
    scores = shipped.score(TEXTS)
    assert list(scores.columns) == list(HEADS)
    assert scores["toxicity"].isna().tolist() == [False, True, False, False]
    assert scores["toxicity"][0] > scores["toxicity"][2]
    assert shipped.languages(TEXTS)[1] == "de"
    assert set(shipped.act(TEXTS)) <= set(ACTIONS)
    (begin, end), *_ = shipped.mark(TEXTS, "toxicity")[0]
    assert "idiot" in TEXTS[0][begin:end] or "stupid" in TEXTS[0][begin:end]
    assert len(shipped.mark(TEXTS, "toxicity")) == len(TEXTS)
    assert 0 < shipped.size <= 8_000_000
    assert shipped.model.count("@") == 1


@pytest.mark.slow
def test_shipped_model_holds_its_floors(shipped: Shipped, shared_data: Path) -> None:
    results = evaluate(Bench(shipped, shared_data))
    assert check(results, load_floors(FLOORS)) == []
    assert results.model == load_floors(FLOORS).model
