"""The whole job beside what else there is, on the same texts, in one run: ``make bench``.

Every row of the table is a process of its own, see ``contenders``; start-up and compiling are not
timed. The better of two turns counts, taken in rotation. Peak memory is the resident memory of
all processes of a row together, looked at ten times a second.

With ``--write`` the table is put into the README, and what follows from it into docs/scale.md.
Two contenders need environments of their own, which ``make bench`` sets up; without them, or
without Java for Spark, their row says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import comments  # by its folder: another environment has only this file's
import figures
from contenders import CONTENDERS, turn
from figures import Figure

COUNT = 400_000
TURNS = 2


def measured(name: str, folder: Path) -> Figure | None:
    """One turn in a process of its own; None where it cannot run."""
    own = CONTENDERS[name].environment
    python = Path(own, "bin", "python") if own else Path(sys.executable)
    if not python.exists():
        return None
    command = [python, __file__, name, folder]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
        peak = 0
        while process.poll() is None:
            peak = max(peak, comments.resident(process.pid))
            time.sleep(0.1)
        if process.returncode:
            said.seek(0)
            print(f"{name}: {said.read().strip().splitlines()[-1]}", file=sys.stderr)
            return None
    assert process.stdout
    count, size, seconds = json.loads(process.stdout.read().splitlines()[-1])
    return Figure(count / seconds, size / seconds, peak)


def table(folder: Path) -> dict[str, Figure | None]:
    """Every contender's best turn."""
    turns: dict[str, list[Figure]] = {name: [] for name in CONTENDERS}
    for _ in range(TURNS):
        for name, known in turns.items():
            if figure := measured(name, folder):
                known.append(figure)
    return {name: max(known, default=None) for name, known in turns.items()}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        what = comments.prepare(Path(folder), COUNT)
        found = table(Path(folder))
    labels = {name: contender.name for name, contender in CONTENDERS.items()}
    made = figures.markdown(labels, found, what)
    costs = figures.costs(found)
    print(f"{made}\n{costs}")
    if "--write" in sys.argv:
        figures.write(Path("README.md"), "bench", made)
        figures.write(Path("docs/scale.md"), "cost", costs)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(turn(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
