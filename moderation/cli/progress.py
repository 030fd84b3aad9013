"""Progress of long work: on stderr, and only where that is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pandas as pd

from moderation.batch import Progress, Tally

if TYPE_CHECKING:
    from rich.status import Status

    from moderation.formats import Reading


class Display:
    """Tells a waiting person how far the work is, how fast, and when it ends."""

    def __init__(self) -> None:
        self._status = _status()
        self._begin = time.monotonic()
        self._share: float | None = None

    def __call__(self, progress: Progress) -> None:
        """Show how far it is now."""
        if self._status:
            self._status.update(sentence(progress, self._passed(), self._left(progress.share)))

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._status:
            self._status.stop()

    def _passed(self) -> float:
        return time.monotonic() - self._begin

    def _left(self, share: float | None) -> float | None:
        """Seconds left, by how fast the input is read; the first look only says where it began."""
        if self._share is None:
            self._begin, self._share = time.monotonic(), share
        if share is None or self._share is None or share <= self._share:
            return None
        return self._passed() * (1 - share) / (share - self._share)


def _status() -> Status | None:
    """A line for a person who waits."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console
    from rich.status import Status

    return Status("getting ready", console=Console(stderr=True))


def sentence(progress: Progress, passed: float, left: float | None) -> str:
    """How far the work is, in words.

    Args:
        progress: What is done.
        passed: Seconds since this run began.
        left: Seconds that it will take yet, where that is known.

    Example:
        >>> tally = Tally({"approve": 2_900_000, "review": 100_000})
        >>> sentence(Progress(tally, new=2_000_000, share=0.5), 20.0, 30.0)
        '3,000,000 comments (100,000 review, 2,900,000 approve), 100,000 a second, 0:30 left'
    """
    actions = sorted(progress.tally.actions.items(), key=lambda each: each[1])
    counts = ", ".join(f"{count:,} {action}" for action, count in actions)
    words = [f"{progress.tally.rows:,} comments ({counts})"]
    if passed > 0:
        words.append(f"{progress.new / passed:,.0f} a second")
    if left is not None:
        minutes, seconds = divmod(round(left), 60)
        words.append(f"{minutes}:{seconds:02d} left")
    return ", ".join(words)


def shown(frames: Iterable[pd.DataFrame], tally: Tally, reading: Reading) -> Iterator[pd.DataFrame]:
    """Pass scored frames of a reading on, counted, and show how far it is."""
    with Display() as display:
        for frame in frames:
            tally.add(frame)
            display(Progress(tally, tally.rows, reading.share))
            yield frame
    tally.rejected = reading.rejected
