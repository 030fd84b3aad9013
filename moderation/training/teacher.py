"""A larger model's opinions on every training text, for the small one to learn from.

Each file answers only its own question. A transformer that has read them all has an opinion on
every text for every head, on a text that is labelled 0 it knows whether that was a near thing, and
it can be asked about texts that nobody has labelled: :mod:`moderation.training.pieces`. The
opinions are numbers, kept in ``data/teacher.npz`` (no text, one byte a head), so the model can be
made again in minutes without the transformer; :func:`teach` makes them again in about two hours of
one core. It needs the extra ``teacher``; nothing else does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.errors import InputError
from moderation.evaluation.holdout import checked_out, leaks, load_evaluation_texts
from moderation.training import identities, threats
from moderation.training.corpus import NEWS, ORDINARY, QUESTIONS, Corpus
from moderation.training.pieces import pieces

OPINIONS = Path(__file__).parents[2] / "data" / "teacher.npz"
HEARD = ("toxicity", "insult")
"""Heads on which it is heard: with its opinions on what is rare, the small model gets worse."""
SKIPPED = ("davidson_tweets", "identity_benign_wikipedia")  # too strange, too plain
SENTENCES, EXCHANGED, THREATS = 4_000, 4_000, 3_000  # written or made for it to learn from
_STEPS = 12.0  # an opinion is kept in twelfths of a logit …
_ZERO = 160  # … above this
_NONE = 0  # stands for no opinion

Progress = Callable[[str], None]


def asked(labelled: Corpus) -> tuple[Corpus, NDArray[np.int64]]:
    """All texts it is asked about: the labelled ones, then pieces; and the row each comes from."""
    rows, cut = pieces(labelled, np.random.default_rng(5))
    return Corpus.joined([labelled, cut]), np.concatenate([np.arange(len(labelled)), rows])


def load_opinions(corpus: Corpus, opinions: Path = OPINIONS) -> NDArray[np.float32]:
    """Logits for the six heads, [n, 6]; not a number where it has no opinion or is not heard.

    Raises:
        InputError: The opinions are missing, or on other texts.
    """
    with np.load(checked_out(opinions), allow_pickle=False) as arrays:
        kept, digest = arrays["opinions"], str(arrays["digest"])
    if digest != texts_digest(corpus):
        mend = "train on the files they were made on, or make them with moderation.training.teacher"
        raise InputError("these are opinions on other texts", path=opinions, mend=mend)
    logits = np.full((len(kept), len(HEADS)), np.nan, np.float32)
    heard = [HEADS.index(head) for head in HEARD]
    logits[:, heard] = np.where(kept == _NONE, np.nan, (kept.astype(np.float32) - _ZERO) / _STEPS)
    return logits


def granted(
    written: Corpus, labelled: Corpus, opinions: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Opinions on sentences written for it, about which it is not asked, [n, 6].

    Each is the middle one of its opinions on ordinary comments that are labelled as the sentence.
    """
    taken = np.full((len(written), len(HEADS)), np.nan, np.float32)
    for column in (HEADS.index(head) for head in HEARD):
        known = opinions[: len(labelled), column]
        for yes in (False, True):
            alike = _answered(labelled, column, yes) & np.isfinite(known)
            taken[_answered(written, column, yes), column] = np.median(known[alike])
    return taken


def _answered(corpus: Corpus, column: int, yes: bool) -> NDArray[np.bool_]:
    """Ordinary comments to which a question has this answer."""
    asked = (corpus.sources == ORDINARY) & (corpus.weights[:, column] > 0)
    answered: NDArray[np.bool_] = asked & ((corpus.targets[:, column] >= 0.5) == yes)
    return answered


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


def taught(labelled: Corpus, data: Path) -> Corpus:
    """What it learns from: every source and the written sentences, without near-duplicates."""
    chance = np.random.default_rng(3)
    written = [identities.sentences(SENTENCES, chance), threats.sentences(THREATS, chance)]
    _, copies = identities.exchanged(labelled, EXCHANGED, chance)
    corpus = Corpus.joined([labelled, *written, copies])
    leaking = leaks(corpus.texts, load_evaluation_texts(data))["training"]
    return merged(corpus.taken(np.setdiff1d(np.arange(len(corpus)), leaking)))


def teach(data: Path, progress: Progress = print, opinions: Path = OPINIONS) -> None:
    """Train the teacher on every source and keep its opinions on every text and piece.

    Fine-tunes MiniLM-L6 (all-MiniLM-L6-v2, Apache-2.0) on one thread.

    Raises:
        InputError: A file is missing, or the extra ``teacher`` is not installed.
    """
    from moderation.training.transformer import Classifier

    labelled = Corpus.read(data)
    classifier = Classifier(taught(labelled, data))
    classifier.fit(progress)
    corpus, _ = asked(labelled)
    rows = np.flatnonzero(~np.isin(corpus.sources, SKIPPED))
    progress(f"asking about {len(rows):,} texts and pieces")
    logits = np.full((len(corpus), len(HEADS)), np.nan, np.float32)
    logits[rows] = classifier.logits([corpus.texts[row] for row in rows])[:, : len(HEADS)]
    save_opinions(corpus, logits, opinions)
