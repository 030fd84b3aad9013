"""Settling who answers whom, where a format delivers whole threads.

A parent that is not in the file, and a circle of comments that answer each other, would hang a
reader of the thread: the orphan becomes a root, and so does the first comment of each circle.
Only a few numbers a comment are kept, so a large export is settled before it is read for good.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROOT, _ORPHAN = -1, -2
_NEW, _WALKED, _SETTLED = 0, 1, 2


def unsettled(links: Iterable[tuple[str | None, str | None]]) -> tuple[set[int], set[int], int]:
    """Which comments must lose their parent.

    Args:
        links: (comment_id, parent_id) of every comment in the order of the file. A parent may
            come before or after its replies; of several comments with one id the first counts.

    Returns:
        Positions of the orphans; of the comments that close a circle; and how many comments bear
        an id that an earlier one has.

    Example:
        >>> unsettled([("1", None), ("2", "9"), ("3", "4"), ("4", "3"), ("5", "1"), ("5", "1")])
        ({1}, {2}, 1)
    """
    import numpy as np

    keys, parents, roots = array("q"), array("q"), bytearray()
    for comment, parent in links:
        keys.append(hash(comment))
        parents.append(hash(parent))
        roots.append(parent is None)
    above, repeated = _above(np.asarray(keys), np.asarray(parents))
    above[np.frombuffer(roots, bool)] = _ROOT
    orphans = set(np.flatnonzero(above == _ORPHAN).tolist())
    return orphans, _circles(array("q", above.tobytes())), repeated


def _above(keys: NDArray[np.int64], parents: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Position of each comment's parent, or _ORPHAN; and the number of repeated keys."""
    import numpy as np

    known, first = np.unique(keys, return_index=True)
    if not len(known):
        return np.zeros(0, np.int64), 0
    at = np.searchsorted(known, parents).clip(max=len(known) - 1)
    return np.where(known[at] == parents, first[at], _ORPHAN), len(keys) - len(known)


def _circles(above: array[int]) -> set[int]:
    """The first position of each circle; each comment is walked over once."""
    circles = set()
    seen = bytearray(len(above))
    for start in range(len(above)):
        walk, at = [], start
        while at >= 0 and seen[at] == _NEW:
            seen[at] = _WALKED
            walk.append(at)
            at = above[at]
        if at >= 0 and seen[at] == _WALKED:
            circles.add(min(walk[walk.index(at) :]))
        for position in walk:
            seen[position] = _SETTLED
    return circles
