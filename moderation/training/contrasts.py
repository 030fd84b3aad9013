"""Comments written for this project in which the same words attack somebody, or nobody.

Labelled files hold few comments that swear for joy, quote abuse to condemn it, deny a hatred or
mock their own writer, so a model learns that the word is the attack; and few that menace, sneer or
despise a group without a rude word, so it learns that nothing else is. In
``data/contrasts/learnt.csv`` each kind stands with harm and without, in many voices;
``held_out.csv`` beside it, by another writer, is what ``moderation evaluate`` measures.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from moderation.columns import HEADS
from moderation.evaluation.holdout import WRITTEN, checked_out
from moderation.training.corpus import ORDINARY, QUESTIONS, Corpus

LEARNT = WRITTEN / "learnt.csv"
ASKED = ("toxicity", "insult", "threat", "profanity")
"""What they are labelled with. An attack on an identity is not: ours are too veiled for that head,
and it got worse."""
_TRUST = 0.25  # more ranks ordinary comments worse


def read_contrasts() -> Corpus:
    """All that may be learnt from; what harms nobody is not severely toxic either.

    Raises:
        InputError: The file is missing: this is no checkout of the repository.
    """
    frame = pd.read_csv(checked_out(LEARNT))
    targets = np.zeros((len(frame), len(QUESTIONS)), np.float32)
    weights = np.zeros_like(targets)
    for head in ASKED:
        targets[:, HEADS.index(head)] = frame[head]
        weights[:, HEADS.index(head)] = _TRUST
    weights[frame["toxicity"] == 0, HEADS.index("severe_toxicity")] = _TRUST
    sources, natural = np.full(len(frame), ORDINARY), np.zeros(len(frame), bool)
    return Corpus(frame["text"].tolist(), targets, weights, sources, natural)
