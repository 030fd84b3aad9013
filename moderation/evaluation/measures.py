"""How each kind of figure is measured: one small function each.

:mod:`moderation.evaluation.table` says which of them is measured on what, and what is aimed at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from moderation.evaluation import metrics
from moderation.evaluation.bench import Bench, judged
from moderation.evaluation.bootstrap import Array, Figure, figure
from moderation.evaluation.holdout import (
    CONTRASTS,
    PAIR_COLUMNS,
    PAIRS,
    SETS,
    VOTES,
    held_out,
)
from moderation.evaluation.identities import FLAG, Fairness
from moderation.evaluation.metrics import Flags
from moderation.lexicon import Lexicon

NATURAL, CONTEXT = "jigsaw_natural_dev", "wikipedia_context_perspective"
PERSPECTIVE, NEWS = "perspective_wikipedia_2k", "globe_and_mail_dev"
NOISY, SPANS, GERMAN = "noisyhate_dev", "toxic_spans_dev", "german_comments_1000"
TEST = "jigsaw_test_dev"

SHORT, LONG = 120, 600
"""Characters of a toxic comment that can be buried, and of a calm one that can bury it, at most."""

THROWN = ("You {word}!", "what a {word} he is, honestly", "Nobody asked the {word} who wrote this.")
"""Sentences in which a rude word of the lexicon is thrown at somebody."""

UNSCORED = (GERMAN, "vader_ground_truth", "tweet_sentiment_dev")
"""Sets of other languages, or of sentiment: no toxicity is measured on them."""

ENGLISH: tuple[tuple[str, str], ...] = (
    *((name, column) for name, columns in SETS.items() for column in columns if name != GERMAN),
    *((name, "text") for name in ("jigsaw_train", "civil_graded", "toxic_spans_train")),
    *((name, "text") for name in ("davidson_tweets", "hatexplain_binary", "hatemoji_build")),
    ("stormfront_sentences", "text"),
    ("identity_benign_wikipedia", "comment"),
    (PAIRS, "toxic"),
    (PAIRS, "neutral1"),
)


def head_auc(bench: Bench, name: str, head: str, label: str, column: str = "text") -> Figure:
    """ROC-AUC of a head against a column of labels; the note says what refused texts cost."""
    scores, positive = bench.head(name, head, column), bench.label(name, label)
    scored = bench.scores(name, column)[head].notna().to_numpy()
    note = ""
    if not scored.all():
        alone = metrics.auc(scores, positive, scored[None].astype(float))
        note = f"{int((~scored).sum())} not scored; without them {alone[0]:.3f}"
    return figure(partial(metrics.auc, scores, positive), len(scores), note)


def head_skill(bench: Bench, head: str) -> Figure:
    """Brier skill of a head over the base rate."""
    scores, positive = bench.head(NATURAL, head), bench.label(NATURAL, head)
    return figure(partial(metrics.brier_skill, scores, positive), len(scores))


def head_calibration(bench: Bench, head: str) -> Figure:
    """Expected calibration error of a head; the note says what luck alone would give."""
    scores, positive = bench.head(NATURAL, head), bench.label(NATURAL, head)
    luck = f"{metrics.chance_error(scores):.4f} by chance"
    return figure(partial(metrics.calibration_error, scores, positive), len(scores), luck)


def beside_perspective(bench: Bench, parent: bool, ours: float, theirs: float) -> Figure:
    """AUC of the subject (weight ``ours``) and of Perspective (``theirs``) on the same comments.

    Weights 1 and −1 give the difference, both being measured on the same resamples.
    """
    frame = bench.frame(CONTEXT)
    rows = np.flatnonzero(frame["has_parent"] == parent)
    positive = bench.label(CONTEXT, "toxic_share")[rows]
    scores = bench.head(CONTEXT, "toxicity")[rows]
    perspective = frame["perspective_toxicity"].to_numpy(np.float64)[rows]

    def statistic(weights: Array) -> Array:
        mine = metrics.auc(scores, positive, weights) if ours else 0.0
        other = metrics.auc(perspective, positive, weights) if theirs else 0.0
        return np.asarray(ours * mine + theirs * other)

    return figure(statistic, len(rows), f"{int(positive.sum())} toxic")


def agreement(bench: Bench, column: str) -> Figure:
    """Rank correlation of toxicity with a score that Perspective gave."""
    theirs = bench.frame(PERSPECTIVE)[column].to_numpy(np.float64)
    scores = bench.head(PERSPECTIVE, "toxicity", "comment_text")
    return figure(partial(metrics.spearman, scores, theirs), len(scores))


def fairness(bench: Bench, source: Callable[[Bench], Fairness], pick: str, kind: int) -> Figure:
    """One of the six fairness figures of a source of groups."""
    found: tuple[Figure, ...] = getattr(bench.once(source), pick)
    return found[kind]


def disguise(bench: Bench) -> Figure:
    """Share of toxic sentences flagged when clean that stay flagged when disguised by hand."""
    frame = bench.frame(NOISY)
    gold = frame["toxicity"].to_numpy(np.float64) >= FLAG
    clean = gold & (bench.head(NOISY, "toxicity", "clean") >= FLAG)
    kept = clean & (bench.head(NOISY, "toxicity", "perturbed") >= FLAG)
    _, sentence = np.unique(bench.column(NOISY, "clean"), return_inverse=True)
    units = int(sentence.max()) + 1

    def statistic(weights: Array) -> Array:
        return np.asarray((weights[:, sentence] @ kept) / (weights[:, sentence] @ clean))

    return figure(statistic, units, f"{int(clean.sum())} of {int(gold.sum())} flagged when clean")


def buried(bench: Bench) -> Figure:
    """Share of short toxic comments flagged alone that stay flagged between two calm ones."""
    texts, gold = bench.column(TEST), bench.frame(TEST)["toxicity"].to_numpy(np.float64) >= FLAG
    flagged = bench.head(TEST, "toxicity") >= FLAG
    sizes = np.array([len(text) for text in texts])
    toxic = np.flatnonzero(gold & flagged & (sizes <= SHORT))
    calm = np.flatnonzero(~gold & ~flagged & (sizes <= LONG))
    around = np.resize(calm, (len(toxic), 2))
    built = [
        f"{texts[before]} {texts[row]} {texts[after]}"
        for row, (before, after) in zip(toxic, around, strict=True)
    ]
    kept = judged(bench.subject.score(built)["toxicity"]) >= FLAG
    size = sizes[around].sum(axis=1).mean()
    return _share(kept, f"{size:.0f} calm characters around each")


def minimal_pairs(bench: Bench) -> Figure:
    """Share of held-out rewrites that score below the toxic sentence they soften.

    A rewrite that changes nothing but case and spaces softens nothing and cannot score below: it is
    left out, and the note says what the share would be with it.
    """
    frame = bench.frame(PAIRS)
    fold = frame[frame["toxic"].map(held_out)]
    toxic = judged(bench.subject.score(fold["toxic"].tolist())["toxicity"])
    before = _letters(fold["toxic"])
    above, sentence, unchanged = [], [], 0
    for column in PAIR_COLUMNS[1:]:
        same = _letters(fold[column]) == before
        unchanged += int(same.sum())
        rows = np.flatnonzero(fold[column].notna() & ~same)
        neutral = judged(bench.subject.score(fold[column].iloc[rows].tolist())["toxicity"])
        above.append(toxic[rows] > neutral)
        sentence.append(rows)
    won, unit = np.concatenate(above), np.concatenate(sentence)
    note = f"{len(won)} pairs"
    if unchanged:
        note += f"; with {unchanged} unchanged ones {won.sum() / (len(won) + unchanged):.3f}"
    return figure(lambda weights: metrics.share(won, weights[:, unit]), len(fold), note)


def _letters(texts: pd.Series) -> pd.Series:
    """Texts without what a rewrite may change and yet say the same: case and spaces."""
    return texts.str.lower().str.replace(r"\s+", "", regex=True)


def explanation(bench: Bench) -> Figure:
    """Mean character F1 of the marked spans."""
    gold = bench.frame(SPANS)["spans"]
    marked = bench.subject.mark(bench.column(SPANS), "toxicity")
    each = [metrics.character_f1(*pair) for pair in zip(marked, gold, strict=True)]
    return _share(np.array(each))


def false_alarms(bench: Bench) -> Figure:
    """Share of healthy comments that the default policy sends to a person."""
    return _share(bench.flags(NEWS, "comment")[bench.label(NEWS, "healthy")])


def contrasts_auc(bench: Bench) -> Figure:
    """ROC-AUC of toxicity on comments that sound alike and attack somebody, or nobody.

    The note says it for each kind of them.
    """
    scores, harmful = bench.head(CONTRASTS, "toxicity"), bench.label(CONTRASTS, "harmful")
    kinds = bench.frame(CONTRASTS)["kind"]
    names = kinds.unique()
    each = metrics.auc(scores, harmful, np.array([kinds == name for name in names], float))
    detail = dict(zip(names, each.tolist(), strict=True))
    return figure(partial(metrics.auc, scores, harmful), len(scores), _named(detail), detail)


def contrasts_sent(bench: Bench, harmful: bool) -> Figure:
    """Share of the harmful, or of the harmless ones, that the default policy sends to a person."""
    return _share(bench.flags(CONTRASTS)[bench.label(CONTRASTS, "harmful") == harmful])


def listed(bench: Bench) -> Figure:
    """Share of sentences that the default policy sends to a person for a word of the lexicon.

    Every word that is hardly ever harmless has its turn; the note says it for each category.
    """
    words = Lexicon.load().plain_words()
    texts = [frame.format(word=word) for frame in THROWN for word in words]
    each = bench.sent(texts).reshape(len(THROWN), -1).mean(axis=0)
    sent_of = pd.Series(each, [entry.category for entry in words.values()]).groupby(level=0).mean()
    detail = {str(category): value for category, value in sent_of.items()}
    return _share(each, _named(detail), detail)


def surge_auc(bench: Bench) -> Figure:
    """ROC-AUC of toxicity on posts of social media."""
    scores = bench.head("surge_social_1000", "toxicity")
    positive = (bench.frame("surge_social_1000")["is_toxic"] == "Toxic").to_numpy()
    return figure(partial(metrics.auc, scores, positive), len(scores))


def votes(bench: Bench) -> tuple[Array, Array]:
    """Toxicity of the graded news comments, and the share of readers who called each toxic.

    The network has learnt from these votes, as a question of its own; calibration has not.
    """
    readers = 1 - bench.frame(VOTES)["frac_not_toxic"].to_numpy(np.float64)
    return bench.head(VOTES, "toxicity"), readers


def reliability_points(bench: Bench) -> pd.DataFrame:
    """What a reliability plot draws: toxicity against labels, and against readers' votes.

    Returns:
        ``against`` (labels or votes), ``predicted`` and ``observed`` (means of a bin, 0…1) and
        ``count``, a row for each bin; a calibrated model lies on the diagonal.
    """
    scores, labels = bench.head(NATURAL, "toxicity"), bench.label(NATURAL, "toxicity")
    points = {"labels": metrics.reliability(scores, labels)}
    points["votes"] = metrics.reliability(*votes(bench))
    frames = [pd.DataFrame(found).assign(against=name) for name, found in points.items()]
    return pd.concat(frames, ignore_index=True)[["against", "predicted", "observed", "count"]]


def votes_calibration(bench: Bench) -> Figure:
    """Calibration error against readers' votes. The comments were chosen as likely toxic."""
    scores, readers = votes(bench)
    return figure(partial(metrics.calibration_error, scores, readers), len(scores))


