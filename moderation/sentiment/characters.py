"""The plain characters that the rules read, one byte each, and which one each code point becomes.

ASCII stands for itself, from the first white space on. Every other white space is a blank, and
what is left is told apart by no more than its case. A letter that is ASCII in lower case only (the
Kelvin sign is one) is that letter.
"""

from __future__ import annotations

import string

import numpy as np
from numpy.typing import NDArray

#: Stand for letters outside ASCII, and for all that is not in ASCII and has no case.
UPPER_LETTER, LOWER_LETTER, NEITHER = 1, 2, 3
FIRST, BLANK, BEHIND = 0x09, 0x20, 0x80

#: What a plain character can be.
SPACE, PUNCTUATION, UPPER, LOWER = 1, 2, 4, 8

_CODE_POINTS = 0x110000
_CASED_BELOW = 0x20000  # no space or cased letter of Unicode stands above


def _classes() -> NDArray[np.uint8]:
    tests = (str.isspace, frozenset(string.punctuation).__contains__, str.isupper, str.islower)
    bits = (SPACE, PUNCTUATION, UPPER, LOWER)
    classes = np.zeros(BEHIND, np.uint8)
    for point in range(FIRST, BEHIND):
        classes[point] = sum(bit for bit, test in zip(bits, tests, strict=True) if test(chr(point)))
    classes[UPPER_LETTER], classes[LOWER_LETTER] = UPPER, LOWER
    return classes


CLASSES = _classes()
"""uint8, by plain character: what it is."""


def glyphs() -> NDArray[np.uint16]:
    r"""The plain character of every code point, as this interpreter's `str` methods have it.

    Example:
        >>> "".join(chr(glyph) for glyph in glyphs()[[ord(char) for char in "a\u212a\u00a0"]])
        'aK '
    """
    glyph = np.full(_CODE_POINTS, NEITHER, np.uint16)
    chars = np.arange(_CASED_BELOW, dtype=np.uint32).view("U1")
    upper = np.strings.isupper(chars)
    lower = (np.strings.islower(chars) | np.strings.istitle(chars)) & ~upper
    for members, becomes in (
        (lower, LOWER_LETTER),
        (upper, UPPER_LETTER),
        (np.strings.isspace(chars), BLANK),
    ):
        glyph[:_CASED_BELOW][members] = becomes
    for point in np.flatnonzero(upper).tolist():
        if (letter := chr(point).lower()).isascii():
            glyph[point] = ord(letter.upper())
    glyph[FIRST:BEHIND] = np.arange(FIRST, BEHIND)
    return glyph
