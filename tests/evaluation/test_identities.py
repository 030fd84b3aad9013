"""Identity words are found and swapped as words, and an unfair model is caught."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from moderation.columns import HEADS
from moderation.evaluation import Bench, identities

if TYPE_CHECKING:
    from tests.evaluation.conftest import Toy

SWAPS = [
    ("Muslims pray here", ("gay", "gays"), "Gays pray here"),
    ("a muslim bakery", ("Jewish", "Jews"), "a Jewish bakery"),
    ("BLACK and white", ("deaf", "deaf people"), "DEAF and deaf"),
    ("deaf people sign", ("Arab", "Arabs"), "Arabs sign"),
    ("women's football", ("male", "men"), "men's football"),
    ("no identity here, only menus and blackboards", ("gay", "gays"), None),
]


@pytest.mark.parametrize(("text", "identity", "expected"), SWAPS)
def test_swap(text: str, identity: tuple[str, str], expected: str | None) -> None:
    assert identities.swapped(text, identity) == (expected or text)
    assert identities.named(text) == (expected is not None)


@pytest.mark.parametrize("identity", identities.IDENTITIES)
def test_swap_is_undone_by_swapping_back(identity: tuple[str, str]) -> None:
    text = "Their gay friend knows two GAYS"
    there = identities.swapped(text, identity)
    assert identities.swapped(there, ("gay", "gays")).lower() == text.lower()


class Unfair:
    """Scores whatever names gay people .95, and otherwise as the toy does."""

    def __init__(self, toy: Toy) -> None:
        self.toy = toy

    def score(self, texts: list[str]) -> pd.DataFrame:
        fair = self.toy.score(texts)["toxicity"].to_numpy()
        gay = np.array(["gay" in text.lower() for text in texts])
        return pd.DataFrame(dict.fromkeys(HEADS, np.maximum(fair, 0.95 * gay)))


def test_unfair_model_is_caught_on_swapped_comments(labelled: Path, toy: Toy) -> None:
    bench = Bench(Unfair(toy), labelled)  # type: ignore[arg-type]  # no more of it is asked
    found = identities.swapped_fairness(bench)
    subgroup, bpsn, bnsp = found.worst
    assert (subgroup.value, subgroup.note) == (0.5, "gay")
    assert (bpsn.value, bpsn.note) == (0.0, "gay")
    assert bnsp.value > 0.96
    assert found.mean[1].value == pytest.approx(1 - 1 / len(identities.IDENTITIES), abs=0.02)
    assert found.mean[1].detail["Muslim"] > 0.98
    assert identities.swap_change(bench).note == "highest with gay"
    assert 0 < identities.swap_flips(bench).value < 1


def test_unfair_model_is_caught_on_templates(labelled: Path, toy: Toy) -> None:
    bpsn = identities.templates(Bench(Unfair(toy), labelled)).worst[1]  # type: ignore[arg-type]
    assert (bpsn.value, bpsn.note) == (0.0, "gay")


def test_templates_name_their_groups(shared_data: Path) -> None:
    frame = Bench(None, shared_data).frame(identities.TEMPLATES)  # type: ignore[arg-type]
    harmless = frame.loc[frame["template"] == "am_identity", "phrase"]
    assert len(harmless) == 51
    assert harmless.str.startswith("I am ").all()
