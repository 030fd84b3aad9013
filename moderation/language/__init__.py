"""Which language a comment is in, so that a model that reads English only says so.

A compiled first look decides for nearly all English; a real detector is asked only about the
rest. The rules, in this order:

1. A text whose letters are mostly of another script is in that script's language.
2. A text in which one word in eight is common English is English: so is one that mixes English
   with another language, and one whose other words are misspelt or disguised. One such word
   alone is not enough where there are four or more.
3. A text with less than two whole words is ``und``: too short, or emoji, numbers, addresses.
4. The detector must all but rule out English *and* be able to name the language, from a dozen
   letters at least, those of a repeated word, and a stretched letter, counted once. What it cannot
   name (slang, names, gibberish, disguise) is ``und``, which is scored like English: a bad word
   must not escape by looking foreign.

Padding abuse with foreign words can make it foreign: it then goes to a person, as all that
cannot be scored does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moderation.language.names import NAMES
from moderation.texts import Texts

#: What can be said of a text; :func:`codes` gives indices into it.
LANGUAGES = ("und", *NAMES)

COMMON_SHARE = 0.125
ENGLISH_RULED_OUT = 0.02
NAMED = 0.4
NAMED_LETTERS = 12

_UND, _ENGLISH, _HINDI = (LANGUAGES.index(code) for code in ("und", "en", "hi"))


def identify(texts: Texts) -> NDArray[np.str_]:
    """The language of each text: an ISO 639-1 code, or ``und`` where it cannot be told.

    Takes any Unicode; time grows linearly with the length of the texts.

    Args:
        texts: The comments as written, before any folding.

    Returns:
        Array of strings, one code a text.

    Example:
        >>> identify(Texts.of(["You are wrong about this", "Das ist doch Unsinn", "lol"])).tolist()
        ['en', 'de', 'und']
    """
    named: NDArray[np.str_] = np.array(LANGUAGES)[codes(texts)]
    return named


def codes(texts: Texts) -> NDArray[np.uint8]:
    """The same as :func:`identify`, as indices into ``LANGUAGES``.

    Example:
        >>> [LANGUAGES[code] for code in codes(Texts.of(["Das ist doch Unsinn"]))]
        ['de']
    """
    from moderation.language.glance import glance
    from moderation.language.scripts import SCRIPTS

    seen = glance(texts)
    other = seen.foreign > seen.latin
    needed = np.where(seen.words <= 3, 1, np.maximum(2, COMMON_SHARE * seen.words))
    english = ~other & (seen.common >= needed)
    scripts = np.array([LANGUAGES.index(script.language) for script in SCRIPTS], np.uint8)
    shared = np.array([script.shared for script in SCRIPTS])[seen.script]
    found = np.where(other, scripts[seen.script], np.where(english, _ENGLISH, _UND))

    enough = (seen.words >= 2) & (seen.latin >= NAMED_LETTERS)
    rows = np.flatnonzero(np.where(other, shared, ~english & enough))
    if len(rows):
        named = _named(texts.take(rows), seen.words[rows], other[rows])
        unsettled = other[rows] & np.isin(named, (_ENGLISH, _UND))
        found[rows] = np.where(unsettled, found[rows], named)
    return found.astype(np.uint8)


def unscorable(language: str) -> str | None:
    """The sentence for the ``error`` column of a text the model cannot read; None for the others.

    Example:
        >>> unscorable("de")
        'German (de): this model reads English only'
        >>> unscorable("en"), unscorable("und")
        (None, None)
    """
    if language in ("en", "und"):
        return None
    return f"{NAMES[language]} ({language}): this model reads English only"


def _named(texts: Texts, words: NDArray[np.int32], other: NDArray[np.bool_]) -> NDArray[np.intp]:
    """What the detector calls each text, ``und`` where it is not sure, or has too little to go by.

    In another script than Latin, one word says enough. Hindi in Latin letters, which it has never
    seen, is known by one word in four.
    """
    from moderation.language.detector import judge
    from moderation.language.prose import letters_once, prose, romanised_hindi

    read = prose(texts)
    verdict = judge(read)
    sure = (verdict.english < ENGLISH_RULED_OUT) & (verdict.share >= NAMED)
    doubtful = np.flatnonzero(sure & ~other)
    sure[doubtful] = letters_once(read.take(doubtful)) >= NAMED_LETTERS
    english = np.where(verdict.english >= 0.5, _ENGLISH, _UND)
    named = np.where(sure, 1 + verdict.best, english)  # "und" comes before the names
    return np.where(romanised_hindi(read) >= np.maximum(2, words / 4), _HINDI, named)
