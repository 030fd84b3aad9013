"""Texts as numbers for training: each distinct token once, with the rows that its embedding sums.

Scoring finds a token's rows anew each time; training passes over the same texts many times, so it
looks them up once. Same tokens, same hashes: the functions are those of
:mod:`moderation.toxicity.tokens`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.compiled import compiled
from moderation.lexicon import CATEGORIES, Lexicon
from moderation.texts import Texts
from moderation.toxicity.tokens import MOST_GRAMS, gram_rows, tokens_of

LEAST = 4  # a word is in the vocabulary when so many tokens are it
_SEVERITIES = 3
LEXICON_ROWS = len(CATEGORIES) * _SEVERITIES * 2


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as kinds of token.

    Attributes:
        first: int64[n + 1], where each text's tokens begin in ``kinds``.
        kinds: int32, which distinct token each token is.
        hashes: uint64[kinds], ascending.
        row_first: int64[kinds + 1], where each kind's rows begin in ``rows``.
        rows: int32, rows of letter groups, and for a word of the lexicon one more: its category's.
        listed: bool[kinds], which kinds are words of the lexicon.
    """

    first: NDArray[np.int64]
    kinds: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    row_first: NDArray[np.int64]
    rows: NDArray[np.int32]
    listed: NDArray[np.bool_]

    def vocabulary(self) -> NDArray[np.int64]:
        """Kinds with a row of their own, most frequent first: common ones and the lexicon's."""
        counts = np.bincount(self.kinds, minlength=len(self.hashes))
        kinds = np.flatnonzero((counts >= LEAST) | self.listed)
        return kinds[np.argsort(-counts[kinds], kind="stable")]


def encode(folded: Texts, grams: int) -> Encoded:
    """Tokens of every text, with their rows of ``grams`` (a power of two) letter groups."""
    lexicon = _lexicon()
    forms = Texts.of([form for form, _ in lexicon.values()])
    first, found = tokens_of(folded.data, folded.offsets)
    data = np.concatenate([folded.data, forms.data])
    hashes = np.concatenate([found.keys, np.array(list(lexicon), np.uint64)])
    begins = np.concatenate([found.begins, forms.offsets[:-1] + len(folded.data)])
    sizes = np.concatenate([found.sizes, np.diff(forms.offsets)])
    distinct, example, kinds = np.unique(hashes, return_index=True, return_inverse=True)
    extra = np.full(len(distinct), -1, np.int64)
    extra[np.searchsorted(distinct, np.array(list(lexicon), np.uint64))] = [
        grams + row for _, row in lexicon.values()
    ]
    row_first, rows = _rows(data, begins[example], sizes[example], grams, extra)
    kinds = kinds[: first[-1]]
    return Encoded(first, kinds.astype(np.int32), distinct, row_first, rows, extra >= 0)


def _lexicon() -> dict[int, tuple[str, int]]:
    """By hash, the lexicon's forms that are one token, with the row of their category."""
    forms = Lexicon.load().forms()
    texts = Texts.of(list(forms))
    first, tokens = tokens_of(texts.data, texts.offsets)
    found = {}
    for text, (form, entry) in enumerate(forms.items()):
        if first[text + 1] - first[text] == 1 and " " not in form:
            row = CATEGORIES.index(entry.category) * _SEVERITIES + entry.severity - 1
            found[int(tokens.keys[first[text]])] = (form, 2 * row + entry.ambiguous)
    return found


@compiled
def _rows(
    data: NDArray[np.uint8],
    begins: NDArray[np.int64],
    sizes: NDArray[np.int64],
    grams: int,
    extra: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Rows of each kind of token, one after another, and where each kind's begin."""
    room = np.empty(MOST_GRAMS, np.int64)
    row_first = np.zeros(len(begins) + 1, np.int64)
    rows = np.empty(np.sum(3 * sizes + 4), np.int32)
    count = 0
    for kind in range(len(begins)):
        found = gram_rows(data, begins[kind], sizes[kind], grams - 1, room)
        for i in range(found):
            rows[count + i] = room[i]
        count += found
        if extra[kind] >= 0:
            rows[count] = extra[kind]
            count += 1
        row_first[kind + 1] = count
    return row_first, rows[:count].copy()
