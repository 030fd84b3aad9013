"""``moderation model``, ``train``, ``evaluate``: where the scores come from, how good they are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from moderation.evaluation import Bench, Row

FLOORS = Path("data/evaluation.json")
Data = Annotated[
    Path | None,
    typer.Option(help="Folder of labelled data; else MODERATION_DATA, else ../shared/data."),
]
ModelFolder = Annotated[
    Path | None, typer.Option("--model", help="A folder of weights instead of the shipped one.")
]


def model(folder: ModelFolder = None) -> None:
    """The model's name, version, digest and card: data, figures, intended use, limits."""
    from moderation.toxicity import Model

    typer.echo(Model.load(folder).identity)
    typer.echo("")
    typer.echo(Model.load_card(folder))


def train(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the model to.")],
    data: Data = None,
    teacher: Annotated[
        bool, typer.Option(help="Learn from the larger model's opinions as well as from labels.")
    ] = True,
    ensemble: Annotated[
        bool, typer.Option(help="Learn from several networks' opinions on rare heads as well.")
    ] = True,
    ratings: Annotated[
        bool, typer.Option(help="Learn from a careful reader's ratings as well as from labels.")
    ] = True,
    draw: Annotated[
        int, typer.Option(min=0, help="What chance begins with: others show what is chance.")
    ] = 0,
) -> None:
    """Make the model again from the labelled data: the same files give the same weights.

    Example: moderation train -o work/model && moderation evaluate --model work/model
    """
    from moderation.cli import startup

    startup.sum_alike()
    from moderation.evaluation import data_folder
    from moderation.training import train as fit

    made = fit(
        data or data_folder(),
        out,
        lambda line: typer.echo(line, err=True),
        with_teacher=teacher,
        with_ensemble=ensemble,
        with_ratings=ratings,
        draw=draw,
    )
    typer.echo(made.identity)


def evaluate(
    data: Data = None,
    folder: ModelFolder = None,
    json: Annotated[Path | None, typer.Option(help="Write every figure here as well.")] = None,
    floors: Annotated[Path, typer.Option(help="The floors to hold the model to.")] = FLOORS,
    set_floors: Annotated[
        bool, typer.Option("--set-floors", help="Raise the floors to what this model reaches.")
    ] = False,
    lower_floor: Annotated[
        list[str] | None, typer.Option(help="With --set-floors: a floor that may be lowered.")
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Why it may be lowered; stays in the file for ever.")
    ] = "",
    plot: Annotated[
        Path | None, typer.Option(help="Draw the scores against readers' as well, an SVG picture.")
    ] = None,
) -> None:
    """Measure the model on texts that it never saw; exit with 1 where it is below a floor.

    For example:

        moderation evaluate --json figures.json --plot reliability.svg

        moderation evaluate --set-floors --lower-floor insults.auc --reason "fairer on names"
    """
    from datetime import date

    from moderation import evaluation
    from moderation.evaluation.subject import Shipped

    known = None if set_floors and not floors.exists() else evaluation.load_floors(floors)
    bench = evaluation.Bench(Shipped.load(folder), data or evaluation.data_folder())
    results = evaluation.evaluate(bench, each=_tell)
    typer.echo(results.markdown())
    if json:
        results.save(json)
    if plot:
        _draw(bench, plot)
    if set_floors:
        lower = dict.fromkeys(lower_floor or (), reason)
        evaluation.save_floors(
            evaluation.settle(results, known, lower=lower, day=date.today()), floors
        )
    elif known and (faults := evaluation.check(results, known)):
        for fault in faults:
            typer.echo(f"refused: {fault}", err=True)
        raise typer.Exit(1)


def _draw(bench: Bench, plot: Path) -> None:
    """The reliability plot."""
    from moderation import report
    from moderation.evaluation import reliability_points
    from moderation.report.reliability import reliability

    report.save(reliability(reliability_points(bench), bench.subject.model), plot)


def _tell(row: Row) -> None:
    """A row as soon as it is known, to a person who waits."""
    if sys.stderr.isatty():
        typer.echo(f"{row.measure.what}: {row.figure.value:.3f}", err=True)
