"""A floor holds until a person lowers it by name, with a reason that stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from moderation.errors import InputError, ModerationError
from moderation.evaluation import Figure, Floors, Measure, Results, Row, check, settle
from moderation.evaluation.floors import load_floors, rounded, save_floors

DAY = date(2026, 11, 22)
FILES = {"small.parquet": "aa"}


def never(bench: object) -> Figure:
    raise AssertionError(bench)


AUC = Measure("auc", "ROC-AUC", "small", never, aim=0.9)
ALARMS = Measure("alarms", "false alarms", "small", never, aim=0.03, at_most=True)
SPEED = Measure("speed", "a second", "small", never, aim=100, fixed=False)
REPORTED = Measure("reported", "for information", "small", never)
TABLE = (AUC, ALARMS, SPEED, REPORTED)


def measured(auc: float = 0.9512, alarms: float = 0.0221, speed: float = 50.0) -> Results:
    values = (auc, alarms, speed, 0.1)
    rows = [
        Row(measure, Figure(value, value, value, 9))
        for measure, value in zip(TABLE, values, strict=True)
    ]
    return Results("m@1", FILES, tuple(rows))


FIRST = settle(measured(), None, lower={}, day=DAY)


def test_only_what_is_aimed_at_and_fixed_gets_a_floor() -> None:
    assert Floors("m@1", FILES, {"auc": 0.951, "alarms": 0.023}) == FIRST


@pytest.mark.parametrize("speed", [1.0, 1e9])
def test_model_that_set_the_floors_passes_on_any_machine(speed: float) -> None:
    assert check(measured(speed=speed), FIRST) == []


@pytest.mark.parametrize(
    ("worse", "fault"),
    [
        ({"auc": 0.9509}, "auc is 0.9509, below its floor of 0.951"),
        ({"alarms": 0.0231}, "alarms is 0.0231, above its ceiling of 0.023"),
        ({"auc": float("nan")}, "auc is nan, below its floor of 0.951"),
    ],
)
def test_worse_model_is_refused(worse: dict[str, float], fault: str) -> None:
    assert check(measured(**worse), FIRST) == [fault]


def test_other_files_and_missing_figures_are_refused() -> None:
    found = Results("m@1", {"small.parquet": "bb"}, measured().rows[1:])
    assert check(found, FIRST) == [
        "small.parquet is not the file that the floors were set on",
        "auc has a floor but was not measured",
    ]


def test_better_model_raises_its_floors() -> None:
    better = settle(measured(auc=0.97, alarms=0.01), FIRST, lower={}, day=DAY)
    assert better.floors == {"auc": 0.97, "alarms": 0.01}


def test_as_good_a_model_leaves_them() -> None:
    assert settle(measured(auc=0.95101), FIRST, lower={}, day=DAY).floors == FIRST.floors


def test_figures_that_were_not_measured_keep_their_floors() -> None:
    part = Results("m@2", FILES, measured(auc=0.99).rows[:1])
    assert settle(part, FIRST, lower={}, day=DAY).floors == {"auc": 0.99, "alarms": 0.023}


@pytest.mark.parametrize(
    ("lower", "message"),
    [
        ({}, 'auc is 0.9300, below its floor of 0.951; .*--lower-floor auc --reason "…"'),
        ({"auc": "  "}, "below its floor"),
        ({"auc": "smaller weights", "alarms": "why not"}, "alarms: not below its floor"),
        ({"auc": "smaller weights", "typo": "oops"}, "typo: not below its floor"),
    ],
)
def test_nothing_is_lowered_without_name_and_reason(lower: dict[str, str], message: str) -> None:
    with pytest.raises(ModerationError, match=message):
        settle(measured(auc=0.93), FIRST, lower=lower, day=DAY)


def test_lowering_stays_in_the_file(tmp_path: Path) -> None:
    lowered = settle(measured(auc=0.93), FIRST, lower={"auc": "half the weights"}, day=DAY)
    assert lowered.floors["auc"] == 0.93
    path = tmp_path / "evaluation.json"
    save_floors(settle(measured(auc=0.96), lowered, lower={}, day=DAY), path)
    kept = load_floors(path)
    assert kept.floors["auc"] == 0.96
    assert [(e.name, e.old, e.new, e.reason, e.day) for e in kept.lowered] == [
        ("auc", 0.951, 0.93, "half the weights", DAY)
    ]
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("at_most", [False, True])
@pytest.mark.parametrize("value", [0.0, 0.0305, 0.95, 0.9999, 1.0, -0.012])
def test_figure_passes_the_floor_that_it_sets(value: float, at_most: bool) -> None:
    measure = Measure("x", "x", "x", never, aim=0.5, at_most=at_most)
    floor = rounded(measure, value)
    assert measure.as_good(value, floor)
    assert abs(floor - value) <= 0.001


def test_what_is_no_number_sets_no_floor() -> None:
    with pytest.raises(ModerationError, match="auc could not be measured: nan"):
        settle(measured(auc=float("nan")), None, lower={}, day=DAY)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"model": 1}', b"{\xff"])
def test_damaged_floors_name_the_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "evaluation.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"evaluation\.json: not a file of floors"):
        load_floors(path)


def test_no_floors_say_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no floors; run with --set-floors first"):
        load_floors(tmp_path / "evaluation.json")
