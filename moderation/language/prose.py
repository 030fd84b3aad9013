"""What the detector should read of a text: its prose, and that in lower case.

Addresses, @names and #tags are in no language. A word that mixes Latin letters with those of a
script that imitates them is a disguise. Compatibility forms are undone and accents composed, as
the detector was taught; first, marks that pile up on one letter are cut off, because sorting them
would take quadratic time. Arrow does all this for many texts at a time.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from moderation.language.words import ROMANISED_HINDI
from moderation.texts import Texts

# Written-out ranges, not \p{L}: a class of all letters takes longer to compile than to use.
_SPACE = r"\s\x{85}\x{a0}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_LETTERS = (
    r"\w\x{c0}-\x{1fff}\x{2c00}-\x{2dff}\x{3041}-\x{fdff}\x{10000}-\x{1efff}\x{20000}-\x{3ffff}"
)
_NOT_PROSE = rf"(?i)(?:https?://|www\.)[^{_SPACE}]+|[@#][{_LETTERS}]+"
_IMITATION, _WORD = r"[\x{370}-\x{52f}]", r"[\w\x{c0}-\x{52f}]*"
_MIXED = rf"{_WORD}(?:[a-z]{_WORD}{_IMITATION}|{_IMITATION}{_WORD}[a-z]){_WORD}"
_PILED = r"\p{M}{4,}"
# Some ranges that hold all marks: that class takes a millisecond to compile.
_PERHAPS_PILED = (
    r"[\x{300}-\x{36f}\x{483}-\x{489}\x{591}-\x{1fff}\x{20d0}-\x{20ff}\x{2ce0}-\x{309f}"
    r"\x{a660}-\x{abff}\x{fb00}-\x{fe2f}\x{10000}-\x{1efff}\x{e0100}-\x{e01ef}]{4}"
)
_SOME_LETTERS, _STRETCHED = re.compile(r"[^\W\d_]+"), re.compile(r"(.)\1\1+")
_HINDI = rf"\b(?:{'|'.join(ROMANISED_HINDI.split())})\b"


def prose(texts: Texts) -> Texts:
    """The prose of texts, in lower case; time grows linearly with their length.

    Example:
        >>> list(prose(Texts.of(["See HTTP://a.b/c, @bob", "Ｗｅｒ war das? \u0441l\u043ewn"])))
        ['see    ', 'wer war das?  ']
    """
    import pyarrow.compute as pc

    array = pc.replace_substring_regex(texts.to_arrow(), _NOT_PROSE, " ")
    if pc.any(pc.match_substring_regex(array, _PERHAPS_PILED)).as_py():
        array = pc.replace_substring_regex(array, _PILED, "")
    array = pc.utf8_lower(pc.utf8_normalize(array, "NFKC"))
    return Texts.of_arrow(pc.replace_substring_regex(array, _MIXED, " "))


def letters_once(prose: Texts) -> NDArray[np.int64]:
    """How many letters the different words of each text have.

    A repeated word says nothing more, nor does a letter that is stretched.

    Example:
        >>> letters_once(Texts.of(["gay. gay gaaaay!", "tum kya kar rahe ho"])).tolist()
        [3, 15]
    """
    words = (set(_SOME_LETTERS.findall(_STRETCHED.sub(r"\1", text))) for text in prose)
    return np.array([sum(map(len, different)) for different in words], np.int64)


def romanised_hindi(prose: Texts) -> NDArray[np.int32]:
    """How many words of each text are Hindi in Latin letters.

    Example:
        >>> romanised_hindi(Texts.of(["tum kya kar rahe ho", "a kya plant"])).tolist()
        [2, 1]
    """
    import pyarrow.compute as pc

    words: NDArray[np.int32] = pc.count_substring_regex(prose.to_arrow(), _HINDI).to_numpy()
    return words
