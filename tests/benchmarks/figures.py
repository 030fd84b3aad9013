"""What the benchmark found, as Markdown, and what follows from it."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

Found = Mapping[str, "Figure | None"]


class Figure(NamedTuple):
    """What one row of the table says.

    Attributes:
        rate: Comments a second.
        speed: Bytes of their text a second.
        peak: Bytes of memory, at most.
    """

    rate: float
    speed: float
    peak: int


def markdown(labels: Mapping[str, str], found: Found, what: str) -> str:
    """The table, on what texts, and on which machine."""
    reference = found["vader"]
    assert reference, "vaderSentiment is what all others are measured by"
    lines = ["| | comments/s | MB/s | peak memory | × vaderSentiment |", "|---|--:|--:|--:|--:|"]
    for name, label in labels.items():
        figure = found[name]
        if figure is None:
            lines.append(f"| {label} | not installed here | | | |")
            continue
        numbers = (figure.rate, figure.speed / 1e6, figure.peak / 1e6, figure.rate / reference.rate)
        rate, speed, peak, ratio = map(short, numbers)
        lines.append(f"| {label} | {rate} | {speed} | {peak} MB | {ratio} |")
    return "\n".join([*lines, "", f"{what}. {machine()}.", ""])


def costs(found: Found) -> str:
    """What large archives cost, by the rates of one machine and of Spark."""
    job, spark = found["job"], found["spark"]
    assert job, "this tool must run"
    apart = spark.rate / 2 if spark else None
    lines = [
        f"One core does {job.rate:,.0f} comments a second from JSON Lines to Parquet"
        + (f"; on Spark, started and warm, {apart:,.0f}" if apart else "")
        + f" ({job.speed / job.rate:.0f} bytes of text each). So:",
        "",
        "| comments | core-hours | 8 cores | core-hours on Spark | 400 cores on Spark |",
        "|--:|--:|--:|--:|--:|",
    ]
    for count, words in ((1e8, "100 million"), (1e10, "10 billion")):
        alone = count / job.rate / 3600
        spread = count / apart / 3600 if apart else None
        there = f"{short(spread)} | {lasting(spread / 400)}" if spread else "? | ?"
        lines.append(f"| {words} | {short(alone)} | {lasting(alone / 8)} | {there} |")
    return "\n".join([*lines, "", f"{machine()}.", ""])


def short(number: float) -> str:
    """A number with as many digits as it deserves.

    Example:
        >>> [short(number) for number in (60658.4, 12.34, 1.26, 0.0234, 0.00021)]
        ['60,658', '12', '1.3', '0.023', '0.00021']
    """
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def lasting(hours: float) -> str:
    """A time in words, of the unit that suits it.

    Example:
        >>> lasting(0.001), lasting(0.058), lasting(5.8)
        ('4 seconds', '3 minutes', '6 hours')
    """
    units = ((1.5, 1, "hours"), (1.5 / 60, 60, "minutes"))
    for least, many, unit in units:
        if hours >= least:
            return f"{hours * many:.0f} {unit}"
    return f"{hours * 3600:.0f} seconds"


def machine() -> str:
    """Processor, cores, memory, system and Python of this machine."""
    model = "unknown processor"
    if (about := Path("/proc/cpuinfo")).exists():
        lines = [line for line in about.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"{platform.system()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {python}"


def write(page: Path, name: str, text: str) -> None:
    """Put text between a page's markers, such as ``<!-- bench -->`` and ``<!-- /bench -->``.

    Raises:
        ValueError: The page has no such markers.
    """
    before, rest = page.read_text("utf-8").split(f"<!-- {name} -->\n")
    after = rest.split(f"<!-- /{name} -->")[1]
    page.write_text(f"{before}<!-- {name} -->\n{text}<!-- /{name} -->{after}", "utf-8")
