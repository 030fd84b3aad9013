"""Edits to a text: found one after the other, then applied all at once.

An edit replaces some bytes of a folded text by those that were written to the pool before it, or
only notes that they were a disguise. Edits are kept in order and never overlap.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, merged
from moderation.normalise.kit import (
    DONE,
    EDIT,
    EDITS,
    LINK,
    LINKED,
    LINKS,
    POOLED,
    ROWS,
    SCRATCH,
    WRITTEN,
    Kit,
)

_FIELDS: Any = np.arange(EDIT)
BEGIN, END, FROM, TO, EVASION = _FIELDS
"""What an edit says: the bytes concerned, their replacement in the pool, 1 for a disguise."""

DISGUISE: Any = np.bool_(True)
MERE_STRETCH: Any = np.bool_(False)
_KEEP: Any = np.int64(-1)


@borrowing
def write(kit: Kit, byte: int) -> None:
    """Write a byte of the next replacement."""
    kit.spare[SCRATCH + kit.notes[WRITTEN]] = byte
    kit.notes[WRITTEN] += 1


@borrowing
def replace(kit: Kit, begin: int, end: int, evasion: bool) -> None:
    """Put what was written since the last edit in the place of some bytes."""
    _add(kit, begin, end, kit.notes[POOLED], evasion)
    kit.notes[POOLED] = kit.notes[WRITTEN]


@borrowing
def note(kit: Kit, begin: int, end: int) -> None:
    """Say of some bytes that they were a disguise, which the first pass has undone."""
    _add(kit, begin, end, _KEEP, DISGUISE)


@borrowing
def note_link(kit: Kit, begin: int, end: int) -> None:
    """Say of some bytes that they are a web address."""
    row = kit.notes[LINKED] + LINK * kit.notes[LINKS]
    kit.notes[row], kit.notes[row + 1] = begin, end
    kit.notes[LINKS] += 1


@borrowing
def _add(kit: Kit, begin: int, end: int, start: int, evasion: bool) -> None:
    row = kit.notes[ROWS] + EDIT * kit.notes[EDITS]
    kit.notes[row + BEGIN], kit.notes[row + END] = begin, end
    kit.notes[row + FROM], kit.notes[row + TO] = start, kit.notes[WRITTEN]
    kit.notes[row + EVASION] = evasion
    kit.notes[EDITS] += 1
    kit.notes[DONE] = end


@borrowing
def field(kit: Kit, edit: int, name: int) -> int:
    """What an edit says."""
    value: int = kit.notes[kit.notes[ROWS] + EDIT * edit + name]
    return value


@merged
def clear(kit: Kit) -> None:
    """Forget the edits of the text before."""
    kit.notes[EDITS] = kit.notes[DONE] = kit.notes[POOLED] = kit.notes[WRITTEN] = kit.notes[
        LINKS
    ] = 0


@compiled
def apply(
    kit: Kit,
    text: NDArray[np.uint8],
    size: int,
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
) -> int:
    """Carry out the edits in place.

    Args:
        kit: Holds the edits.
        text: uint8, the text in its first ``size`` bytes, and room for what it may become.
        size: Bytes of the text.
        begin: int32, where in the source each byte of the text begins…
        end: int32, …and ends; what replaces some bytes stands for all that they stood for.

    Returns:
        The new size.
    """
    old, old_begin, old_end = text[:size].copy(), begin[:size].copy(), end[:size].copy()
    at = position = 0
    for edit in range(kit.notes[EDITS] + 1):
        last = edit == kit.notes[EDITS]
        stop = size if last else field(kit, edit, BEGIN)
        for place in range(position, stop):
            text[at], begin[at], end[at] = old[place], old_begin[place], old_end[place]
            at += 1
        position = stop
        if last or field(kit, edit, FROM) == _KEEP:
            continue
        position = field(kit, edit, END)
        for place in range(field(kit, edit, FROM), field(kit, edit, TO)):
            text[at] = kit.spare[SCRATCH + place]
            begin[at], end[at] = old_begin[stop], old_end[position - 1]
            at += 1
    return at
