"""What each Unicode character folds to: one table, made from the Unicode database at first use.

A character folds to its compatibility form (NFKC), in lower case, without accents where it is
Latin; quotes and dashes to those of ASCII; what cannot be seen to nothing. Letters of other
scripts stay, and the table notes which Latin letter they look like.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.normalise.kit import ALIKE, ASCII, FOLD, KIND, PAGES, PLACE, STYLED, WIDTH

PAGE = 128
"""Code points in a page of the table."""

SYMBOL, LETTER = 0, 1
"""Kinds of character that stay: neither is for what folds to ASCII."""

DROPPED = 0xFF
"""In the table of ASCII: no byte of UTF-8 has this value."""


STAYS = 0xFE
"""Instead of the bytes of its fold: the character stays."""

_PAGES = tuple(
    page
    for first, last in (
        (0x0000, 0x312F), (0x3180, 0x33FF), (0xA480, 0xA4FF), (0xA600, 0xA7FF), (0xAB00, 0xABFF),
        (0xF900, 0xFFFF), (0x10400, 0x1047F), (0x1D100, 0x1D1FF), (0x1D400, 0x1D7FF),
        (0x1EE00, 0x1EEFF), (0x1F100, 0x1F27F), (0x1FB80, 0x1FBFF), (0x2F800, 0x2FA7F),
        (0xE0000, 0xE01FF),
    )
    for page in range(first // PAGE, last // PAGE + 1)
)  # fmt: skip
"""Where the Unicode database holds anything that folds; Hangul letters, whose compatibility forms
would need to be composed, are left out."""

_COVERED = frozenset(_PAGES)

_WIDEST = 4
"""Folded bytes for each byte of the original; words in one character (ﷺ) are wider, and stay."""

_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u0300-\u036f\u0483-\u0489\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufe20-\ufe2f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Controls, combining marks, blanks of no width and variation selectors; beside category Cf."""

_ACCENT = re.compile("[\u0300-\u0333\u0339-\u036f]")
"""Marks that stand above or below a letter, not through it."""

_FOLDS = {
    character: fold
    for fold, characters in {
        "'": "`´‘’‚‛′‵ʹʻʼʽˈˊˋ՚׳ꞌ",
        '"': "“”„‟″‶«»❝❞〝〞״",
        "-": "‐‑‒–−⁃➖",
        "--": "—―",
        " ": "\x0b\x0c\x1c\x1d\x1e\x1f\u2800",
        "\n": "\x85\u2028\u2029",
        "/": "⁄∕╱",
        "*": "∗✱✲✳⁎",
        "ss": "ß",
        "ae": "æ",
        "oe": "œ",
        "th": "þ",
        "d": "ð",
        "i": "ı",
        "n": "ŋ",
        "a": "ɑ",
        "e": "əǝɛ",
    }.items()
    for character in characters
}
"""Folds that the Unicode database does not give."""

