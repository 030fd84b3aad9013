"""Which characters are letters of which script, as ranges and as the tables that the look reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Script(NamedTuple):
    """A script other than Latin.

    Attributes:
        language: What a text in it is taken for where the detector cannot tell.
        weight: How many letters of an alphabet one sign is worth.
        shared: Whether other languages are written with it, so that the detector is asked.
        ranges: First and last code points.
    """

    language: str
    weight: int
    shared: bool
    ranges: tuple[tuple[int, int], ...]


SCRIPTS: tuple[Script, ...] = (
    Script("el", 1, False, ((0x0370, 0x03FF), (0x1F00, 0x1FFF))),
    Script("ru", 1, True, ((0x0400, 0x052F),)),
    Script("hy", 1, False, ((0x0530, 0x058F),)),
    Script("he", 1, False, ((0x0590, 0x05FF),)),
    Script("ar", 1, True, ((0x0600, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))),
    Script("hi", 1, True, ((0x0900, 0x097F),)),
    Script("bn", 1, False, ((0x0980, 0x09FF),)),
    Script("pa", 1, False, ((0x0A00, 0x0A7F),)),
    Script("gu", 1, False, ((0x0A80, 0x0AFF),)),
    Script("ta", 1, False, ((0x0B80, 0x0BFF),)),
    Script("te", 1, False, ((0x0C00, 0x0C7F),)),
    Script("kn", 1, False, ((0x0C80, 0x0CFF),)),
    Script("ml", 1, False, ((0x0D00, 0x0D7F),)),
    Script("si", 1, False, ((0x0D80, 0x0DFF),)),
    Script("th", 1, False, ((0x0E00, 0x0E7F),)),
    Script("lo", 1, False, ((0x0E80, 0x0EFF),)),
    Script("my", 1, False, ((0x1000, 0x109F),)),
    Script("ka", 1, False, ((0x10A0, 0x10FF),)),
    Script("am", 1, False, ((0x1200, 0x139F),)),
    Script("km", 1, False, ((0x1780, 0x17FF),)),
    Script("ko", 2, False, ((0x1100, 0x11FF), (0xAC00, 0xD7AF))),
    Script("ja", 3, False, ((0x3040, 0x30FF),)),
    Script("zh", 3, True, ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2FFFE))),
)

# Kinds of character; the scripts are numbered from FIRST_SCRIPT on.
GAP, LATIN, NOTHING, ADDRESS, NAME, FIRST_SCRIPT = range(6)

OTHER_KINDS: tuple[tuple[int, int, int], ...] = (
    (0x0027, 0x0027, NOTHING),  # apostrophes
    (0x2019, 0x2019, NOTHING),
    (0x00AD, 0x00AD, NOTHING),  # invisible and combining characters
    (0x0300, 0x036F, NOTHING),
    (0x200B, 0x200F, NOTHING),
    (0x2060, 0x2064, NOTHING),
    (0xFE00, 0xFE0F, NOTHING),
    (0xFEFF, 0xFEFF, NOTHING),
    (0x003A, 0x003A, ADDRESS),  # the colon of ://
    (0x0023, 0x0023, NAME),
    (0x0040, 0x0040, NAME),
    (0x00C0, 0x02AF, LATIN),
    (0x1E00, 0x1EFF, LATIN),
    (0x24B6, 0x24E9, LATIN),  # circled, full width, mathematical, squared letters
    (0xFF21, 0xFF3A, LATIN),
    (0xFF41, 0xFF5A, LATIN),
    (0x1D400, 0x1D7FF, LATIN),
    (0x1F130, 0x1F189, LATIN),
)
LAST_KIND = 0x2FFFF  # of no kind, and stands for all code points past it
RARE = 255  # in the table of letters: a byte that needs a closer look


def letter_table() -> NDArray[np.uint8]:
    """Each byte's lower-case letter; 0 for what ends a word."""
    table = np.zeros(256, np.uint8)
    for lower in range(ord("a"), ord("z") + 1):
        table[[lower, lower - 0x20]] = lower
    table[0x80:] = RARE
    for first, last, _ in OTHER_KINDS:
        table[first : min(last + 1, 0x80)] = RARE
    return table


def kind_table() -> NDArray[np.uint8]:
    """Each code point's kind; those past the end have the kind of the last."""
    table = np.full(LAST_KIND + 1, GAP, np.uint8)
    for kind, script in enumerate(SCRIPTS, FIRST_SCRIPT):
        for first, last in script.ranges:
            table[first : last + 1] = kind
    for first, last, kind in OTHER_KINDS:
        table[first : last + 1] = kind
    return table
