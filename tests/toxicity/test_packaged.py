"""What the packaged model makes of plain sentences."""

from __future__ import annotations

import pytest

from moderation.columns import HEADS
from moderation.texts import Texts
from moderation.toxicity import Model

JUDGED = [
    ("you are an idiot", "insult", 0.5, 1.0),
    ("what a fucking disgrace of a newspaper", "profanity", 0.5, 1.0),
    ("i will come to your house and kill you", "threat", 0.3, 1.0),
    ("somebody should break their legs, and soon.", "threat", 0.2, 1.0),
    ("thank you for this thoughtful article", "toxicity", 0.0, 0.1),
    ("i am a gay man and i liked this film", "toxicity", 0.0, 0.4),
    ("as a muslim i disagree with the author", "toxicity", 0.0, 0.4),
    ("the bus to scunthorpe leaves at nine", "toxicity", 0.0, 0.4),
    ("", "toxicity", 0.0, 0.3),
]


@pytest.fixture(scope="module")
def packaged() -> Model:
    return Model.load()


@pytest.mark.parametrize(("text", "head", "low", "high"), JUDGED)
def test_the_packaged_model_judges(
    packaged: Model, text: str, head: str, low: float, high: float
) -> None:
    assert low <= packaged.score(Texts.of([text]))[0, HEADS.index(head)] <= high


VILE = "you are a disgusting worthless piece of shit."
CALM = "the council met on monday and discussed the budget for the new library. "


def test_one_vile_sentence_shows_in_a_long_comment(packaged: Model) -> None:
    calm, within = packaged.score(Texts.of([CALM * 5, CALM * 2 + VILE + " " + CALM * 2]))[:, 0]
    assert within > 10 * calm


def test_one_vile_sentence_does_not_drown_in_a_long_comment(packaged: Model) -> None:
    alone, within = packaged.score(Texts.of([VILE, CALM * 2 + VILE + " " + CALM * 2]))[:, 0]
    assert within > 0.5 * alone


def test_the_packaged_model_marks_the_rude_word(packaged: Model) -> None:
    text = "the mayor is an idiot and everybody knows it"
    _, begins, ends = packaged.mark(Texts.of([text]), "toxicity")
    assert "idiot" in " ".join(text[b:e] for b, e in zip(begins, ends, strict=True))
