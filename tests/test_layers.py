"""The layers of the package import strictly downwards, and its surface loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "moderation"

LAYERS: dict[str, int] = {
    **dict.fromkeys(["__init__", "errors", "columns", "texts", "kept", "lexicon"], 0),
    **dict.fromkeys(["compiled", "instructions", "lanes"], 0),
    **dict.fromkeys(["formats", "normalise", "sentiment", "toxicity", "language"], 1),
    **dict.fromkeys(["policy", "marks"], 1),
    **dict.fromkeys(["scoring", "batch", "training", "evaluation"], 2),
    **dict.fromkeys(["report", "engines"], 3),
    **dict.fromkeys(["cli", "__main__"], 4),
}
#: Within a layer, who may import whom.
SIDEWAYS = {
    ("evaluation", "scoring"),
    ("training", "scoring"),
    ("training", "evaluation"),
    ("batch", "scoring"),
    ("texts", "errors"),
    ("lanes", "compiled"),
    ("lanes", "instructions"),
    ("lexicon", "errors"),
    ("lexicon", "columns"),
    ("__main__", "cli"),
}
HEAVY = (
    "sklearn",
    "scipy",
    "numba",
    "llvmlite",
    "pyarrow",
    "starlette",
    "uvicorn",
    "pyspark",
    "dask",
)


def part_of(module: str) -> str:
    """moderation.formats.page → formats."""
    names = module.split(".")
    return names[1] if len(names) > 1 else "__init__"


def imports_of(path: Path) -> set[str]:
    """The parts of this package that a module imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "moderation":
            names = [f"moderation.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
        else:
            continue
        found.update(part_of(name) for name in names if name.split(".")[0] == "moderation")
    return found


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for other in imports_of(path) - {part}:
        if other not in LAYERS:  # a name that moderation/__init__.py offers, such as __version__
            other = "__init__"
        downwards = LAYERS[other] < LAYERS[part]
        assert downwards or (part, other) in SIDEWAYS, f"{part} imports {other}"


@pytest.mark.parametrize("code", ["import moderation", "import moderation.cli"])
def test_surface_loads_nothing_heavy(code: str) -> None:
    script = f"import sys; {code}; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    script = script.replace(repr(HEAVY), f"set({HEAVY!r})")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\nfrom moderation.cli import main\n"
        "sys.argv = ['moderation', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', *sorted(set({HEAVY!r}) & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "Usage" in done.stdout
    assert done.stdout.splitlines()[-1] == "LOADED"
