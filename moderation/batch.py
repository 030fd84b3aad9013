"""A whole job, frame by frame: memory holds a few frames, whatever the size of the inputs."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import pandas as pd

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(
    function: Callable[[Item], Result], items: Iterable[Item], jobs: int = 1
) -> Iterator[Result]:
    """Apply a function to every item, ``jobs`` at a time, in the order of the items.

    Threads, not processes: the compiled kernels and Arrow let go of the interpreter lock, and
    nothing has to be copied. At most ``jobs + 1`` items are held at a time.

    Args:
        function: What is done to an item.
        items: Read only as fast as results are taken.
        jobs: Threads, 1 or more; 1 works in the caller's own.

    Example:
        >>> list(mapped(abs, [-1, 2, -3], jobs=2))
        [1, 2, 3]
    """
    if jobs == 1:
        yield from map(function, items)
        return
    source = iter(items)
    with ThreadPoolExecutor(jobs) as pool:
        window: deque[Future[Result]] = deque(
            pool.submit(function, item) for item in islice(source, jobs + 1)
        )
        try:
            while window:
                yield window.popleft().result()
                window.extend(pool.submit(function, item) for item in islice(source, 1))
        finally:
            for future in window:
                future.cancel()


class Tally:
    """What became of the comments so far.

    Attributes:
        actions: How many comments there are of each action.
        unscored: How many of them could not be scored.

    Example:
        >>> tally = Tally()
        >>> tally.add(pd.DataFrame({"action": ["review", "approve"], "error": ["too long", None]}))
        >>> dict(tally.actions), tally.unscored, tally.flagged
        ({'review': 1, 'approve': 1}, 1, 1)
    """

    def __init__(self) -> None:
        self.actions: Counter[str] = Counter()
        self.unscored = 0

    def add(self, scored: pd.DataFrame) -> None:
        """Count the rows of one more frame."""
        self.actions.update(scored["action"].value_counts(sort=False).to_dict())
        self.unscored += int(scored["error"].notna().sum())

    @property
    def flagged(self) -> int:
        """How many comments a person should look at."""
        return self.actions["review"] + self.actions["reject"]
