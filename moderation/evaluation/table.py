"""The table of everything that is measured: a row says what, on which file, how, and the aim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from moderation.columns import HEADS
from moderation.evaluation import identities, measures, speed
from moderation.evaluation.bench import Bench
from moderation.evaluation.bootstrap import Figure
from moderation.evaluation.holdout import CONTRASTS, PAIRS, VOTES
from moderation.evaluation.measures import (
    CONTEXT,
    GERMAN,
    NATURAL,
    NEWS,
    NOISY,
    PERSPECTIVE,
    SPANS,
    TEST,
)

RARE = ("severe_toxicity", "threat", "identity_attack")
FAIRNESS = (
    ("templates", identities.TEMPLATES, identities.templates),
    ("swapped", identities.REAL, identities.swapped_fairness),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table.

    Attributes:
        name: What floors and the command line call it.
        what: What a reader is told it is.
        file: The labelled file that it is measured on.
        measure: How.
        aim: What it should be, if anything is aimed at.
        at_most: The aim is an upper bound.
        fixed: The same for one model on every machine, and worth a floor.
    """

    name: str
    what: str
    file: str
    measure: Callable[[Bench], Figure]
    aim: float | None = None
    at_most: bool = False
    fixed: bool = True

    @property
    def has_floor(self) -> bool:
        """Whether no later model may be worse: so for whatever is aimed at and fixed."""
        return self.fixed and self.aim is not None

    def as_good(self, value: float, other: float) -> bool:
        """Whether a value is at least as good as another."""
        return value <= other if self.at_most else value >= other

    def reached(self, value: float) -> bool | None:
        """Whether a value is as good as is aimed at; None where nothing is."""
        return None if self.aim is None else self.as_good(value, self.aim)


def _perspective(name: str, parent: bool) -> Iterator[Measure]:
    """The subject beside Perspective on the same comments."""
    beside = partial(measures.beside_perspective, parent=parent)
    rows = (
        ("auc", "ROC-AUC toxicity", 1.0, 0.0, None),
        ("perspective", "the same, by Perspective", 0.0, 1.0, None),
        ("difference", "ROC-AUC above Perspective's", 1.0, -1.0, 0.0),
    )
    for key, what, ours, theirs, aim in rows:
        measure = partial(beside, ours=ours, theirs=theirs)
        yield Measure(f"context.{name}.{key}", f"{what}, {name} parent", CONTEXT, measure, aim)


def _fairness(
    name: str, file: str, source: Callable[[Bench], identities.Fairness]
) -> Iterator[Measure]:
    """Three AUCs, the mean and the worst group of each."""
    for kind, key in enumerate(identities.KINDS):
        for pick, aim in (("mean", 0.97), ("worst", 0.93)):
            measure = partial(measures.fairness, source=source, pick=pick, kind=kind)
            what = f"{key.upper() if kind else key} AUC, {pick} group, {name}"
            yield Measure(f"{name}.{key}.{pick}", what, file, measure, aim)


def _head(head: str) -> Iterator[Measure]:
    """How well one head ranks, predicts and is calibrated at natural prevalence."""
    skill, auc = 0.2 if head in RARE else 0.5, partial(measures.head_auc, name=NATURAL, label=head)
    rows = (
        ("auc", "ROC-AUC", partial(auc, head=head), 0.98, False),
        ("skill", "Brier skill", partial(measures.head_skill, head=head), skill, False),
        ("ece", "calibration error", partial(measures.head_calibration, head=head), 0.01, True),
    )
    for key, what, measure, aim, at_most in rows:
        yield Measure(f"natural.{head}.{key}", f"{what}, {head}", NATURAL, measure, aim, at_most)


def _news(label: str) -> Measure:
    """How toxicity ranks a kind of comment that need not hold a rude word."""
    measure = partial(measures.head_auc, name=NEWS, head="toxicity", label=label, column="comment")
    return Measure(f"news.{label}.auc", f"ROC-AUC toxicity, {label} comments", NEWS, measure)


