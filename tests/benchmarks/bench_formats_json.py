"""How fast JSON exports are read, and in how much memory: 256 MB each, made on the spot.

Run from the top of the repository: ``python -m tests.benchmarks.bench_formats_json [MB] [NAME…]``.
Each export is one array, or lines, and read in a process of its own; the peak is what it takes
above its start (Linux only).
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from moderation.formats import Reading
from tests.json_exports import EXPORTS, Export, Post

ARRAYS = {
    "disqus_api": "response", "hackernews_search": "hits", "youtube": "items",
    "mastodon": "descendants", "remark42_tree": "comments", "commento": "comments",
    "facebook": "data", "wordpress_api": "",
}  # fmt: skip
"""The member that holds the records, in what is no JSON Lines; none where all is one array."""
HELD_WHOLE = {"hackernews", "isso"}
"""An item with its answers, and a thread with its comments: each of them is one record."""
SENTENCE = "The ferry was late again; nobody at the pier knew why, <and> & so on. "
IN_A_PART = 2_000


def posts(export: Export, first: int) -> list[Post]:
    """A part of an export: every third post opens a thread, the others answer the one before."""
    states = export.states or ("",)
    plain = Post(0, None, "", "", 0, 0, "")
    return [
        replace(
            plain,
            number=number,
            parent=number - 1 if number % 3 and number > first else None,
            author=f"reader {number % 977}",
            text=(SENTENCE * (1 + number % 5)).strip(),
            minute=number,
            likes=number % 50,
            state=states[number % len(states)],
        )
        for number in range(first, first + IN_A_PART)
    ]


def pieces(export: Export) -> Iterator[tuple[bytes, bytes, bytes]]:
    """An export of 2,000 comments after another, as (beginning, records, end)."""
    name = export.write.__name__
    first = 0
    while True:
        data = export.write(posts(export, first))
        begin, end = 0, len(data)
        if name in ARRAYS:
            key = f'"{ARRAYS[name]}": '.encode() if ARRAYS[name] else b""
            begin = data.index(key + b"[") + len(key) + 1
            end = data.index(b"\n ]", begin) if key else data.rindex(b"]")
        yield data[:begin], data[begin:end], data[end:]
        first += IN_A_PART


def write(export: Export, path: Path, size: int) -> None:
    between = b"," if export.write.__name__ in ARRAYS else b""
    with path.open("wb") as file:
        for number, (beginning, records, end) in enumerate(pieces(export)):
            file.write(between + records if number else beginning + records)
            if file.tell() >= size:
                file.write(end)
                return


def peak() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def measure(path: Path) -> None:
    for library in ("pandas", "pyarrow.compute"):  # not the reading's own
        importlib.import_module(library)
    start, begin = peak(), time.perf_counter()
    reading = Reading(path)
    for frame in reading:
        assert len(frame)
    assert not reading.rejected
    seconds = time.perf_counter() - begin
    megabytes = path.stat().st_size / 1e6
    print(
        f"{path.name:20}{megabytes:8.0f}{reading.rows:10,}{megabytes / seconds:8.1f}"
        f"{reading.rows / seconds:12,.0f}{(peak() - start) / 1024:10.0f}",
        flush=True,
    )


def main(megabytes: int, names: list[str]) -> None:
    print(f"{'export':20}{'MB':>8}{'comments':>10}{'MB/s':>8}{'comments/s':>12}{'MiB more':>10}")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        for export in EXPORTS:
            name = export.write.__name__
            if name in HELD_WHOLE or (names and name not in names):
                continue
            path = Path(folder, name)
            write(export, path, megabytes * 1_000_000)
            command = [sys.executable, "-m", "tests.benchmarks.bench_formats_json", str(path)]
            subprocess.run(command, check=True)
            path.unlink()


if __name__ == "__main__":
    given = sys.argv[1:] or ["256"]
    if given[0].isdecimal():
        main(int(given[0]), given[1:])
    else:
        measure(Path(given[0]))
