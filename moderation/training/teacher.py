"""A larger model's opinions on every training text, for the small one to learn from.

Each file answers only its own question. A transformer that has read them all has an opinion on
every text for every head, and on a text that is labelled 0 it knows whether that was a near thing.
The opinions are numbers, kept with the package (``assets/teacher.npz``: no text, one byte a head),
so the model can be made again in minutes without the transformer; :func:`teach` makes them again
in about two hours of one core. It needs the extra ``teacher``; nothing else does.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.errors import InputError
from moderation.training.corpus import NEWS, QUESTIONS, Corpus

OPINIONS = Path(__file__).parent.parent / "assets" / "teacher.npz"
HEARD = ("toxicity", "severe_toxicity", "profanity", "insult")
"""Heads on which it is heard. One pass teaches it too little of what is rare: with its opinions on
threats and identity attacks the small model gets worse at both."""
SKIPPED = (
    "davidson_tweets",
    "identity_benign_wikipedia",
)  # not asked about: too strange, too plain
TRUST = 0.3  # in an opinion where the file asks nothing
SHARE = 0.5  # of the target that is the teacher's where the file has a label
_STEPS = 16.0  # an opinion is kept in sixteenths of a logit …
_ZERO = 128  # … above this
_NONE = 0  # stands for no opinion


def informed(corpus: Corpus, opinions: Path = OPINIONS) -> Corpus:
    """The corpus with the teacher's opinion on the six heads mixed into its targets.

    Raises:
        InputError: The opinions are missing, or of other texts.
    """
    mend = "make them again with moderation.training.teacher.teach"
    if not opinions.is_file():
        raise InputError("no teacher's opinions", path=opinions, mend=mend)
    with np.load(opinions, allow_pickle=False) as arrays:
        kept, digest = arrays["opinions"], str(arrays["digest"])
    if digest != texts_digest(corpus):
        raise InputError("these are opinions on other texts", path=opinions, mend=mend)
    shares = 1 / (1 + np.exp((_ZERO - kept.astype(np.float32)) / _STEPS))
    targets, weights = corpus.targets.copy(), corpus.weights.copy()
    for column, head in enumerate(HEARD):
        target, weight = targets[:, HEADS.index(head)], weights[:, HEADS.index(head)]
        share, heard, asked = shares[:, column], kept[:, column] != _NONE, weight > 0
        both, alone = heard & asked, heard & ~asked
        target[both] = (1 - SHARE) * target[both] + SHARE * share[both]
        target[alone], weight[alone] = share[alone], TRUST
    return replace(corpus, targets=targets, weights=weights)


def texts_digest(corpus: Corpus) -> str:
    """SHA-256 of all texts in their order."""
    state = hashlib.sha256()
    for text in corpus.texts:
        state.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return state.hexdigest()


def save_opinions(corpus: Corpus, logits: NDArray[np.float32], path: Path = OPINIONS) -> None:
    """Keep the opinions among logits [n, 6] as bytes, those that are not numbers as none."""
    heard = logits[:, [HEADS.index(head) for head in HEARD]]
    steps = np.clip(np.rint(heard * _STEPS) + _ZERO, _NONE + 1, 255)
    kept = np.where(np.isnan(heard), _NONE, steps).astype(np.uint8)
    np.savez_compressed(path, opinions=kept, digest=np.array(texts_digest(corpus)))


def merged(corpus: Corpus) -> Corpus:
    """The corpus with the news sites' votes counted as answers to the heads' own questions."""
    targets, weights = corpus.targets.copy(), corpus.weights.copy()
    for head in NEWS:
        ours, theirs = QUESTIONS.index(head), QUESTIONS.index(f"news_{head}")
        asked = weights[:, theirs] > 0
        targets[asked, ours] = targets[asked, theirs]
        weights[asked, ours] = weights[asked, theirs]
    kept = [i for i, question in enumerate(QUESTIONS) if not question.startswith("news_")]
    return replace(corpus, targets=targets[:, kept], weights=weights[:, kept])


def teach(data: Path, opinions: Path = OPINIONS) -> None:
    """Train the teacher on every source and keep its opinions on every text.

    One pass over the files, fine-tuning MiniLM-L6 (all-MiniLM-L6-v2, Apache-2.0) on one thread.

    Raises:
        InputError: A file is missing.
    """
    from moderation.training.transformer import Classifier

    corpus = Corpus.read(data)
    questions = merged(corpus)
    classifier = Classifier(questions)
    classifier.fit()
    rows = np.flatnonzero(~np.isin(corpus.sources, SKIPPED))
    save_opinions(corpus, classifier.logits(rows)[:, : len(HEADS)], opinions)
