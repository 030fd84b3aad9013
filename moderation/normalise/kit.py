"""What every kernel has at hand: the tables of words and characters, and room for notes.

Compiled code pays for every array that is handed from function to function, so that all tables
stand end to end in three arrays, and all notes in two; the functions here find their way in them.
It also compiles a function anew for every literal number that it is called with, so that counters
begin at ``ZERO`` and the names of tables are numbers of NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, inlined

_TABLES: Any = np.arange(27)
(
    LETTERS, TRAITS, KIND, STYLED, ALIKE, WIDTH, ASCII, FOLD,
    BOUNDS, VALUES, FIRST, FOLLOWING, MEANT, MASKS, MASK_BOUNDS, PAGES, PLACE, NEAREST, SOUGHT,
    SOUGHT_LETTERS,
    WORDS, SHAPES, TELLS, HOSTS, LIKELY_HOSTS, KNOWN, SKELETONS,
) = _TABLES  # fmt: skip
"""The tables: of bytes, of numbers, of hashes; see ``vocabulary`` and ``characters``."""

_WIDE: Any = np.int64
ZERO: Any = np.int64(0)

EDITS, DONE, POOLED, WRITTEN, LINKS, MARKS, LATIN, ENGLISH, ROWS, LINKED = range(10)
"""Notes that are one number: edits, where the last of them ends, pool bytes that belong to edits,
pool bytes in all, links, marks of the first pass, 1 where most letters are Latin, 1 where most
words are known (−1 where not, 0 before they are counted), and where the edits and where the links
begin among the notes."""

SUMS, UNITS, MARK = 10, 10 + 128, 10 + 128 + 64
"""Where room for the sums of ``sounds.cost``, for the letters set apart of ``torn``, and for the
marks begins among the notes."""

EDIT = 5
"""Numbers of an edit."""

LINK = 2
"""Numbers of a link: where it begins and ends."""

_SHORTEST_LINK = 4
"""Bytes of the shortest one, and the space behind it."""

SCRATCH = 512
"""Bytes of scratch; the pool of replacements begins behind them."""


class Kit(NamedTuple):
    """Tables, and notes on the text at hand.

    Attributes:
        octets: uint8, the tables of bytes end to end.
        numbers: int32, where each table begins and ends, then the tables of numbers.
        hashes: uint64, the tables of hashes.
        notes: int64, counts, marks, edits, and links.
        spare: uint8, scratch, then the pool.
    """

    octets: NDArray[np.uint8]
    numbers: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    notes: NDArray[np.int64]
    spare: NDArray[np.uint8]


def packed(tables: Mapping[int, NDArray[Any]]) -> Kit:
    """A kit of some tables, without room for notes."""
    bounds = np.zeros(2 * len(_TABLES), np.int32)
    octets: list[NDArray[Any]] = []
    numbers: list[NDArray[Any]] = [bounds]
    hashes: list[NDArray[Any]] = []
    parts = {"uint8": octets, "int32": numbers, "uint64": hashes}
    for table, values in tables.items():
        part = parts[values.dtype.name]
        bounds[2 * table] = sum(map(len, part))
        bounds[2 * table + 1] = bounds[2 * table] + len(values)
        part.append(values)
    return Kit(
        np.concatenate(octets), np.concatenate(numbers), np.concatenate(hashes),
        np.zeros(0, np.int64), np.zeros(0, np.uint8),
    )  # fmt: skip


def with_room(kit: Kit, longest: int) -> Kit:
    """The same tables, with room for notes on texts of at most ``longest`` folded bytes."""
    links = LINK * (longest // _SHORTEST_LINK + 1)
    notes = np.zeros(MARK + (1 + EDIT) * (longest + 1) + links, np.int64)
    notes[ROWS] = MARK + longest + 1
    notes[LINKED] = len(notes) - links
    return kit._replace(notes=notes, spare=np.empty(SCRATCH + 4 * longest + 64, np.uint8))


@borrowing
def octet(kit: Kit, table: int, place: SupportsIndex) -> int:
    """A byte of a table."""
    value: int = _WIDE(kit.octets[kit.numbers[2 * table] + place])
    return value


@borrowing
def number(kit: Kit, table: int, place: SupportsIndex) -> int:
    """A number of a table."""
    value: int = _WIDE(kit.numbers[kit.numbers[2 * table] + place])
    return value


@borrowing
def mark_from(position: int, kit: Kit) -> int:
    """The first mark of the first pass that does not stand before a position, counted from 0."""
    low: int = ZERO
    high: int = kit.notes[MARKS]
    while low < high:
        middle = (low + high) // 2
        if kit.notes[MARK + middle] < position:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def hashes(kit: Kit, table: int) -> NDArray[np.uint64]:
    """A whole table of hashes, for those who look into it often."""
    return kit.hashes[kit.numbers[2 * table] : kit.numbers[2 * table + 1]]