def _contrasts(harmful: bool) -> Measure:
    """How many of the contrasts come before a person, and how many of them should."""
    what = "harmful" if harmful else "harmless"
    return Measure(
        f"contrasts.{what}",
        f"{what} ones of them sent to a person",
        CONTRASTS,
        partial(measures.contrasts_sent, harmful=harmful),
        at_most=not harmful,
    )


MEASURES: tuple[Measure, ...] = (
    Measure(
        "test.toxicity.auc",
        "ROC-AUC toxicity",
        TEST,
        partial(measures.head_auc, name=TEST, head="toxicity", label="toxicity"),
        0.975,
    ),
    Measure(
        "insults.auc",
        "ROC-AUC insult",
        "news_insults_dev",
        partial(measures.head_auc, name="news_insults_dev", head="insult", label="insult"),
        0.93,
    ),
    *_perspective("without", parent=False),
    *_perspective("with", parent=True),
    Measure(
        "perspective.spearman",
        "Spearman with TOXICITY@6",
        PERSPECTIVE,
        partial(measures.agreement, column="TOXICITY@6"),
        0.75,
    ),
    *(row for source in FAIRNESS for row in _fairness(*source)),
    Measure(
        "templates.harmless",
        "harmless templates sent to a person",
        identities.TEMPLATES,
        identities.harmless_sent,
        at_most=True,
    ),
    Measure(
        "swapped.change",
        "mean change when the identity is swapped",
        identities.REAL,
        identities.swap_change,
        at_most=True,
    ),
    Measure(
        "swapped.flips",
        "share that a swap carries over 0.5",
        identities.REAL,
        identities.swap_flips,
        at_most=True,
    ),
    Measure("disguise", "still flagged when disguised", NOISY, measures.disguise, 0.9),
    Measure("buried", "still flagged between two calm comments", TEST, measures.buried),
    Measure("pairs", "toxic above its neutral rewrite", PAIRS, measures.minimal_pairs, 0.99),
    Measure("spans.f1", "character F1 of marked spans", SPANS, measures.explanation, 0.68),
    *(row for head in HEADS for row in _head(head)),
    Measure(
        "news.false_alarms",
        "healthy comments sent to a person",
        NEWS,
        measures.false_alarms,
        0.03,
        at_most=True,
    ),
    *(_news(label) for label in ("hostile", "sarcastic", "condescending")),
    Measure(
        "contrasts.auc",
        "ROC-AUC toxicity, alike with and without harm",
        CONTRASTS,
        measures.contrasts_auc,
    ),
    *(_contrasts(harmful) for harmful in (False, True)),
    Measure("lexicon", "rude words of the lexicon sent to a person", "–", measures.listed),
    Measure("surge.auc", "ROC-AUC toxicity, social media", "surge_social_1000", measures.surge_auc),
    Measure(
        "votes.ece",
        "calibration error against readers' votes, learnt from",
        VOTES,
        measures.votes_calibration,
        at_most=True,
    ),
    Measure(
        "votes.spearman",
        "Spearman with readers' votes, learnt from",
        VOTES,
        measures.votes_agreement,
    ),
    Measure(
        "foreign.english", "English called foreign", "all", measures.foreign, 0.005, at_most=True
    ),
    Measure(
        "refused.english",
        "English not scored",
        "all",
        measures.refused_english,
        0.005,
        at_most=True,
    ),
    Measure("named.german", "German called German", GERMAN, measures.named_german),
    Measure("refused.german", "German not scored", GERMAN, measures.refused_german),
    Measure("speed", "comments a second", "all", speed.rate, 250_000, fixed=False),
    Measure("speed.ratio", "times as fast as scikit-learn", "all", speed.ratio, 35, fixed=False),
    Measure("size", "megabytes of weights", "–", speed.size, 8, at_most=True, fixed=False),
)
"""Every figure, in the order in which it is printed."""
