"""Makes the model again from the labelled files: one recipe, one order, one result.

::

    gather the material → fold → for each fold: several networks, and one that hears them
    → one that hears them all → calibrate on the folds, brought to its level → fit marking
    → save, card
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.normalise import fold
from moderation.texts import Texts
from moderation.toxicity import Model
from moderation.toxicity.loops import DEPTH, FILTERS, Floats
from moderation.toxicity.phrases import find
from moderation.toxicity.tokens import tokens_of
from moderation.training import ensemble, identities
from moderation.training.calibration import calibrate, levelled, worth_of_phrases
from moderation.training.corpus import ORDINARY, Corpus
from moderation.training.encoding import LEXICON_ROWS, Encoded, encode
from moderation.training.export import export
from moderation.training.fitting import descend
from moderation.training.linear import Linear, fit_linear
from moderation.training.marking import fit_marking
from moderation.training.material import Material, gather
from moderation.training.parameters import Examples, Parameters, room_for

NAME, VERSION = "moderation-english", "13"
GRAMS = 1 << 17
PASSES, PARTS, RATE = 5, 4, 0.07
AVERAGED = 12  # last parts of passes after which the parameters are averaged: less is chance
DROPS = (0.1, 0.05)
LONGEST = 250  # tokens of a text that are learnt from
FOLDS = 2
LISTENED = 0.6  # share of what the network says that is not labels'; .5 to .8 rank held-out best
_DRAWS = 1 + ensemble.MEMBERS  # numbers that a model's chances begin with
VARIED = 0.2  # chance of each copy of a text to stand in for it in a pass, if no other does

Progress = Callable[[str], None]


def _silent(message: str) -> None:
    pass


def train(
    data: Path,
    out: Path,
    progress: Progress = _silent,
    *,
    with_teacher: bool = True,
    with_ensemble: bool = True,
    with_ratings: bool = True,
    draw: int = 0,
) -> Model:
    """Make the model from the files in ``data`` and write it, with its card, to ``out``.

    The same files give the same weights, bit for bit: called from Python on the same kind of
    processor, by ``moderation train`` on every x86 processor since 2013 (with FMA).

    Args:
        data: Folder of the labelled files, see ``data/training.md``.
        out: Folder to write to; made where it is missing.
        progress: Told in a few words what is being done.
        with_teacher: Learn from the teacher's opinions too; without, to see what they gain.
        with_ensemble: Learn from several networks' opinions on rare heads too; likewise.
        with_ratings: Learn from a careful reader's ratings too; likewise.
        draw: What the networks' chances begin with; models of other draws show what is chance.
            What is made for them to learn from is the same in every draw.

    Raises:
        InputError: A file is missing.
    """
    from moderation.training.card import write_card

    progress("reading the labelled files")
    material, dropped = gather(data, with_teacher=with_teacher, with_ratings=with_ratings)
    progress(
        f"folding {len(material.corpus):,} texts, {len(dropped):,} left out as near-duplicates"
    )
    folded = fold(Texts.of(material.corpus.texts)).texts
    own, *members = range(draw * _DRAWS, (draw + 1) * _DRAWS) if with_ensemble else [draw * _DRAWS]
    encoded = encode(folded, GRAMS)
    by_fold, said = _on_folds(material, folded, encoded, own, members, progress)
    progress("fitting on everything")
    nothing = np.zeros(len(material.corpus), bool)
    linear = regress(material, encoded, nothing)
    heard = ensemble.heard(material, said)
    (model,) = fit(heard, encoded, linear, nothing, [own], progress)
    held = calibration_folds(material.corpus)
    natural = np.flatnonzero(held >= 0)
    texts, labels = folded.take(natural), material.labels[natural]
    logits = levelled(by_fold, model.logits(texts), held[natural])
    model, logits = _calibrated(model, texts, logits, labels)
    progress("learning which words to mark")
    model = fit_marking(model, data, dropped)
    model.weights.save(out, NAME, VERSION, HEADS)
    left_out = {"teacher": with_teacher, "ensemble": with_ensemble, "ratings": with_ratings}
    options = "".join(f" --no-{name}" for name, learnt in left_out.items() if not learnt)
    write_card(model, material, logits, labels, out, options + (f" --draw {draw}" if draw else ""))
    return model


def _on_folds(
    material: Material,
    folded: Texts,
    encoded: Encoded,
    own: int,
    members: Sequence[int],
    progress: Progress,
) -> tuple[NDArray[np.float64], Floats]:
    """What the models without each fold say of the natural texts; what ensembles say of all.

    Each fold has an ensemble of its own: what calibrates must not be heard of by a detour either.
    """
    held = calibration_folds(material.corpus)
    natural = folded.take(np.flatnonzero(held >= 0))
    logits, said = [], []
    for number in range(FOLDS):
        progress(f"fitting without fold {number + 1} of {FOLDS}, for calibration")
        left_out = held == number
        linear = regress(material, encoded, left_out)
        ensembled = fit(material, encoded, linear, left_out, members, progress) if members else []
        said.append(ensemble.mean_logits(ensembled, folded))
        heard = ensemble.heard(material, said[-1])
        (model,) = fit(heard, encoded, linear, left_out, [own], progress)
        logits.append(model.logits(natural))
    return np.array(logits), np.mean(said, axis=0)


def _calibrated(
    model: Model, natural: Texts, logits: NDArray[np.float64], labels: Floats
) -> tuple[Model, NDArray[np.float64]]:
    """The model with phrases and calibration, and those logits with the phrases' worth."""
    tokens = tokens_of(natural.data, natural.offsets)
    begins, ends = find(natural.data, natural.offsets, *tokens, model.network.phrases)
    worth = worth_of_phrases(logits, ends > begins, labels)
    logits = logits + np.outer(ends > begins, worth)
    slope, offset = calibrate(logits, labels)
    fitted = replace(model.weights, spoken=worth, slope=slope, offset=offset)
    return Model(fitted, NAME, VERSION), logits


