"""Which language a comment is in, so that a model that reads English only says so.

A compiled first look decides for nearly all English; a real detector is asked only about the
rest. The rules, in this order:

1. A text whose letters are mostly of another script is in that script's language.
2. A text in which one word in eight is common English is English: so is one that mixes English
   with another language, and one whose other words are misspelt or disguised. One such word
   alone is not enough where there are four or more.
3. A text with less than two whole words is ``und``: too short, or emoji, numbers, addresses.
4. The detector must all but rule out English *and* be able to name the language, from a dozen
   letters at least. What it cannot name (slang, names, gibberish, disguise) is ``und``, which is
   scored like English: a bad word must not escape by looking foreign.

Padding abuse with foreign words can make it foreign: it then goes to a person, as all that
cannot be scored does.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from moderation.language.names import NAMES
from moderation.language.words import ROMANISED_HINDI
from moderation.texts import Texts

COMMON_SHARE = 0.125
ENGLISH_RULED_OUT = 0.02
NAMED = 0.4
NAMED_LETTERS = 12


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
    from moderation.language.glance import SCRIPTS, glance

    seen = glance(texts)
    other = seen.foreign > seen.latin
    needed = np.where(seen.words <= 3, 1, np.maximum(2, COMMON_SHARE * seen.words))
    english = ~other & (seen.common >= needed)
    scripts = np.array([script.language for script in SCRIPTS])[seen.script]
    shared = np.array([script.shared for script in SCRIPTS])[seen.script]
    languages = np.where(other, scripts, np.where(english, "en", "und"))

    enough = (seen.words >= 2) & (seen.latin >= NAMED_LETTERS)
    unsure = np.where(other, shared, ~english & enough)
    rows = np.flatnonzero(unsure)
    if len(rows):
        named = _named([texts[int(row)] for row in rows])
        unsettled = other[rows] & np.isin(named, ("en", "und"))
        languages[rows] = np.where(unsettled, languages[rows], named)
    return languages


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


def _named(texts: list[str]) -> NDArray[np.str_]:
    """What the detector calls each text, ``und`` where it is not sure."""
    from moderation.language.detector import Detector

    prose = [_prose(text) for text in texts]
    detector = Detector.load()
    verdict = detector.judge(Texts.of(prose))
    sure = (verdict.english < ENGLISH_RULED_OUT) & (verdict.share >= NAMED)
    english = np.where(verdict.english >= 0.5, "en", "und")
    named = np.where(sure, np.array(detector.languages)[verdict.best], english)
    named[[_is_romanised_hindi(text) for text in prose]] = "hi"
    return named


def _prose(text: str) -> str:
    """What a detector should read: no addresses and names, no capitals, no disguised words."""
    prose = unicodedata.normalize("NFKC", _NOT_PROSE.sub(" ", text)).lower()
    return prose if prose.isascii() else _WORD.sub(_unless_mixed, prose)


def _unless_mixed(word: re.Match[str]) -> str:
    """Nothing, for a word that mixes Latin letters with those of a script that imitates them."""
    mixed = _LATIN.search(word[0]) and _IMITATION.search(word[0])
    return " " if mixed else word[0]


def _is_romanised_hindi(prose: str) -> bool:
    """Whether one word in four is Hindi in Latin letters, which the detector has never seen."""
    words = prose.split()
    return sum(word in _ROMANISED_HINDI for word in words) >= max(2, len(words) / 4)


_NOT_PROSE = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LATIN = re.compile("[a-z]")
_IMITATION = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_ROMANISED_HINDI = frozenset(ROMANISED_HINDI.split())
