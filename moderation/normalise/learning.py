"""Which words readers use: what ``vocabulary.txt`` holds, learnt from labelled comments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from moderation.normalise.characters import fold_character
from moderation.normalise.sounds import LONGEST

OFTEN = 5
"""Harmless comments that a word must stand in, and no fewer than toxic ones."""

_WORD = re.compile(r"(?<![a-z0-9@#_])[a-z]+(?![a-z0-9_])")


def words_in_use(comments: Iterable[tuple[str, bool]]) -> list[str]:
    """The words of many comments that are neither rare nor mostly used in toxic ones, in order.

    Args:
        comments: Texts, and whether each is toxic.

    Example:
        >>> words_in_use([("A nice idea", False)] * 5 + [("What an idoit", True)] * 9)
        ['a', 'idea', 'nice']
    """
    harmless: Counter[str] = Counter()
    toxic: Counter[str] = Counter()
    for text, rude in comments:
        (toxic if rude else harmless).update(set(_WORD.findall(_plain(text))))
    return sorted(
        word
        for word, count in harmless.items()
        if count >= max(OFTEN, toxic[word]) and len(word) <= LONGEST
    )


def _plain(text: str) -> str:
    """A text in small ASCII letters, as far as it has some."""
    if text.isascii():
        return text.lower()
    return "".join(fold_character(character)[0] for character in text)