def calibration_folds(corpus: Corpus) -> NDArray[np.int64]:
    """Which fold each naturally drawn text belongs to; −1 for the others."""
    folds = np.full(len(corpus), -1)
    natural = np.flatnonzero(corpus.natural)
    folds[natural] = np.arange(len(natural)) % FOLDS
    return folds


def regress(material: Material, encoded: Encoded, left_out: NDArray[np.bool_]) -> Linear:
    """The regression on words, fitted to the labels of ordinary comments but some."""
    labelled = slice(material.labelled)
    learnt = ~left_out[material.family[labelled]]
    asked = np.flatnonzero(learnt & (material.corpus.sources[labelled] == ORDINARY))
    return fit_linear(encoded, encoded.vocabulary(), asked, material.labels[asked] >= 0.5)


def fit(
    material: Material,
    encoded: Encoded,
    linear: Linear,
    left_out: NDArray[np.bool_],
    draws: Sequence[int],
    progress: Progress,
) -> list[Model]:
    """Models fitted to all texts but some (and those texts' copies), not yet calibrated.

    One for each draw: the number that its chances begin with, and all that tells it from others.
    The regression is that of :func:`regress`, without the same texts (bool, one for each text).
    """
    corpus = material.corpus
    vocabulary = encoded.vocabulary()
    sources, source = np.unique(corpus.sources, return_inverse=True)
    examples = _examples(material, encoded, vocabulary, source)
    bias = _bias(corpus, len(sources))

    def descended(draw: int) -> Parameters:
        parameters = Parameters.random(
            len(vocabulary), GRAMS + LEXICON_ROWS, DEPTH, FILTERS, bias, draw
        )
        return _descended(parameters, examples, material, left_out, draw, progress)

    with ThreadPoolExecutor() as pool:
        fitted = list(pool.map(descended, draws))
    ordinary = int(np.searchsorted(sources, ORDINARY))
    alike = rows_alike(encoded.hashes[vocabulary])
    told = (ordinary, _listened(material), linear, alike)
    return [
        Model(export(encoded, vocabulary, GRAMS, parameters, *told), NAME, VERSION)
        for parameters in fitted
    ]


