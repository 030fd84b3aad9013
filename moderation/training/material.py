"""All that is learnt from, as one table: labelled texts, written ones, pieces, buried ones, copies.

::

    read, and cut pieces → teacher's opinions on both → written sentences and comments → ratings
    → vile sentences buried in calm comments → misspelt and exchanged copies
    → drop near-duplicates of evaluation texts
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.evaluation.holdout import leaks, load_evaluation_texts, load_set
from moderation.training import disguise, identities, listed, teacher, threats
from moderation.training.buried import bury
from moderation.training.contrasts import read_contrasts
from moderation.training.corpus import Corpus
from moderation.training.marking import SPANS
from moderation.training.ratings import load_ratings

SENTENCES, EXCHANGED, THREATS = 4_000, 4_000, 12_000
OF_TWO, OF_A_WORD = 800, 200


class Material(NamedTuple):
    """Texts to learn from, and the copies that may stand in for them."""

    corpus: Corpus
    labelled: int  # texts that the files hold; others follow
    origin: NDArray[np.int64]  # of each text the one that it is a copy of, or itself
    family: NDArray[np.int64]  # the one that it was made from: a copy, a piece, a calm comment
    opinions: NDArray[np.float32]  # [n, heads] the teacher's logits
    ratings: NDArray[np.float32]  # [n, heads] a careful reader's, as logits
    buried: NDArray[np.bool_]  # calm but for a vile sentence, whose ratings these are

    @property
    def labels(self) -> NDArray[np.float32]:
        """What the files say of the heads, [labelled, heads]."""
        return self.corpus.targets[: self.labelled, : len(HEADS)]


def gather(
    data: Path, *, with_teacher: bool = True, with_ratings: bool = True
) -> tuple[Material, set[str]]:
    """All texts to learn from, and the texts left out as near-duplicates of evaluation texts.

    Among these are comments of which nothing is learnt but what words to mark. What was rated is
    none of them, nor a piece of one, so nothing of them is buried. Without the teacher its opinions
    are not learnt from, but still tell which comments are calm.

    Raises:
        InputError: A file is missing.
    """
    labelled = Corpus.read(data)
    chance = np.random.default_rng(7)
    copied, originals, family, opinions = _originals(labelled, chance)
    rows, copies = _copies(copied, chance)
    ratings = load_ratings(originals.texts)
    if not with_ratings:
        ratings[:] = np.nan
    calm, vile, buried = bury(originals, opinions, ratings, ~originals.natural[family], chance)
    opinions = np.concatenate([opinions, np.full((len(calm), len(HEADS)), np.nan, np.float32)])
    if not with_teacher:
        opinions[:] = np.nan
    ratings = np.concatenate([ratings, ratings[vile]])
    origin = np.concatenate([np.arange(len(originals) + len(buried)), rows])
    material = Material(
        Corpus.joined([originals, buried, copies]),
        len(labelled),
        origin,
        np.concatenate([family, family[calm], rows]),
        opinions[origin],
        ratings[origin],
        (origin >= len(originals)) & (origin < len(originals) + len(buried)),
    )
    texts = [*material.corpus.texts, *load_set(data, SPANS)["text"]]
    leaking = np.unique(leaks(texts, load_evaluation_texts(data))["training"])
    return without(material, leaking), {texts[row] for row in leaking}


def _originals(
    labelled: Corpus, chance: np.random.Generator
) -> tuple[Corpus, Corpus, NDArray[np.int64], NDArray[np.float32]]:
    """What may be copied; that, pieces and contrasts; the families and the teacher's opinions."""
    asked, comments = teacher.asked(labelled)
    said = teacher.load_opinions(asked)
    naming = identities.sentences(SENTENCES, chance)
    threatening = threats.sentences(THREATS, chance)
    # drawn after those that were rated, or none of them would be made again
    naming = Corpus.joined([naming, identities.sentences(OF_TWO, chance, identities.OF_TWO)])
    words = threats.sentences(OF_A_WORD, chance, of_a_word=True)
    threatening = Corpus.joined([threatening, words])
    contrasts = read_contrasts()
    pieces = np.arange(len(labelled), len(asked))
    copied = Corpus.joined([labelled, naming, threatening])
    opinions = np.concatenate(
        [
            said[: len(labelled)],
            teacher.granted(naming, labelled, said),
            np.full((len(threatening), len(HEADS)), np.nan, np.float32),
            said[pieces],
            teacher.granted(contrasts, labelled, said),
        ]
    )
    originals = Corpus.joined([copied, asked.taken(pieces), contrasts])
    family = np.arange(len(originals))
    family[len(copied) : len(copied) + len(pieces)] = comments[pieces]
    return copied, originals, family, opinions


def _copies(corpus: Corpus, chance: np.random.Generator) -> tuple[NDArray[np.int64], Corpus]:
    """Copies of rude texts, misspelt or with other rude words, and copies that name other groups.

    Contrasts are not copied: what is misspelt or exchanged in one may be what tells.
    """
    rude = np.flatnonzero((corpus.targets * (corpus.weights > 0)).max(axis=1) >= 0.5)
    made = (
        disguise.disguised(corpus, rude, chance),
        identities.exchanged(corpus, EXCHANGED, chance),
        listed.exchanged(corpus, rude, chance),
    )
    rows = np.concatenate([copied for copied, _ in made])
    return rows, Corpus.joined([copies for _, copies in made])


def without(material: Material, leaking: NDArray[np.int64]) -> Material:
    """The material without some texts, and without what was made from them."""
    corpus, labelled, origin, family, opinions, ratings, buried = material
    kept = np.flatnonzero(~np.isin(family, leaking) & ~np.isin(np.arange(len(corpus)), leaking))
    return Material(
        corpus.taken(kept),
        int(np.searchsorted(kept, labelled)),
        np.searchsorted(kept, origin[kept]),
        np.searchsorted(kept, family[kept]),
        opinions[kept],
        ratings[kept],
        buried[kept],
    )