_ALIKE = (
    ("авекмнорстухѕіјԁԛԝһѵьгпяишёйӏцбє", "abekMHopcTyxsijdqwhvBRNRNWEnlUBE"),
    ("αβγεζηικμνορςτυχωσ", "aByeZNikUvopSTuxWO"),
    ("օսհցզոռաեյ", "ouhgqnNWTj"),
    ("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃᎽ", "abcdeghijklmprstvwzy"),
    ("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "abcdefghijklmnoprstuvwxyz"),
)
"""Letters of Cyrillic, Greek, Armenian, Cherokee and Lisu, and the Latin ones they look like: a
capital stands for a likeness that needs some good will."""

_LATIN = re.compile(
    r"(?P<framed>NEGATIVE )?(?:CIRCLED |SQUARED )?LATIN (?:CAPITAL |SMALL )?LETTER "
    r"(?P<drawn>SMALL CAPITAL |TURNED |SCRIPT |REVERSED )?(?P<letter>[A-Z])(?: WITH .+)?"
)
"""The name of a character that is a letter of ours, whatever has been done to it."""


def fold_character(character: str) -> tuple[str, bool]:
    """What one character folds to, and whether that undoes more than case, accents, punctuation.

    Example:
        >>> [fold_character(c) for c in "Éß’𝐟Ж"]
        [('e', False), ('ss', False), ("'", False), ('f', True), ('ж', False)]
    """
    if ord(character) // PAGE not in _COVERED:
        return character, False
    if character in _FOLDS:
        return _FOLDS[character], False
    if _DROPPED.match(character) or unicodedata.category(character) == "Cf":
        return "", not _ACCENT.match(character)
    if (lower := character.lower()) != character:
        folds = [fold_character(each) for each in lower]
        return "".join(fold for fold, _ in folds), folds[0][1]
    if unicodedata.decomposition(character):
        return _decomposed(character)
    if not character.isascii() and (name := _LATIN.fullmatch(unicodedata.name(character, ""))):
        return name["letter"].lower(), bool(name["framed"] or name["drawn"])
    return character, False


def _decomposed(character: str) -> tuple[str, bool]:
    """The fold of a character which the Unicode database takes apart."""
    base = unicodedata.normalize("NFD", character)[0]
    if base != character and base.isascii():
        return base, False
    compatible = unicodedata.normalize("NFKC", character)
    if compatible == character:
        return character, False
    fold = "".join(fold_character(each)[0] for each in compatible)
    if len(fold.encode()) > _WIDEST * len(character.encode()):
        return character, False
    return fold, fold.isalnum() and len(fold) == 1


def characters() -> dict[int, NDArray[Any]]:
    """The tables of characters.

    ``PAGES[c // PAGE] + c % PAGE`` is the place of code point ``c`` in the others; pages where
    everything stays share one of letters and one of symbols. ``WIDTH`` has the bytes of its fold
    or ``STAYS``, ``PLACE`` where it begins in ``FOLD``; ``STYLED`` is 1 where that undoes a style
    or drops something; ``KIND`` is ``SYMBOL`` or ``LETTER``; ``ALIKE`` has the ASCII letter that
    a letter of another script looks like, a capital where somewhat, or 0. ``ASCII`` has the folds
    of ASCII, ``DROPPED`` for what cannot be seen.
    """
    pages = np.zeros(0x110000 // PAGE, np.int32)
    pages[0x1F000 // PAGE : 0x20000 // PAGE] = PAGE
    pages[list(_PAGES)] = np.arange(2, len(_PAGES) + 2) * PAGE
    size = (len(_PAGES) + 2) * PAGE
    width, place = np.full(size, STAYS, np.uint8), np.zeros(size, np.int32)
    styled, alike, kind = (np.zeros(size, np.uint8) for _ in range(3))
    kind[:PAGE] = LETTER
    pool = bytearray()
    codes = (code for page in _PAGES for code in range(page * PAGE, (page + 1) * PAGE))
    for at, code in enumerate(codes, start=2 * PAGE):
        character = chr(code)
        kind[at] = unicodedata.category(character)[0] in "LMN"
        fold, styled[at] = fold_character(character)
        written = fold.encode()
        if fold != character:
            width[at], place[at] = len(written), len(pool)
            pool += written
    for foreign, latin in _ALIKE:
        for letter, like in zip(foreign.lower(), latin, strict=True):
            alike[pages[ord(letter) // PAGE] + ord(letter) % PAGE] = ord(like)
    ascii_folds = [ord(fold_character(chr(code))[0] or chr(DROPPED)) for code in range(128)]
    return {
        PAGES: pages, WIDTH: width, PLACE: place, STYLED: styled, KIND: kind, ALIKE: alike,
        FOLD: np.frombuffer(bytes(pool), np.uint8), ASCII: np.array(ascii_folds, np.uint8),
    }  # fmt: skip
