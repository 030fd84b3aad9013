"""What the documentation says is what the code does.

``python -m tests.test_docs`` writes the generated pages anew; the tests compare them.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation import cli, columns, formats

ROOT = Path(__file__).parent.parent
COMMANDS = ("score", "explain", "report", "train", "evaluate", "model", "formats")


def help_of(command: str) -> str:
    """A command's help as a terminal of 100 characters shows it."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", "100")
        patched.setenv("TERMINAL_WIDTH", "100")
        patched.setenv("NO_COLOR", "1")
        cli.run([command, "--help"])
    return "\n".join(line.rstrip() for line in shown.getvalue().strip().splitlines())


def commands() -> str:
    """The page of commands."""
    helps = (f"## moderation {name}\n\n```text\n{help_of(name)}\n```\n" for name in COMMANDS)
    return "# Commands\n\n" + "\n".join(helps)


PAGES: dict[str, Callable[[], str]] = {
    "columns.md": lambda: f"# Columns\n\n{columns.markdown()}\n",
    "formats.md": lambda: f"# Formats\n\n{formats.markdown().strip()}\n",
    "commands.md": commands,
}


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_up_to_date(name: str) -> None:
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == PAGES[name](), "run: python -m tests.test_docs"


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])  # fmt: skip
def test_python_in_the_documentation_runs(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for block in re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.S):
        exec(compile(block, page, "exec"), {})  # noqa: S102  # our own documentation


def test_every_command_is_documented() -> None:
    assert {command.name for command in cli.app.registered_commands} == {None}
    names = {command.callback.__name__ for command in cli.app.registered_commands}
    assert names == set(COMMANDS)


if __name__ == "__main__":
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), "utf-8")
