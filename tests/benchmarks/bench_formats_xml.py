"""How fast XML exports are read, and in how much memory: 256 MB each, made on the spot.

Run from the top of the repository: ``python -m tests.benchmarks.bench_formats_xml [MB]``. Each
export is read in a process of its own; the peak is what it takes above its start (Linux only).
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from moderation.formats import Reading
from tests.test_formats_xml import WRITERS, Post

STATES = ("published", "published", "published", "spam", "deleted")
SENTENCE = (
    "<p>The <em>ferry</em> was late again; nobody at the pier knew why, and &amp; so on.</p>\n"
)
IN_A_PART = 2_000


def posts(first: int) -> list[Post]:
    return [
        Post(
            str(number),
            f"https://paper.example/{number // 40}",
            str(number - 1) if number % 40 and number % 3 else None,
            f"reader {number % 977}",
            1_500_000_000 + number,
            SENTENCE * (1 + number % 5),
            STATES[number % 5],
        )
        for number in range(first, first + IN_A_PART)
    ]


def parts(name: str) -> Iterator[tuple[str, str, str]]:
    """An export of 2,000 comments after another, as (beginning, records, end)."""
    opening = {"disqus-xml": "<thread", "wordpress-wxr": "<item"}[name]
    closing = {"disqus-xml": "</disqus>", "wordpress-wxr": "</channel>"}[name]
    first = 0
    while True:
        export = WRITERS[name](posts(first))
        begin, end = export.index(opening), export.rindex(closing)
        yield export[:begin], export[begin:end], export[end:]
        first += IN_A_PART


def write(name: str, path: Path, size: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, (beginning, records, end) in enumerate(parts(name)):
            file.write(records if number else beginning + records)
            if file.tell() >= size:
                file.write(end)
                return


def peak() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def measure(path: Path) -> None:
    for library in ("pandas", "pyarrow.compute", "lxml.etree"):  # not the reading's own
        importlib.import_module(library)
    start, begin = peak(), time.perf_counter()
    reading = Reading(path)
    for frame in reading:
        assert len(frame)
    seconds = time.perf_counter() - begin
    megabytes = path.stat().st_size / 1e6
    print(
        f"{reading.format:16}{megabytes:8.0f}{reading.rows:10,}{megabytes / seconds:8.1f}"
        f"{reading.rows / seconds:12,.0f}{(peak() - start) / 1024:10.0f}"
    )


def main(megabytes: int = 256) -> None:
    print(f"{'format':16}{'MB':>8}{'comments':>10}{'MB/s':>8}{'comments/s':>12}{'MiB more':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name in WRITERS:
            path = Path(folder, f"{name}.xml")
            write(name, path, megabytes * 1_000_000)
            command = [sys.executable, "-m", "tests.benchmarks.bench_formats_xml", str(path)]
            subprocess.run(command, check=True)
            path.unlink()


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else "256"
    if chosen.isdecimal():
        main(int(chosen))
    else:
        measure(Path(chosen))
