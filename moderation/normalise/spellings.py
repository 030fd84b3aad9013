"""Deliberate misspellings that follow a rule: "phuck", "fcuk", "bytch", "kunt", "assholez"."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^f", "ph"),
        (r"w", "vv"),
        (r"u", "v"),
        (r"u", "oo"),
        (r"oo", "u"),
        (r"(?<=[^aeiou])i(?=[^aeiou])", "y"),
        (r"(?<=[^aeiou])i(?=[^aeiou])", "ii"),
        (r"^c(?=[aou lr])", "k"),
        (r"ck", "k"),
        (r"ck", "kk"),
        (r"ck", "q"),
        (r"ck", "xx"),
        (r"s$", "z"),
        (r"ss(?=.)", "zz"),
        (r"er$", "a"),
        (r"er$", "ah"),
        (r"ers$", "as"),
        (r"ing$", "in"),
        (r"ing$", "inn"),
        (r"ing$", "ng"),
        (r"y$", "ie"),
        (r"(?<=..)(.)\1(?=..)", r"\1"),
    )
)
"""What is replaced, everywhere at once, and by what."""

SHORTEST = 4
"""Letters of the shortest word that the rules are applied to, and of what may come of it."""


def misspellings(word: str) -> Iterator[str]:
    """Spellings by which people hide a word: by one rule, two letters swapped, one doubled.

    Example:
        >>> {"phuck", "fcuk", "fvck", "fuuck"} <= set(misspellings("fuck"))
        True
    """
    for pattern, replacement in _RULES:
        yield pattern.sub(replacement, word)
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in range(1, len(word)):
        yield word[:at] + word[at] + word[at:]
