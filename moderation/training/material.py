"""All that is learnt from, as one table: labelled texts, written ones, pieces, and copies of them.

::

    read, and cut pieces → teacher's opinions on both → written sentences and comments
    → misspelt and exchanged copies → drop near-duplicates of evaluation texts
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.evaluation.holdout import leaks, load_evaluation_texts
from moderation.training import disguise, identities, teacher, threats
from moderation.training.contrasts import read_contrasts
from moderation.training.corpus import Corpus

SENTENCES, EXCHANGED, THREATS = 4_000, 4_000, 6_000


class Material(NamedTuple):
    """Texts to learn from, and the copies that may stand in for them."""

    corpus: Corpus
    labelled: int  # texts that the files hold; others follow
    origin: NDArray[np.int64]  # of each text the one that it is a copy of, or itself
    family: NDArray[np.int64]  # the one that it was made from: as a copy, or as a piece
    opinions: NDArray[np.float32]  # [n, heads] the teacher's logits

    @property
    def labels(self) -> NDArray[np.float32]:
        """What the files say of the heads, [labelled, heads]."""
        return self.corpus.targets[: self.labelled, : len(HEADS)]


def gather(data: Path) -> tuple[Material, set[str]]:
    """All texts to learn from, and the texts left out as near-duplicates of evaluation texts.

    Raises:
        InputError: A file is missing.
    """
    labelled = Corpus.read(data)
    asked, comments = teacher.asked(labelled)
    said = teacher.load_opinions(asked)
    chance = np.random.default_rng(7)
    naming = identities.sentences(SENTENCES, chance)
    threatening = threats.sentences(THREATS, chance)
    contrasts = read_contrasts()
    pieces = np.arange(len(labelled), len(asked))
    copied = Corpus.joined([labelled, naming, threatening])
    rows, copies = _copies(copied, chance)
    opinions = np.concatenate(
        [
            said[: len(labelled)],
            teacher.granted(naming, labelled, said),
            np.full((len(threatening), len(HEADS)), np.nan, np.float32),
            said[pieces],
            teacher.granted(contrasts, labelled, said),
        ]
    )
    corpus = Corpus.joined([copied, asked.taken(pieces), contrasts, copies])
    origin = np.arange(len(corpus))
    origin[len(opinions) :] = rows
    family = origin.copy()
    family[len(copied) : len(copied) + len(pieces)] = comments[pieces]
    material = Material(corpus, len(labelled), origin, family, opinions[origin])
    leaking = np.unique(leaks(corpus.texts, load_evaluation_texts(data))["training"])
    return without(material, leaking), {corpus.texts[row] for row in leaking}


def _copies(corpus: Corpus, chance: np.random.Generator) -> tuple[NDArray[np.int64], Corpus]:
    """Misspelt copies of rude texts, and copies that name other groups; with the rows copied.

    Contrasts are not copied: what is misspelt or exchanged in one may be what tells.
    """
    rude = np.flatnonzero((corpus.targets * (corpus.weights > 0)).max(axis=1) >= 0.5)
    made = (
        disguise.disguised(corpus, rude, chance),
        identities.exchanged(corpus, EXCHANGED, chance),
    )
    rows = np.concatenate([copied for copied, _ in made])
    return rows, Corpus.joined([copies for _, copies in made])


def without(material: Material, leaking: NDArray[np.int64]) -> Material:
    """The material without some texts, and without what was made from them."""
    corpus, labelled, origin, family, opinions = material
    kept = np.flatnonzero(~np.isin(family, leaking) & ~np.isin(np.arange(len(corpus)), leaking))
    return Material(
        corpus.taken(kept),
        int(np.searchsorted(kept, labelled)),
        np.searchsorted(kept, origin[kept]),
        np.searchsorted(kept, family[kept]),
        opinions[kept],
    )
