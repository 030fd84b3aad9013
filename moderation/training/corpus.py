"""The labelled files as one table: every text, what is known of it, and how far to trust that.

Every source asks questions of its own ("offensive?", "hate?", "would it make you leave?"). The six
heads of this tool are asked only where a source answers that very question; the others get a
question of their own (:data:`QUESTIONS`), so that no source's habit becomes the answer to
another's. A teacher that learns all of them at once fills in what a source did not ask.

Never reads an evaluation file: :data:`SOURCES` names what is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.evaluation.holdout import held_out, load_set

NEWS = ("toxicity", "profanity", "threat", "insult", "identity_attack")
OTHERS = (
    *(f"news_{head}" for head in NEWS),
    "offensive",
    "hateful",
    "hatexplain",
    "hatemoji",
    "stormfront",
    "rewritten",
)
QUESTIONS: tuple[str, ...] = (*HEADS, *OTHERS)

ORDINARY = "jigsaw_train"
"""The source of ordinary comments; what is written for training counts as such."""

Frame = pd.DataFrame


class Answers(NamedTuple):
    """Some texts of a source with what it says of them, by question, and how far to trust it."""

    texts: pd.Series
    shares: dict[str, pd.Series]
    trust: float


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts with what is known of them.

    Attributes:
        texts: n texts, as written.
        targets: float32[n, questions], 0…1; meaningless where the weight is 0.
        weights: float32[n, questions], how far the target is trusted; 0 = not asked.
        sources: n names of :data:`SOURCES`.
        natural: bool[n], drawn at natural prevalence: what calibration may look at.
    """

    texts: list[str]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    sources: NDArray[np.str_]
    natural: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.texts)

    @classmethod
    def read(cls, folder: Path) -> Corpus:
        """Every source, in the order of :data:`SOURCES`.

        Raises:
            InputError: A file is missing.
        """
        return cls.joined([_labelled(name, folder) for name in SOURCES])

    def taken(self, rows: NDArray[np.int64], texts: list[str] | None = None) -> Corpus:
        """Some rows, with other texts if given; then none of them counts as natural."""
        return Corpus(
            [self.texts[row] for row in rows] if texts is None else texts,
            self.targets[rows],
            self.weights[rows],
            self.sources[rows],
            self.natural[rows] & (texts is None),
        )

    @classmethod
    def joined(cls, parts: list[Corpus]) -> Corpus:
        """One after another."""
        return cls(
            [text for part in parts for text in part.texts],
            np.concatenate([part.targets for part in parts]),
            np.concatenate([part.weights for part in parts]),
            np.concatenate([part.sources for part in parts]),
            np.concatenate([part.natural for part in parts]),
        )


def _jigsaw(frame: Frame) -> Iterator[Answers]:
    yield Answers(frame.text, {head: frame[head] for head in HEADS}, 1.0)


def _civil(frame: Frame) -> Iterator[Answers]:
    """Votes on comments chosen as likely toxic: questions of their own."""
    shares = {head: frame[f"frac_{head}"] for head in NEWS[1:]}
    shares["toxicity"] = 1 - frame.frac_not_toxic
    own = {f"news_{head}": share for head, share in shares.items()}
    yield Answers(frame.text, own, 1.0)


def _davidson(frame: Frame) -> Iterator[Answers]:
    offensive = (frame.hate_speech + frame.offensive_language) / frame["count"]
    yield Answers(
        frame.text, {"offensive": offensive, "hateful": frame.hate_speech / frame["count"]}, 0.5
    )


def _hatexplain(frame: Frame) -> Iterator[Answers]:
    yield Answers(frame.text, {"hatexplain": frame.label}, 1.0)


def _hatemoji(frame: Frame) -> Iterator[Answers]:
    yield Answers(frame.text, {"hatemoji": frame.label_gold}, 1.0)


def _stormfront(frame: Frame) -> Iterator[Answers]:
    frame = frame[frame.label.isin(["hate", "noHate"])]
    yield Answers(frame.text, {"stormfront": (frame.label == "hate").astype(float)}, 1.0)


def _paradetox(frame: Frame) -> Iterator[Answers]:
    frame = frame[~frame.toxic.map(held_out)]
    toxic = frame.toxic.drop_duplicates()
    one = pd.Series(1.0, toxic.index)
    yield Answers(toxic, {"rewritten": one, "toxicity": one}, 0.5)
    neutral = pd.concat([frame[name] for name in ("neutral1", "neutral2", "neutral3")]).dropna()
    yield Answers(
        neutral, dict.fromkeys(("rewritten", "toxicity"), pd.Series(0.0, neutral.index)), 0.5
    )


def _benign(frame: Frame) -> Iterator[Answers]:
    yield Answers(frame.comment, dict.fromkeys(HEADS, pd.Series(0.0, frame.index)), 0.5)


Reader = Callable[[Frame], Iterator[Answers]]

SOURCES: dict[str, Reader] = {
    "jigsaw_train": _jigsaw,
    "civil_graded": _civil,
    "davidson_tweets": _davidson,
    "hatexplain_binary": _hatexplain,
    "hatemoji_build": _hatemoji,
    "stormfront_sentences": _stormfront,
    "paradetox_pairs": _paradetox,
    "identity_benign_wikipedia": _benign,
}


def _labelled(name: str, folder: Path) -> Corpus:
    """One source as a corpus."""
    frame = load_set(folder, name)
    texts: list[str] = []
    targets, weights = [], []
    for part in SOURCES[name](frame):
        target = np.zeros((len(part.texts), len(QUESTIONS)), np.float32)
        weight = np.zeros_like(target)
        for question, share in part.shares.items():
            target[:, QUESTIONS.index(question)] = share.to_numpy(np.float32)
            weight[:, QUESTIONS.index(question)] = part.trust
        texts += part.texts.tolist()
        targets.append(target)
        weights.append(weight)
    sample = frame["sample"] if "sample" in frame else pd.Series("", frame.index)
    natural = (sample == "first20k").to_numpy(bool)
    return Corpus(
        texts,
        np.concatenate(targets),
        np.concatenate(weights),
        np.full(len(texts), name),
        natural if natural.any() else np.zeros(len(texts), bool),
    )
