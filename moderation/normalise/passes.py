"""Both passes over many texts, and what of their edits is to be reported."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import borrowing, compiled, merged
from moderation.normalise.basic import RECORD, fold_characters
from moderation.normalise.capitals import find_capitals
from moderation.normalise.edits import BEGIN, END, EVASION, apply, clear, field
from moderation.normalise.guess import is_letter
from moderation.normalise.kit import (
    EDITS,
    LATIN,
    LINK,
    LINKED,
    LINKS,
    MARKS,
    ZERO,
    Kit,
)
from moderation.normalise.scan import scan

ROUNDS = 5
"""Looks at one text, the first for capitals: an edit may uncover another disguise."""


@compiled
def fold_all(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], trace: bool, widest: int, kit: Kit
) -> tuple[
    NDArray[np.uint8],
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
]:
    """Fold texts.

    Args:
        data: uint8, the texts end to end.
        offsets: int64[n + 1], where each begins and ends.
        trace: Whether ``begin`` and ``end`` are wanted; else they come out empty.
        widest: Bytes that the longest text may come to have.
        kit: Tables and room.

    Returns:
        The attributes of ``Folded``: data and offsets of the texts, evasions, links, begin, end,
        spans and link_spans, which are flat.
    """
    count = len(offsets) - 1
    evasions, links = np.zeros(count, np.int32), np.zeros(count, np.int32)
    places, at = np.zeros(count + 1, np.int64), ZERO
    out = np.empty(offsets[count] - offsets[0] + widest, np.uint8)
    begin = np.empty(len(out) if trace else widest, np.int32)
    end = np.empty(len(begin), np.int32)
    spans, found = np.empty(32, np.int32), ZERO
    link_spans, linked = np.empty(32, np.int32), ZERO
    number = ZERO
    while number < count:
        if len(out) < at + widest:
            size = 2 * at + widest
            out = _moved(out, at, np.empty(size, np.uint8))
            if trace:
                begin = _moved(begin, at, np.empty(size, np.int32))
                end = _moved(end, at, np.empty(size, np.int32))
        number, at = _fold_open(
            number, at, widest, data, offsets, places, links, trace, out, begin, end, kit
        )
        if number == count or len(out) < at + widest:
            continue
        source = data[offsets[number] : offsets[number + 1]]
        first = at if trace else 0
        size, spans, now = _fold_one(
            source, out[at:], trace, begin[first:], end[first:], spans, found, kit
        )
        evasions[number], links[number] = now - found, kit.notes[LINKS]
        if trace:
            link_spans, linked = _with_links(link_spans, linked, kit)
        number, at, found = number + 1, at + size, now
        places[number] = at
    kept = at if trace else 0
    return (
        out[:at], places, evasions, links, begin[:kept], end[:kept], spans[: 2 * found],
        link_spans[: LINK * linked],
    )  # fmt: skip


@borrowing
def _fold_open(
    number: int,
    at: int,
    widest: int,
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    places: NDArray[np.int64],
    links: NDArray[np.int32],
    trace: bool,
    out: NDArray[np.uint8],
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    kit: Kit,
) -> tuple[int, int]:
    """Fold texts from ``number`` on as long as there is room and nothing in them is undone.

    Nearly all are such. A loop of its own, because what is handed from function to function costs
    more than what is done to many a text.

    Returns:
        The first text that is not folded, and where its fold is to begin.
    """
    while number + 1 < len(offsets) and len(out) - at >= widest:
        source = data[offsets[number] : offsets[number + 1]]
        first = at if trace else 0
        size, capitals = _first_pass(source, trace, out[at:], begin[first:], end[first:], kit)
        if capitals:
            break
        clear(kit)
        scan(out[at : at + size], kit)
        if kit.notes[EDITS] or (trace and kit.notes[LINKS]):
            break
        links[number] = kit.notes[LINKS]
        number, at = number + 1, at + size
        places[number] = at
    return number, at


@merged
def _first_pass(
    source: NDArray[np.uint8],
    trace: bool,
    text: NDArray[np.uint8],
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    kit: Kit,
) -> tuple[int, bool]:
    """Fold the characters of one text; its size then, and whether capitals stand out in it."""
    size, foreign, capitals = fold_characters(source, trace, text, begin, end, kit)
    kit.notes[LATIN] = 2 * _latin(text[:size], foreign) >= foreign
    return size, capitals


@compiled
def _fold_one(
    source: NDArray[np.uint8],
    text: NDArray[np.uint8],
    trace: bool,
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    spans: NDArray[np.int32],
    found: int,
    kit: Kit,
) -> tuple[int, NDArray[np.int32], int]:
    """Fold one text into ``text``; returns its size, all spans, and how many they are now."""
    known, traced = found, trace
    size, capitals = _first_pass(source, trace, text, begin, end, kit)
    for _ in range(ROUNDS):
        clear(kit)
        if not capitals:
            scan(text[:size], kit)
            if trace:
                _trace_links(begin, end, kit)
        if not traced and (capitals or kit.notes[EDITS]):
            fold_characters(source, RECORD, text, begin, end, kit)
            traced = True
        if capitals:
            find_capitals(text[:size], source, begin, kit)
        if kit.notes[EDITS]:
            spans, found = _reported(kit, begin, end, spans, known, found)
            size = apply(kit, text, size, begin, end)
            kit.notes[MARKS] = 0
        elif not capitals:
            break
        capitals = False
    return size, spans, found


@borrowing
def _trace_links(begin: NDArray[np.int32], end: NDArray[np.int32], kit: Kit) -> None:
    """Note where links stand in the source instead of the text as it is now."""
    for link in range(kit.notes[LINKS]):
        row = kit.notes[LINKED] + LINK * link
        kit.notes[row], kit.notes[row + 1] = begin[kit.notes[row]], end[kit.notes[row + 1] - 1]


@compiled
def _with_links(spans: NDArray[np.int32], linked: int, kit: Kit) -> tuple[NDArray[np.int32], int]:
    """Add the links of one text to those of the texts before."""
    count = kit.notes[LINKS]
    if len(spans) < LINK * (linked + count):
        spans = _moved(spans, LINK * linked, np.empty(2 * LINK * (linked + count), np.int32))
    for place in range(LINK * count):
        spans[LINK * linked + place] = kit.notes[kit.notes[LINKED] + place]
    return spans, linked + count


@merged
def _latin(text: NDArray[np.uint8], foreign: int) -> int:
    """How many letters are Latin; not counted where none is foreign."""
    letters = 0
    for byte in text[: len(text) if foreign else 0]:
        letters += is_letter(byte)
    return letters


@compiled
def _reported(
    kit: Kit,
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    spans: NDArray[np.int32],
    known: int,
    found: int,
) -> tuple[NDArray[np.int32], int]:
    """Add the disguises among the edits to ``spans``, less those that an earlier turn reported.

    Those are ``known`` to ``found``, two numbers each: they ascend, and do not overlap. A character
    that folded to the end of one word and the beginning of the next belongs to the first.
    """
    earlier, place, last = found, known, 0
    for edit in range(kit.notes[EDITS]):
        if not field(kit, edit, EVASION):
            continue
        first = max(begin[field(kit, edit, BEGIN)], last)
        after = end[field(kit, edit, END) - 1]
        while place < earlier and spans[2 * place + 1] <= first:
            place += 1
        if first >= after or (place < earlier and spans[2 * place] < after):
            continue
        if 2 * found == len(spans):
            spans = _moved(spans, 2 * found, np.empty(4 * found, np.int32))
        spans[2 * found], spans[2 * found + 1] = first, after
        found, last = found + 1, after
    _merge(spans, known, earlier, found)
    return spans, found


@compiled
def _merge(spans: NDArray[np.int32], known: int, earlier: int, found: int) -> None:
    """Put the spans ``known`` to ``earlier`` and those to ``found``, both ascending, in order."""
    newer = spans[2 * earlier : 2 * found].copy()
    old, new = earlier - 1, found - earlier - 1
    for at in range(found - 1, known - 1, -1):
        if new < 0:
            break
        if old >= known and spans[2 * old] > newer[2 * new]:
            spans[2 * at], spans[2 * at + 1] = spans[2 * old], spans[2 * old + 1]
            old -= 1
        else:
            spans[2 * at], spans[2 * at + 1] = newer[2 * new], newer[2 * new + 1]
            new -= 1


@compiled
def _moved(array: Any, used: int, bigger: Any) -> Any:  # noqa: ANN401  # of one type, whichever
    """``bigger``, with the first ``used`` of an array put in."""
    for place in range(used):
        bigger[place] = array[place]
    return bigger