def _examples(
    material: Material, encoded: Encoded, vocabulary: NDArray[np.int64], source: NDArray[np.int64]
) -> Examples:
    """The material as the descent reads it."""
    word_of = np.full(len(encoded.hashes), -1, np.int32)
    word_of[vocabulary] = np.arange(len(vocabulary))
    return Examples(
        encoded.first,
        encoded.kinds,
        word_of,
        encoded.row_first,
        encoded.rows,
        material.corpus.targets,
        material.corpus.weights,
        np.hstack([material.opinions, material.ratings]),
        source,
    )


def _bias(corpus: Corpus, sources: int) -> Floats:
    """Where every question's logit begins, of labels, of teacher and of ratings: at its share."""
    shares = (corpus.targets * corpus.weights).sum(axis=0) / corpus.weights.sum(axis=0)
    shares = np.concatenate([shares, *2 * [shares[: len(HEADS)]]])
    start: Floats = np.tile(np.log(shares / (1 - shares)), (sources, 1))
    return start


def _listened(material: Material) -> Floats:
    """The shares of what the network says of each head that are opinions and ratings, [2, heads].

    Of those two, they are equal parts where both say something of the head.
    """
    said = np.array([np.isfinite(material.opinions), np.isfinite(material.ratings)]).any(axis=1)
    shares: Floats = (LISTENED * said / np.maximum(said.sum(axis=0), 1)).astype(np.float32)
    return shares


def _descended(
    parameters: Parameters,
    examples: Examples,
    material: Material,
    left_out: NDArray[np.bool_],
    draw: int,
    progress: Progress,
) -> Parameters:
    """The parameters after all passes: the average of the last parts."""
    squares, room = parameters.zeros(), room_for(parameters, LONGEST)
    chance = np.random.default_rng([11, draw])
    rates = RATE * np.linspace(1, 0, PASSES * PARTS + 1)
    last: deque[Parameters] = deque(maxlen=AVERAGED)
    for number in range(PASSES * PARTS):
        if number % PARTS == 0:
            order = _order(material.origin, left_out[material.family], chance)
        part = np.array_split(order, PARTS)[number % PARTS]
        rates_now = (float(rates[number]), float(rates[number + 1]))
        seed = PASSES * PARTS * draw + number
        loss = descend(part, examples, parameters, squares, room, rates_now, DROPS, seed)
        progress(f"network {draw}, part {number + 1} of {PASSES * PARTS}: loss {loss:.4f}")
        last.append(parameters.copy())
    return Parameters.mean(last)


def rows_alike(keys: NDArray[np.uint64]) -> list[NDArray[np.int64]]:
    """Of the names of groups of one kind, for each kind, the rows in a vocabulary."""
    kinds = (Texts.of(list(names)) for names in identities.names())
    found = (tokens_of(texts.data, texts.offsets)[1].keys for texts in kinds)
    return [rows for known in found if len(rows := np.flatnonzero(np.isin(keys, known)))]


def _order(
    origin: NDArray[np.int64], left_out: NDArray[np.bool_], chance: np.random.Generator
) -> NDArray[np.int64]:
    """Every text once, in a new order, some as one of their varied copies."""
    texts = np.flatnonzero((origin == np.arange(len(origin))) & ~left_out)
    shown = np.arange(len(origin))
    copies = chance.permutation(np.flatnonzero(origin != np.arange(len(origin))))
    copies = copies[chance.random(len(copies)) < VARIED]
    shown[origin[copies]] = copies
    order: NDArray[np.int64] = shown[chance.permutation(texts)]
    return order
