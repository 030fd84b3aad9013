"""``moderation explain``: why a text scores as it does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def explain(
    text: Annotated[str, typer.Argument(help="The text, or - to read it from stdin.")] = "-",
    policy: Annotated[
        Path | None, typer.Option(help="A policy file (TOML) instead of the shipped one.")
    ] = None,
) -> None:
    """Why a text scores as it does, with its words marked.

    Examples: moderation explain "You utter fool"; pbpaste | moderation explain -
    """
    from rich.console import Console

    from moderation.cli import startup, table
    from moderation.columns import HEADS

    startup.load_numba()
    from moderation.scoring import Scorer

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\n")
    explanation = Scorer.load(policy).explain(text)
    console = Console(highlight=False)
    console.print(table.marked(text, list(explanation.marks)))
    console.print(f"\n→ {explanation.action}", style="bold")
    for reason in [explanation.error] if explanation.error else explanation.reasons:
        console.print(f"  {reason}", markup=False)
    for name in () if explanation.error else ("sentiment", *HEADS):
        score = explanation.scores[name]
        bar = "█" * round(20 * max(score, 0.0))
        console.print(f"  {name:<16} {score:5.2f}  {bar}")
    console.print(f"  {explanation.identity}", style="dim", markup=False)