def votes_agreement(bench: Bench) -> Figure:
    """Rank correlation with the share of readers who called a comment toxic."""
    scores, readers = votes(bench)
    return figure(partial(metrics.spearman, scores, readers), len(scores))


def foreign(bench: Bench) -> Figure:
    """Share of English texts called another language; the note names the set with most."""
    called = {}
    for name, column in ENGLISH:
        languages = np.asarray(bench.subject.languages(bench.column(name, column)), dtype=object)
        called[f"{name}.{column}"] = ~np.isin(languages, ("en", "und"))
    flags = np.concatenate(list(called.values()))
    detail = {name: float(here.mean()) for name, here in called.items()}
    worst = max(detail, key=lambda name: detail[name])
    return _share(flags, f"{worst}: {detail[worst]:.1%}", detail)


def named_german(bench: Bench) -> Figure:
    """Share of German comments whose language is named."""
    languages = np.asarray(bench.subject.languages(bench.column(GERMAN)), dtype=object)
    return _share(languages == "de")


def refused_english(bench: Bench) -> Figure:
    """Share of the English evaluation texts that get an error in place of a score."""
    texts = ((name, column) for name, columns in SETS.items() for column in columns)
    frames = [bench.scores(*source) for source in texts if source[0] not in UNSCORED]
    missing = pd.concat(frames)["toxicity"].isna()
    return _share(missing.to_numpy())


def refused_german(bench: Bench) -> Figure:
    """Share of German comments that get an error, and so no number to be mistaken for a score."""
    return _share(bench.scores(GERMAN)["toxicity"].isna().to_numpy())


def _share(
    values: Flags | Array, note: str = "", detail: Mapping[str, float] | None = None
) -> Figure:
    return figure(partial(metrics.share, values), len(values), note, detail)


def _named(detail: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in detail.items())
