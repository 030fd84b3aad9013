"""Progress of long work: on stderr, and only where that is a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import pandas as pd

from moderation.batch import Tally

#: Seconds of work before anything is shown: a page is done by then.
PATIENCE = 0.5


def shown(frames: Iterable[pd.DataFrame], tally: Tally) -> Iterator[pd.DataFrame]:
    """Pass scored frames on, counted; tell a waiting person how far the work is, and how fast."""
    from rich.console import Console
    from rich.status import Status

    console = Console(stderr=True)
    status = Status("reading", console=console) if console.is_terminal else None
    begin = time.monotonic()
    rows = 0
    try:
        for frame in frames:
            tally.add(frame)
            rows += len(frame)
            seconds = time.monotonic() - begin
            if status and seconds > PATIENCE:
                status.start()
                rate = f"{rows / seconds:,.0f} a second"
                status.update(f"{rows:,} comments, {rate}: {tally.flagged:,} to look at")
            yield frame
    finally:
        if status:
            status.stop()
