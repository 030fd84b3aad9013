"""Learns which words to mark from comments whose toxic words people marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.evaluation.holdout import load_set
from moderation.normalise import Folded, fold
from moderation.texts import Texts
from moderation.toxicity import Model, explain, marking
from moderation.toxicity.loops import Floats
from moderation.training.regression import fit_logistic

SPANS = "toxic_spans_train"
_STRENGTH, _TOLERANCE = 0.1, 1e-6  # with 1e-4 it ends where the rounding of sums leads it
_DOUBT = 3.0  # occurrences of the average word that every word is thought to have had
_BOUNDS = np.arange(0.5, 1, 0.005)  # of the values of all words, the share that lies below


def fit_marking(model: Model, data: Path, excluded: set[str]) -> Model:
    """The model, with the rule that :meth:`Model.mark` follows fitted to marked comments.

    A logistic regression over each word's evidence; the bound is the one that gives the best
    character F1 on the comments themselves. What a word tells is counted without the place at
    which it is asked, or the regression would believe the counts too much.

    Args:
        model: Its network is left as it is.
        data: Folder of the labelled files.
        excluded: Texts that must not be learnt from.
    """
    frame = load_set(data, SPANS)
    frame = frame[~frame.text.isin(excluded)]
    folded = fold(Texts.of(frame.text), trace=True)
    tokens = explain.Tokens(model.network, folded.texts)
    gold = [_marked_bytes(text, spans) for text, spans in zip(frame.text, frame.spans, strict=True)]
    sources = _source_spans(folded, tokens)
    labels = np.array([gold[row][begin:end].mean() > 0.5 for row, begin, end in sources])
    telling, elsewhere = _told(tokens.rows, labels, len(model.weights.keys))
    evidence = marking.evidence(tokens, elsewhere, HEADS.index("toxicity"))
    spread = evidence.std(axis=0) + 1e-6
    coefficients, _ = fit_logistic(evidence / spread, labels, _STRENGTH, _TOLERANCE)
    rule = (coefficients / spread).astype(np.float32)
    values = evidence @ rule
    above = np.array([best_bound(gold, sources, values)], np.float32)
    learnt = replace(model.weights, telling=telling, marking=rule, marking_above=above)
    return Model(learnt, model.name, model.version)


def best_bound(
    gold: list[NDArray[np.bool_]], sources: list[tuple[int, int, int]], values: Floats
) -> float:
    """The value above which marking gives the best F1, wherever the values lie.

    Args:
        gold: For each text, which of its bytes people marked.
        sources: Of each token the row of its text, and where its bytes there begin and end.
        values: [tokens].
    """
    bounds = np.quantile(values, _BOUNDS)
    scores = [_f1(gold, sources, values > bound) for bound in bounds]
    return float(bounds[int(np.argmax(scores))])


def _told(
    rows: NDArray[np.int64], labels: NDArray[np.bool_], words: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """How much more often each word was marked than others, in logits.

    Returns:
        For every word of the vocabulary, in steps; for every token, of its other occurrences.
    """
    known = rows >= 0
    seen = np.bincount(rows[known], minlength=words)
    marked = np.bincount(rows[known], labels[known], minlength=words).astype(int)
    share = labels.mean()

    def logits(marked: NDArray[np.int64], seen: NDArray[np.int64]) -> NDArray[np.float64]:
        odds = (marked + _DOUBT * share) / (seen - marked + _DOUBT * (1 - share))
        steps: NDArray[np.float64] = np.rint(np.log(odds * (1 - share) / share) * marking.STEPS)
        return np.clip(steps, -127, 127)

    elsewhere = np.zeros(len(rows))
    elsewhere[known] = logits(marked[rows[known]] - labels[known], seen[rows[known]] - 1)
    return logits(marked, seen).astype(np.int8), (elsewhere / marking.STEPS).astype(np.float32)


def _marked_bytes(text: str, spans: Sequence[int]) -> NDArray[np.bool_]:
    """Which bytes of a text lie in the characters that people marked."""
    marked = np.zeros(len(text), bool)
    places = np.asarray(spans, np.int64)
    marked[places[places < len(text)]] = True
    data = Texts.of([text]).data
    of_bytes: NDArray[np.bool_] = marked[np.cumsum((data & 0xC0) != 0x80) - 1]
    return of_bytes


def _source_spans(folded: Folded, tokens: explain.Tokens) -> list[tuple[int, int, int]]:
    """Of each token the row, and the bytes of the text as written that it stands for."""
    rows = np.repeat(np.arange(len(folded.texts)), np.diff(tokens.first))
    assert folded.begin is not None, "fold was asked for a trace"  # noqa: S101  # tells the types
    assert folded.end is not None  # noqa: S101
    begins, ends = folded.begin[tokens.begins], folded.end[tokens.ends - 1]
    return list(zip(rows.tolist(), begins.tolist(), ends.tolist(), strict=True))


def _f1(
    gold: list[NDArray[np.bool_]], sources: list[tuple[int, int, int]], marked: NDArray[np.bool_]
) -> float:
    """Mean over texts of the F1 of marked bytes; the gaps between marked neighbours count."""
    found = [np.zeros_like(text) for text in gold]
    for i in np.flatnonzero(marked):
        row, begin, end = sources[i]
        if i and marked[i - 1] and sources[i - 1][0] == row:
            begin = sources[i - 1][1]
        found[row][begin:end] = True
    both = np.array([np.sum(a & b) for a, b in zip(gold, found, strict=True)])
    sizes = np.array([a.sum() + b.sum() for a, b in zip(gold, found, strict=True)])
    return float(np.mean(np.where(sizes == 0, 1.0, 2 * both / np.maximum(sizes, 1))))
