"""How many disguised words folding finds, and what it changes that is no disguise.

``python tests/benchmarks/bench_disguise.py``

Of noisyhate_dev, pairs of a sentence and a perturbation of it by people: the words of the lexicon
that were rewritten, and the share of them (in any form of the same entry) that folding finds again,
by what was done to them. Many perturbations put another word ("trace" for "trash"), which no rule
can undo. Of harmless comments: how many words in a million become one of the lexicon, and which.
MODERATION_DATA names the folder of labelled data.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from moderation.columns import HEADS
from moderation.lexicon import Lexicon
from moderation.normalise import fold
from moderation.normalise.sounds import LONGEST, ROOM, bones_of, cost, skeleton
from moderation.texts import Texts

DATA = Path(os.environ.get("MODERATION_DATA", "../shared/data"))
FORMS = Lexicon.load().forms()
SHOWN = 100


def changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The words of a text that were replaced, and by what."""
    old, new = before.lower().split(), after.lower().split()
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace" and j - i == m - k:
            yield from zip(map(bare, old[i:j]), map(bare, new[k:m]), strict=True)
        elif kind == "replace":
            yield bare(" ".join(old[i:j])), bare(" ".join(new[k:m]))


def bare(word: str) -> str:
    """A word without what stands around it."""
    return word.strip(".,;:!?\"'()[]")


def kind_of(word: str, written: str) -> str:
    """What was done to a word, in a few words."""
    if not (written.isascii() and written.isalpha()):
        return "signs, digits or spaces"
    if not (word.isascii() and word.isalpha() and max(len(word), len(written)) <= LONGEST):
        return "something else"
    one, other = (np.frombuffer(each.encode(), np.uint8) for each in (word, written))
    if unstretched(word) == unstretched(written):
        return "letters doubled or halved"
    if sorted(word) == sorted(written):
        return "letters moved"
    if written.startswith(word):
        return "an ending added"
    if bones_of(skeleton(one)) > 1 and skeleton(one) == skeleton(other):
        return "other vowels, or letters of the same sound"
    price = cost(one, other, len(word) * 9, np.empty(ROOM, np.int64))
    return "one letter" if price <= 4 else "more than that"


def unstretched(word: str) -> str:
    """A word without doubled letters."""
    return "".join(letter for letter, _ in groupby(word))


def entries(text: str) -> set[str]:
    """The entries of the lexicon in a text."""
    return {FORMS[word].term for word in re.findall("[a-z0-9]+", text) if word in FORMS}


def found_again() -> None:
    """Print the share of rewritten words that folding finds."""
    frame = pd.read_parquet(DATA / "noisyhate_dev.parquet", columns=["clean", "perturbed"])
    pairs = [
        pair for row in frame.itertuples() for pair in changes(str(row.clean), str(row.perturbed))
    ]
    clean, undone = (fold(Texts.of([pair[side] for pair in pairs])).texts for side in (0, 1))
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for (word, written), meant, read in zip(pairs, clean, undone, strict=True):
        if wanted := entries(meant):
            for kind in (kind_of(word, written), "all"):
                total[kind] += 1
                found[kind] += wanted <= entries(read)
    for kind, count in total.most_common():
        print(f"{count:6} {found[kind] / count:6.1%} found again: {kind}")


def changed() -> None:
    """Print how many words of harmless comments become one of the lexicon."""
    rows = pd.read_parquet(DATA / "jigsaw_train.parquet")
    harmless = rows.text[rows[list(HEADS)].max(axis=1) == 0].tolist()
    texts = [text.lower() for text in harmless if text.isascii()]
    made: Counter[str] = Counter()
    for text, undone in zip(texts, fold(Texts.of(texts)).texts, strict=True):
        if text != undone:
            made.update(
                f"{word}>{read}"
                for word, read in changes(text, undone)
                if entries(read) - entries(word)
            )
    words = sum(len(text.split()) for text in texts)
    print(f"{made.total() / words * 1e6:.0f} in a million harmless words became rude, such as")
    print(*sorted(made)[:: max(1, len(made) // SHOWN)], sep=", ")


if __name__ == "__main__":
    found_again()
    changed()
