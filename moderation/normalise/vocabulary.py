"""The words that the normaliser knows, as arrays for kernels."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.errors import ModelError
from moderation.lexicon import Lexicon
from moderation.normalise.kit import (
    BOUNDS,
    FIRST,
    FOLLOWING,
    HOSTS,
    KNOWN,
    LETTERS,
    LIKELY_HOSTS,
    MASK_BOUNDS,
    MASKS,
    MEANT,
    NEAREST,
    SHAPES,
    SKELETONS,
    SOUGHT,
    SOUGHT_LETTERS,
    TELLS,
    TRAITS,
    VALUES,
    WORDS,
)
from moderation.normalise.lookup import (
    ABSENT,
    chains_of,
    hash_bytes,
    hashes_of,
    table_from,
    table_of,
)
from moderation.normalise.sounds import bones_of, key, letters_of, skeleton, without
from moderation.normalise.spellings import SHORTEST, misspellings

LEXICON, STRONG, INITIAL, MASKED = 1, 2, 4, 8
"""What a word is: of the lexicon; strong and never harmless there; recognised behind a mask by
its first letter; or by what little the mask leaves."""

FRAGMENT = -2
"""Instead of the word that a misspelling stands for: the piece of a word that was torn in two."""

ANY = 26
"""The row of masked words whose first letter is masked too."""

LONGEST = 32
"""Letters of the longest word that is looked for behind a disguise."""

_PATH = Path(__file__).parent.parent / "assets" / "words.toml"
LEARNT = _PATH.with_name("vocabulary.txt")
ASSETS = (_PATH, LEARNT, _PATH.with_name("lexicon.toml"))
"""The files that the tables are made of."""

_LONGEST_FRAGMENT = 4
_LONG = 5
"""Letters of the shortest word that is found with a consonant missing."""


def vocabulary() -> dict[int, NDArray[Any]]:
    """The tables of words that ship with the package.

    Words are numbered. ``LETTERS`` has them end to end between ``BOUNDS``, ``TRAITS`` what each
    is. ``WORDS`` and ``VALUES`` find a word, ``SHAPES`` and ``FIRST`` the first word of a shape
    (see ``lookup.hash_shape``), ``FOLLOWING`` the next. ``TELLS`` and ``MEANT`` find what a
    misspelling means, or ``FRAGMENT``. ``KNOWN`` has all words that are no disguise.
    ``SKELETONS`` and ``NEAREST`` find where in ``SOUGHT`` the words of nearly that skeleton begin,
    ``SOUGHT_LETTERS`` the set of letters of each.
    ``MASKS`` has the words that people mask by first letter and length, likeliest first, between
    ``MASK_BOUNDS``.
    """
    asset = tomllib.loads(_PATH.read_text(encoding="utf-8"))
    traits = _traits(asset)
    numbers = {word: number for number, word in enumerate(traits)}
    letters, bounds = _joined(traits)
    words, values = table_of(letters, bounds, np.arange(len(numbers), dtype=np.int32))
    shapes, first, following = chains_of(letters, bounds)
    learnt = LEARNT.read_text(encoding="ascii").split()
    told = _tells(traits, asset["spellings"], frozenset(learnt))
    known = [*traits, *(word for word in learnt if word not in told)]
    tells, meant = table_of(
        *_joined(told), np.array([numbers.get(word, FRAGMENT) for word in told.values()], np.int32)
    )
    masks, mask_bounds = _masked(traits, numbers)
    return {
        LETTERS: letters, BOUNDS: bounds, TRAITS: np.array(list(traits.values()), np.uint8),
        WORDS: words, VALUES: values, SHAPES: shapes, FIRST: first, FOLLOWING: following,
        TELLS: tells, MEANT: meant, KNOWN: _known_words(known), **_sought(asset["sought"], numbers),
        MASKS: masks, MASK_BOUNDS: mask_bounds, HOSTS: _hashes(asset["hosts"]["sure"]),
        LIKELY_HOSTS: _hashes(asset["hosts"]["likely"]),
    }  # fmt: skip


def _hashes(words: str) -> NDArray[np.uint64]:
    """The hashes of some words."""
    letters, bounds = _joined(words.split())
    return np.array([hash_bytes(word) for word in np.split(letters, bounds[1:-1])], np.uint64)


def _traits(asset: Mapping[str, Any]) -> dict[str, int]:
    """All words and what they are; those that are masked first, likeliest first."""
    traits: dict[str, int] = {}
    for name, trait in (("initial", INITIAL | MASKED), ("others", MASKED)):
        traits |= dict.fromkeys(asset["masked"][name].split(), trait)
    for phrase, entry in Lexicon.load().forms().items():
        if " " not in phrase:
            strong = STRONG if entry.severity > 1 and not entry.ambiguous else 0
            traits[phrase] = traits.get(phrase, 0) | LEXICON | strong
    for name in ("ordinary", "innocent", "sought"):
        for word in asset[name].split():
            traits.setdefault(word, 0)
    return traits


def _known_words(words: Iterable[str]) -> NDArray[np.uint64]:
    """The table of all words that are no disguise."""
    # Short words are frequent: of several that want one slot, the first gets it.
    hashes = hashes_of(*_joined(sorted(words, key=len)))
    return table_from(hashes, np.zeros(len(hashes), np.int32))[0]


def _sought(words: str, numbers: Mapping[str, int]) -> dict[int, NDArray[Any]]:
    """The words that people respell, by skeleton, whole and with one consonant missing."""
    rows: dict[int, list[int]] = {}
    for word in words.split():
        if word not in numbers:
            raise ModelError(f'[sought] "{word}" is not a word of the tables', path=_PATH)
        bones = skeleton(_letters(word))
        count = bones_of(bones) if len(word) >= _LONG else 0
        nearly = {without(bones, place) for place in range(count if count > 2 else 0)}
        for found in {bones, *nearly}:
            rows.setdefault(int(key(ord(word[0]), np.uint64(found))), []).append(numbers[word])
    chains = [[*row, ABSENT] for row in rows.values()]
    starts = np.array([0, *accumulate(map(len, chains))][:-1], np.int32)
    skeletons, nearest = table_from(np.array(list(rows), np.uint64), starts)
    sought = np.array([number for chain in chains for number in chain], np.int32)
    letters = {numbers[word]: letters_of(_letters(word)) for word in words.split()}
    sets = np.array([letters.get(number, 0) for number in sought.tolist()], np.int32)
    return {SKELETONS: skeletons, NEAREST: nearest, SOUGHT: sought, SOUGHT_LETTERS: sets}


def _letters(word: str) -> NDArray[np.uint8]:
    """The letters of an ASCII word."""
    return np.frombuffer(word.encode("ascii"), np.uint8)


def _joined(words: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """ASCII words end to end, and their bounds."""
    words = list(words)
    letters = np.array(bytearray("".join(words), "ascii"))
    return letters, np.array([0, *accumulate(map(len, words))], np.int32)


def _tells(
    traits: Mapping[str, int], spellings: Mapping[str, str], learnt: Set[str]
) -> dict[str, str]:
    """What gives a disguise away: misspellings and the word meant, fragments and nothing."""
    tells: dict[str, str] = {}
    for word, written in spellings.items():
        if not traits.get(word, 0) & LEXICON:
            raise ModelError(f'[spellings] "{word}" is not in the lexicon', path=_PATH)
        for spelling in written.split():
            if spelling in traits:
                raise ModelError(f'[spellings] "{spelling}" is a word of its own', path=_PATH)
            tells[spelling] = word
    strong = [w for w, trait in traits.items() if trait & (STRONG | INITIAL) and w.isalpha()]
    for word in strong:
        if len(word) >= SHORTEST:
            for spelling in misspellings(word):
                if len(spelling) >= SHORTEST and spelling not in traits and spelling not in learnt:
                    tells.setdefault(spelling, word)
    for fragment in _fragments(strong, traits):
        tells.setdefault(fragment, "")
    return tells


def _fragments(words: Iterable[str], known: Mapping[str, int]) -> Iterator[str]:
    """Beginnings and ends of words, short enough to know that they are no words themselves."""
    for word in words:
        for at in range(1, len(word) if len(word) >= SHORTEST else 0):
            for piece in (word[:at], word[at:]):
                if 1 < len(piece) <= _LONGEST_FRAGMENT and piece not in known:
                    yield piece


def _masked(
    traits: Mapping[str, int], numbers: Mapping[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Words that may be masked by first letter (or any) and length, and the bounds of each."""
    rows: list[list[int]] = [[] for _ in range((ANY + 1) * (LONGEST + 1))]
    for word, trait in traits.items():
        if trait & (MASKED | STRONG) and word.isalpha() and len(word) <= LONGEST:
            rows[(ord(word[0]) - ord("a")) * (LONGEST + 1) + len(word)].append(numbers[word])
            if trait & MASKED:
                rows[ANY * (LONGEST + 1) + len(word)].append(numbers[word])
    bounds = np.array([0, *accumulate(map(len, rows))], np.int32)
    return np.array([number for row in rows for number in row], np.int32), bounds
