"""What an evaluation found: every row with its figure, and what it was measured on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moderation.evaluation.bench import Bench
from moderation.evaluation.bootstrap import Figure
from moderation.evaluation.holdout import load_digests
from moderation.evaluation.table import MEASURES, Measure


@dataclass(frozen=True, slots=True)
class Row:
    """A measure and what came of it."""

    measure: Measure
    figure: Figure

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached; None where there is none."""
        return self.measure.reached(self.figure.value)

    def as_dict(self) -> dict[str, Any]:
        """Plain objects for JSON."""
        figure, measure = self.figure, self.measure
        plain: dict[str, Any] = {
            "what": measure.what,
            "file": measure.file,
            "n": figure.n,
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "aim": measure.aim,
            "at_most": measure.at_most,
            "reached": self.reached,
        }
        extra = {"note": figure.note, "detail": dict(figure.detail)}
        return plain | {name: value for name, value in extra.items() if value}


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was measured of one model.

    Attributes:
        model: Its name, version and digest.
        files: SHA-256 of every labelled file, by name.
        rows: In the order of the table.
    """

    model: str
    files: Mapping[str, str]
    rows: tuple[Row, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain objects for JSON: the model, the files, and each row by its name."""
        rows = {row.measure.name: row.as_dict() for row in self.rows}
        return {"model": self.model, "files": dict(self.files), "rows": rows}

    def save(self, path: Path) -> None:
        """Write them as JSON; what could not be measured is null."""
        import msgspec

        path.write_bytes(msgspec.json.format(msgspec.json.encode(self.as_dict()), indent=2) + b"\n")

    def markdown(self) -> str:
        """The whole table, aim beside figure: Markdown that reads well on a terminal too."""
        header = ("what", "set", "n", "figure", "95 % interval", "aim", "reached", "note")
        lines = [header, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
        rule = tuple("-" * width for width in widths)
        padded = [
            " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            for line in (lines[0], rule, *lines[1:])
        ]
        return "\n".join(f"| {line} |" for line in padded)


def evaluate(
    bench: Bench,
    *,
    measures: Sequence[Measure] = MEASURES,
    each: Callable[[Row], None] | None = None,
) -> Results:
    """Measure a model on everything.

    Args:
        bench: The model, with the default policy, and the folder of labelled data.
        measures: Which rows.
        each: Called with every row as soon as it is known, in order.

    Raises:
        InputError: A labelled file is missing.
    """
    rows = []
    for measure in measures:
        rows.append(Row(measure, measure.measure(bench)))
        if each is not None:
            each(rows[-1])
    return Results(bench.subject.model, load_digests(bench.data), tuple(rows))


def number(value: float) -> str:
    """A figure as it is printed: three decimals for a rate, none for what is counted.

    Example:
        >>> number(0.97512), number(251_300.4), number(43.26)
        ('0.975', '251,300', '43.3')
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _cells(row: Row) -> tuple[str, ...]:
    measure, figure = row.measure, row.figure
    sign = "≤" if measure.at_most else "≥"
    return (
        measure.what,
        measure.file,
        f"{figure.n:,}",
        number(figure.value),
        f"{number(figure.low)} … {number(figure.high)}",
        "" if measure.aim is None else f"{sign} {measure.aim:,g}",
        {True: "yes", False: "no", None: ""}[row.reached],
        figure.note,
    )
