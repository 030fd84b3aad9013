"""What training must not see, and how a copy is told from a common phrase."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from moderation.errors import InputError
from moderation.evaluation import holdout

LONG = "The ferry to the island was cancelled again and nobody at the office picked up the phone"

LEAKS = [
    pytest.param("Fools!", "fools", 1.0, id="the same words"),
    pytest.param(LONG, LONG.upper() + "!!", 1.0, id="case and punctuation"),
    pytest.param(LONG, f"Fair point. {LONG}, so we swam.", 1.0, id="within a longer text"),
    pytest.param(f"I am telling you: {LONG}.", LONG, 1.0, id="around a long text"),
    pytest.param(LONG, LONG.replace("ferry", "train"), 12 / 14, id="one word changed"),
    pytest.param("one two three four", "zero one two three four", 1.0, id="a single run"),
]
CLEAN = [
    pytest.param("", "", id="no words"),
    pytest.param("!!! 💥", "!!!", id="signs only"),
    pytest.param("you are", "you are here", id="too short for a run"),
    pytest.param(f"thanks a lot everyone, {LONG}", "thanks a lot everyone", id="a common phrase"),
    pytest.param(LONG, " ".join(reversed(LONG.split())), id="the same words, another order"),
    pytest.param("a b c d e f g h i j", "a b c d e F! z h i j", id="less than 70 %"),
]


@pytest.mark.parametrize(("training", "evaluation", "contained"), LEAKS)
def test_copies_are_found(training: str, evaluation: str, contained: float) -> None:
    found = holdout.leaks(["nothing to see", training], ["some other thing", evaluation])
    assert found[["training", "evaluation"]].to_numpy().tolist() == [[1, 1]]
    assert found["contained"].tolist() == pytest.approx([contained])


@pytest.mark.parametrize(("training", "evaluation"), CLEAN)
def test_what_is_no_copy_is_left_alone(training: str, evaluation: str) -> None:
    assert holdout.leaks([training], [evaluation]).empty


def test_one_row_for_each_leak_the_nearest_text_named() -> None:
    found = holdout.leaks([LONG, "fine", LONG], [LONG.replace("ferry", "bus"), LONG])
    assert found["training"].tolist() == [0, 2]
    assert found["evaluation"].tolist() == [1, 1]


@pytest.mark.parametrize(("training", "evaluation"), [([], []), ([LONG], []), ([], [LONG])])
def test_nothing_leaks_from_nothing(training: list[str], evaluation: list[str]) -> None:
    assert holdout.leaks(training, evaluation).empty


def test_more_rows_than_one_block_hold_the_same_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{LONG} {i} times this week alone" for i in range(7)]
    whole = holdout.leaks(texts, texts[3:])
    monkeypatch.setattr(holdout, "_ROWS_AT_ONCE", 2)
    pd.testing.assert_frame_equal(holdout.leaks(texts, texts[3:]), whole)


def test_a_tenth_is_held_out_whatever_the_case() -> None:
    texts = [f"sentence number {i}" for i in range(5000)]
    fold = [holdout.held_out(text) for text in texts]
    assert 400 < sum(fold) < 600
    assert fold == [holdout.held_out(text.upper()) for text in texts]
    assert holdout.held_out("\ud800") in (True, False)


def test_missing_file_says_how_to_mend(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"surge.parquet: no such data file; set MODERATION_DATA"):
        holdout.load_set(tmp_path, "surge")


def test_contrasts_are_read_from_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = holdout.load_set(tmp_path, holdout.CONTRASTS)
    assert list(frame.columns) == ["kind", "harmful", "text"]
    monkeypatch.setattr(holdout, "WRITTEN", tmp_path)
    with pytest.raises(InputError, match=r"held_out.csv: no such data file; work in a checkout"):
        holdout.load_set(tmp_path, holdout.CONTRASTS)


def test_data_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_DATA", "/elsewhere")
    assert holdout.data_folder() == Path("/elsewhere")
    monkeypatch.delenv("MODERATION_DATA")
    assert holdout.data_folder() == Path("../shared/data")


def test_every_evaluation_set_is_protected(shared_data: Path) -> None:
    protected = set(holdout.load_evaluation_texts(shared_data))
    for name, columns in holdout.SETS.items():
        frame = holdout.load_set(shared_data, name)
        for column in columns:
            assert protected.issuperset(frame[column].dropna())
    pairs = holdout.load_held_out_pairs(shared_data)
    assert 0.08 < len(pairs) / len(holdout.load_set(shared_data, holdout.PAIRS)) < 0.12
    assert protected.issuperset(pairs["neutral1"].dropna())
