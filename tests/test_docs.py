"""What the documentation says is what the code does.

``python -m tests.test_docs`` writes the generated pages anew; the tests compare them.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation import cli, columns, evaluation, formats
from moderation.cli.commands import app

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMMANDS = ("score", "explain", "report", "train", "evaluate", "model", "formats")


def shown(*arguments: str) -> str:
    """What a terminal of 100 characters shows of a command, as a block of Markdown."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.MonkeyPatch.context() as patched:
        for name in ("COLUMNS", "TERMINAL_WIDTH"):
            patched.setenv(name, "100")
        patched.setenv("NO_COLOR", "1")
        patched.chdir(ROOT)
        cli.run(list(arguments))
    lines = "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines())
    return f"```text\n{lines}\n```\n"


def commands() -> str:
    """The page of commands."""
    helps = (f"## moderation {name}\n\n{shown(name, '--help')}" for name in COMMANDS)
    return "# Commands\n\n" + "\n".join(helps)


def readme() -> str:
    """The README with what the demo prints now."""
    demo = shown("score", "data/council-budget.txt", "--to", "table")
    before, rest = README.read_text("utf-8").split("<!-- demo -->\n")
    after = rest.split("<!-- /demo -->\n")[1]
    return f"{before}<!-- demo -->\n{demo}<!-- /demo -->\n{after}"


ACCURACY = """# How good it is

What `moderation evaluate` measures of `{model}`,
on comments that it has not learnt from, beside what is aimed at. Figures are rounded to three
decimals, against the model. A later model that is worse in any of them is refused, but for a reason
that stays in `data/evaluation.json`. The command prints intervals as well, and what nothing is aimed
at; where the model fails is in its card (`moderation model`).

{table}

![Scores beside what readers said](reliability.svg)

Wikipedia's comments stand on the line: of those that score 0.8, eight in ten were called toxic.
The news comments were chosen as likely toxic, by whatever chose them, and their readers' votes were
learnt from as questions of their own, not calibrated on: there a score tells the order better than
the share. `moderation evaluate --plot reliability.svg` draws this.
"""


def accuracy() -> str:
    """The figures that the model is held to."""
    floors = evaluation.load_floors(ROOT / "data" / "evaluation.json")
    rows = ["| what | on | figure | aim |", "|---|---|--:|--:|"]
    for measure in evaluation.MEASURES:
        if measure.name in floors.floors:
            figure, side = floors.floors[measure.name], "≤" if measure.at_most else "≥"
            reached = "" if measure.reached(figure) else " (missed)"
            aim = f"{side} {measure.aim:g}{reached}"
            rows.append(f"| {measure.what} | {measure.file} | {figure:.3f} | {aim} |")
    return ACCURACY.format(model=floors.model, table="\n".join(rows))


PAGES: dict[str, Callable[[], str]] = {
    "README.md": readme,
    "docs/columns.md": lambda: f"# Columns\n\n{columns.markdown()}\n",
    "docs/formats.md": lambda: f"# Formats\n\n{formats.markdown().strip()}\n",
    "docs/commands.md": commands,
    "docs/accuracy.md": accuracy,
}


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_up_to_date(name: str) -> None:
    written = (ROOT / name).read_text("utf-8")
    assert written == PAGES[name](), "run: python -m tests.test_docs"


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])  # fmt: skip
def test_python_in_the_documentation_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block whose fence says no-run needs a cluster or a service."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    for block in re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.S):
        exec(compile(block, page, "exec"), {})  # noqa: S102  # our own documentation


def test_every_command_is_documented() -> None:
    assert {command.name for command in app.registered_commands} == {None}
    names = {command.callback.__name__ for command in app.registered_commands}
    assert names == set(COMMANDS)


if __name__ == "__main__":
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), "utf-8")
