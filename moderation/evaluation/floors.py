"""Floors: what a model must not fall below, kept in a file beside the code.

A floor is a figure of the model that set it, rounded to three decimals in the model's favour. A
better model raises it; nothing lowers it but a person, by name and with a reason, and the reason
stays in the file.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from moderation.errors import InputError, ModerationError
from moderation.evaluation.results import Results, Row
from moderation.evaluation.table import Measure

_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Lowered:
    """A floor that was lowered on purpose."""

    name: str
    old: float
    new: float
    reason: str
    model: str
    day: date


@dataclass(frozen=True, slots=True)
class Floors:
    """What ``data/evaluation.json`` holds.

    Attributes:
        model: Name, version and digest of the model that set them last.
        files: SHA-256 of every labelled file that they were measured on.
        floors: The least each figure may be; the most where less is better.
        lowered: Every floor that was ever lowered, and why.
    """

    model: str
    files: Mapping[str, str]
    floors: Mapping[str, float]
    lowered: tuple[Lowered, ...] = ()


def check(results: Results, floors: Floors) -> list[str]:
    """What speaks against a model: one sentence each, none for a model that may ship.

    A floor without a figure, and a labelled file other than the one that the floors were set on,
    speak against it too.
    """
    rows = {row.measure.name: row for row in results.rows}
    files = results.files.keys() | floors.files.keys()
    changed = [name for name in sorted(files) if results.files.get(name) != floors.files.get(name)]
    faults = [f"{name} is not the file that the floors were set on" for name in changed]
    for name, floor in floors.floors.items():
        if name not in rows:
            faults.append(f"{name} has a floor but was not measured")
        elif not rows[name].measure.as_good(rows[name].figure.value, floor):
            faults.append(_below(rows[name], floor))
    return faults


def settle(
    results: Results, floors: Floors | None, *, lower: Mapping[str, str], day: date
) -> Floors:
    """The floors after a model has been measured: raised wherever it is better.

    Args:
        results: The new model's figures; a row that was not measured keeps its floor.
        floors: The floors until now, None where there are none yet.
        lower: Floors that may be lowered, by name, each with the reason.
        day: When.

    Raises:
        ModerationError: The model is below a floor that is not named in ``lower``, or ``lower``
            names one that it is not below, or gives no reason.
    """
    old = dict(floors.floors) if floors else {}
    new = dict(old)
    below = []
    for row in results.rows:
        measure, value = row.measure, row.figure.value
        if not measure.has_floor:
            continue
        if measure.name in old and not measure.as_good(value, old[measure.name]):
            below.append(row)
        new[measure.name] = _better(measure, rounded(measure, value), old.get(measure.name))
    lowered = [_lowered(row, old[row.measure.name], lower, results.model, day) for row in below]
    idle = lower.keys() - {entry.name for entry in lowered}
    if idle:
        raise ModerationError(
            f"{', '.join(sorted(idle))}: not below its floor", mend="leave out --lower-floor"
        )
    new.update({entry.name: entry.new for entry in lowered})
    history = floors.lowered if floors else ()
    return Floors(results.model, dict(results.files), new, (*history, *lowered))


def rounded(measure: Measure, value: float) -> float:
    """The floor that a figure sets: three decimals, on the side that the figure itself passes.

    Raises:
        ModerationError: The figure is not a number.
    """
    if not math.isfinite(value):
        raise ModerationError(f"{measure.name} could not be measured: {value}")
    steps = math.ceil(value * _STEPS) if measure.at_most else math.floor(value * _STEPS)
    return steps / _STEPS


def load_floors(path: Path) -> Floors:
    """Read the floors.

    Raises:
        InputError: There is no such file, or it is not one of floors.
    """
    import msgspec

    try:
        return msgspec.json.decode(path.read_bytes(), type=Floors)
    except FileNotFoundError:
        raise InputError("no floors", path=path, mend="run with --set-floors first") from None
    except msgspec.MsgspecError as fault:
        raise InputError(f"not a file of floors: {fault}", path=path) from None


def save_floors(floors: Floors, path: Path) -> None:
    """Write the floors, whole or not at all."""
    import msgspec

    beside = path.with_name(path.name + ".partial")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(floors), indent=2) + b"\n")
    os.replace(beside, path)


def _better(measure: Measure, value: float, old: float | None) -> float:
    return value if old is None or measure.as_good(value, old) else old


def _below(row: Row, floor: float) -> str:
    side = "above its ceiling" if row.measure.at_most else "below its floor"
    return f"{row.measure.name} is {row.figure.value:.4f}, {side} of {floor:.3f}"


def _lowered(row: Row, old: float, lower: Mapping[str, str], model: str, day: date) -> Lowered:
    name = row.measure.name
    reason = lower.get(name, "").strip()
    if not reason:
        mend = f'improve the model, or say --lower-floor {name} --reason "…"'
        raise ModerationError(_below(row, old), mend=mend)
    return Lowered(name, old, rounded(row.measure, row.figure.value), reason, model, day)
