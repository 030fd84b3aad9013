"""Work on several items at a time, in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

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
                result = window.popleft().result()
                window.extend(pool.submit(function, item) for item in islice(source, 1))
                yield result
        finally:
            for future in window:
                future.cancel()
