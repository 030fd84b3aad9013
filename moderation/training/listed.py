"""Copies of comments with their rude word exchanged for another of its kind in the lexicon.

Of the lexicon's words that are hardly ever harmless, labelled texts hold less than half; of the
others the network would know no more than their letters, and let an old-fashioned slur pass. So
each has its turns in comments that were written with another word as rude.
"""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from moderation.lexicon import Lexicon
from moderation.training.corpus import Corpus

TURNS = 12
_MOST = 4  # copies of one comment: they take its place in turn, and it has one in a pass
_LONGEST = 200  # characters of a comment in which one word weighs something
_WORD = re.compile(r"[a-z0-9]+")
_SKIPPED = "threat"  # these have sentences of their own

Kind = tuple[str, int]


def exchanged(
    corpus: Corpus, rude: NDArray[np.int64], chance: np.random.Generator
) -> tuple[NDArray[np.int64], Corpus]:
    """Copies of rude comments in which other listed words stand, and the rows that they copy.

    Every word has ``TURNS``, or as many fewer as all of its kind when too few comments are rude in
    that way.
    """
    forms = _kinds()
    kind_of = {form: kind for kind, alike in forms.items() for form in alike}
    rows, texts = [], []
    for kind, found in sorted(_comments(corpus, rude, kind_of).items()):
        places = chance.permutation(np.repeat(np.arange(len(found)), _MOST))
        for place, form in zip(places, forms[kind] * TURNS, strict=False):
            row, word = found[place]
            rows.append(row)
            texts.append(_put(corpus.texts[row], word, form))
    order = np.argsort(rows, kind="stable")
    copied = np.array(rows, np.int64)[order]
    return copied, corpus.taken(copied, [texts[i] for i in order])


def _kinds() -> dict[Kind, list[str]]:
    """The lexicon's single words that are hardly ever harmless, by category and severity."""
    alike: dict[Kind, list[str]] = defaultdict(list)
    for form, entry in Lexicon.load().plain_words().items():
        if entry.category != _SKIPPED:
            alike[entry.category, entry.severity].append(form)
    return alike


def _comments(
    corpus: Corpus, rude: NDArray[np.int64], kind_of: dict[str, Kind]
) -> dict[Kind, list[tuple[int, str]]]:
    """Of each kind, the short comments whose one listed word is of it, and that word."""
    found: dict[Kind, list[tuple[int, str]]] = defaultdict(list)
    for row in rude.tolist():
        text = corpus.texts[row]
        if len(text) <= _LONGEST:
            words = {word for word in _WORD.findall(text.lower()) if word in kind_of}
            if len(words) == 1:
                (word,) = words
                found[kind_of[word]].append((row, word))
    return found


def _put(text: str, word: str, other: str) -> str:
    return _WORD.sub(lambda match: other if match[0] == word else match[0], text.lower())
