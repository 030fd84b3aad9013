"""Copies of rude comments with their rude words misspelt, as people do to pass a filter.

The fold undoes what can be undone without guessing. What it leaves ("stupd", "idoit", "fcuking")
must still be read, from the letters that are left: so the network sees such words in training.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moderation.lexicon import Lexicon
from moderation.training.corpus import Corpus

_VOWELS = "aeiou"
_SIGNS = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "$5", "t": "7", "u": "v"}
_ENDINGS = (
    "y",
    "er",
    "ie",
    "o",
    "a",
    "z",
    "ed",
    "ness",
    "ty",
    "day",
    "ah",
    "en",
    "ass",
    "in",
    "ful",
)
_NEAR = {"c": "k", "k": "c", "s": "z", "z": "s", "f": "ph", "i": "y", "y": "i"} | {
    "d": "t", "t": "d", "g": "j", "b": "p", "u": "oo"
}  # fmt: skip

_WORD = re.compile(r"[a-z]+")

Chance = np.random.Generator


def _doubled(word: str, at: int, chance: Chance) -> str:
    return word[:at] + word[at] * int(chance.integers(2, 5)) + word[at + 1 :]


def _dropped(word: str, at: int, chance: Chance) -> str:  # noqa: ARG001  # one signature for all
    return word[:at] + word[at + 1 :]


def _exchanged(word: str, at: int, chance: Chance) -> str:  # noqa: ARG001
    at = max(at, 2)  # the first letter stays
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def _other_vowel(word: str, at: int, chance: Chance) -> str:
    places = [i for i, letter in enumerate(word) if i and letter in _VOWELS] or [at]
    at = int(chance.choice(places))
    return word[:at] + str(chance.choice(list(_VOWELS))) + word[at + 1 :]


def _near(word: str, at: int, chance: Chance) -> str:  # noqa: ARG001
    return word[:at] + _NEAR.get(word[at], word[at]) + word[at + 1 :]


def _signed(word: str, at: int, chance: Chance) -> str:
    sign = str(chance.choice(list(_SIGNS.get(word[at], word[at]))))
    return word[:at] + sign + word[at + 1 :]


def _apart(word: str, at: int, chance: Chance) -> str:
    return word[:at] + str(chance.choice(list(" .-*_"))) + word[at:]


def _masked(word: str, at: int, chance: Chance) -> str:
    return word[:at] + str(chance.choice(list("*#-"))) + word[at + 1 :]


def _ended(word: str, at: int, chance: Chance) -> str:  # noqa: ARG001
    return word + str(chance.choice(_ENDINGS))


def _cut(word: str, at: int, chance: Chance) -> str:  # noqa: ARG001
    return word[:-1]


def _other_end(word: str, at: int, chance: Chance) -> str:
    return _ended(word[: max(at + 1, len(word) - 2)], at, chance)


def _other_letter(word: str, at: int, chance: Chance) -> str:
    return word[:at] + chr(int(chance.integers(97, 123))) + word[at + 1 :]


WAYS: tuple[Callable[[str, int, Chance], str], ...] = (
    _doubled, _dropped, _exchanged, _other_vowel, _near, _signed, _apart, _masked, _ended, _cut,
    _other_end, _other_letter,
)  # fmt: skip


def misspelt(word: str, chance: Chance) -> str:
    """A word spelt another way, its first letter kept.

    Example:
        >>> misspelt("stupid", np.random.default_rng(0))
        'stupiness'
    """
    way = WAYS[int(chance.integers(len(WAYS)))]
    return way(word, int(chance.integers(1, max(2, len(word)))), chance) if len(word) > 2 else word


def disguised(
    corpus: Corpus, rows: NDArray[np.int64], chance: Chance
) -> tuple[NDArray[np.int64], Corpus]:
    """Copies of some comments with every rude word misspelt, and whose copies they are."""
    forms = {form for form in Lexicon.load().forms() if " " not in form}

    def respelt(match: re.Match[str]) -> str:
        return misspelt(match[0], chance) if match[0] in forms else match[0]

    texts = [corpus.texts[row].lower() for row in rows]
    changed = [_WORD.sub(respelt, text) for text in texts]
    kept = [i for i in range(len(rows)) if changed[i] != texts[i]]
    return rows[kept], corpus.taken(rows[kept], [changed[i] for i in kept])
