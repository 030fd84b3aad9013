"""Makes the model again from the labelled files: one recipe, one order, one result.

::

    read, and cut pieces → teacher's opinions on both → sentences about groups, and threats
    → misspelt and exchanged copies → drop near-duplicates of evaluation texts → fold → fit
    → calibrate on folds → fit marking → save, card
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.evaluation.holdout import leaks, load_evaluation_texts
from moderation.normalise import fold
from moderation.texts import Texts
from moderation.toxicity import Model
from moderation.toxicity.loops import DEPTH, FILTERS
from moderation.toxicity.phrases import find
from moderation.toxicity.tokens import tokens_of
from moderation.training import disguise, identities, teacher, threats
from moderation.training.calibration import calibrate, worth_of_phrases
from moderation.training.corpus import ORDINARY, Corpus
from moderation.training.encoding import LEXICON_ROWS, encode
from moderation.training.export import export
from moderation.training.fitting import descend
from moderation.training.linear import fit_linear
from moderation.training.marking import fit_marking
from moderation.training.parameters import Examples, Parameters, room_for

NAME, VERSION = "moderation-english", "7"
GRAMS = 1 << 17
PASSES, PARTS, RATE = 5, 4, 0.07
AVERAGED = 12  # last parts of passes after which the parameters are averaged: less is chance
DROPS = (0.1, 0.05)
LONGEST = 250  # tokens of a text that are learnt from
FOLDS = 2
SENTENCES, EXCHANGED, THREATS = 4_000, 4_000, 6_000
LISTENED = 0.6  # the teacher's share of what the network says; .5 to .8 rank held-out comments best
VARIED = 0.2  # chance that a text's varied copy stands in for it in a pass

Progress = Callable[[str], None]


def _silent(message: str) -> None:
    pass


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


def train(data: Path, out: Path, progress: Progress = _silent, with_teacher: bool = True) -> Model:
    """Make the model from the files in ``data`` and write it, with its card, to ``out``.

    The same files give the same weights, bit for bit.

    Args:
        data: Folder of the labelled files, see ``data/training.md``.
        out: Folder to write to; made where it is missing.
        progress: Told in a few words what is being done.
        with_teacher: Learn from the teacher's opinions too; without, to see what they gain.

    Raises:
        InputError: A file is missing.
    """
    from moderation.training.card import write_card

    progress("reading the labelled files")
    material, dropped = gather(data)
    if not with_teacher:
        material.opinions[:] = np.nan
    progress(
        f"folding {len(material.corpus):,} texts, {len(dropped):,} left out as near-duplicates"
    )
    folded = fold(Texts.of(material.corpus.texts)).texts
    held = calibration_folds(material.corpus)
    logits = np.zeros((len(held), len(HEADS)))
    for number in range(FOLDS):
        progress(f"fitting without fold {number + 1} of {FOLDS}, for calibration")
        rows = np.flatnonzero(held == number)
        model = fit(material, folded, held == number, progress)
        logits[rows] = model.logits(folded.take(rows))
    progress("fitting on everything")
    model = fit(material, folded, np.zeros(len(held), bool), progress)
    natural = np.flatnonzero(held >= 0)
    labels, logits = material.labels[natural], logits[natural]
    told = folded.take(natural)
    tokens = tokens_of(told.data, told.offsets)
    begins, ends = find(told.data, told.offsets, *tokens, model.network.phrases)
    worth = worth_of_phrases(logits, ends > begins, labels)
    logits[ends > begins] += worth
    slope, offset = calibrate(logits, labels)
    fitted = replace(model.weights, spoken=worth, slope=slope, offset=offset)
    model = Model(fitted, NAME, VERSION)
    progress("learning which words to mark")
    model = fit_marking(model, data, dropped)
    model.weights.save(out, NAME, VERSION, HEADS)
    write_card(model, material.corpus, logits, labels, out)
    return model


def gather(data: Path) -> tuple[Material, set[str]]:
    """All texts to learn from, and the texts left out as leaks."""
    chance = np.random.default_rng(7)
    labelled = Corpus.read(data)
    asked, comments = teacher.asked(labelled)
    opinions = teacher.load_opinions(asked)
    naming = identities.sentences(SENTENCES, chance)
    threatening = threats.sentences(THREATS, chance)
    told = (
        (labelled, opinions[: len(labelled)]),
        (naming, teacher.granted(naming, labelled, opinions)),
        (threatening, np.full((len(threatening), len(HEADS)), np.nan, np.float32)),
    )
    corpus = Corpus.joined([texts for texts, _ in told])
    known = np.concatenate([known for _, known in told])
    rude = np.flatnonzero((corpus.targets * (corpus.weights > 0)).max(axis=1) >= 0.5)
    copies = [
        disguise.disguised(corpus, rude, chance),
        identities.exchanged(corpus, EXCHANGED, chance),
    ]
    copied = np.concatenate([rows for rows, _ in copies])
    pieces = np.arange(len(labelled), len(asked))
    own = np.arange(len(corpus) + len(pieces))
    material = Material(
        Corpus.joined([corpus, asked.taken(pieces), *(copy for _, copy in copies)]),
        len(labelled),
        origin=np.concatenate([own, copied]),
        family=np.concatenate([own[: len(corpus)], comments[pieces], copied]),
        opinions=np.concatenate([known, opinions[pieces], known[copied]]).astype(np.float32),
    )
    leaking = np.unique(leaks(material.corpus.texts, load_evaluation_texts(data))["training"])
    return without(material, leaking), {material.corpus.texts[row] for row in leaking}


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


def calibration_folds(corpus: Corpus) -> NDArray[np.int64]:
    """Which fold each naturally drawn text belongs to; −1 for the others."""
    folds = np.full(len(corpus), -1)
    natural = np.flatnonzero(corpus.natural)
    folds[natural] = np.arange(len(natural)) % FOLDS
    return folds


def fit(
    material: Material, folded: Texts, left_out: NDArray[np.bool_], progress: Progress
) -> Model:
    """A model fitted to all texts but some (and those texts' copies), not yet calibrated."""
    corpus = material.corpus
    encoded = encode(folded, GRAMS)
    vocabulary = encoded.vocabulary()
    word_of = np.full(len(encoded.hashes), -1, np.int32)
    word_of[vocabulary] = np.arange(len(vocabulary))
    sources, source = np.unique(corpus.sources, return_inverse=True)
    shares = (corpus.targets * corpus.weights).sum(axis=0) / corpus.weights.sum(axis=0)
    shares = np.concatenate([shares, shares[: len(HEADS)]])
    bias = np.tile(np.log(shares / (1 - shares)), (len(sources), 1))
    parameters = Parameters.random(len(vocabulary), GRAMS + LEXICON_ROWS, DEPTH, FILTERS, bias)
    examples = Examples(
        encoded.first,
        encoded.kinds,
        word_of,
        encoded.row_first,
        encoded.rows,
        corpus.targets,
        corpus.weights,
        material.opinions,
        source,
    )
    squares, room = parameters.zeros(), room_for(parameters, LONGEST)
    chance = np.random.default_rng(11)
    rates = RATE * np.linspace(1, 0, PASSES * PARTS + 1)
    last: deque[Parameters] = deque(maxlen=AVERAGED)
    for number in range(PASSES * PARTS):
        if number % PARTS == 0:
            order = _order(material.origin, left_out[material.family], chance)
        part = np.array_split(order, PARTS)[number % PARTS]
        rates_now = (float(rates[number]), float(rates[number + 1]))
        loss = descend(part, examples, parameters, squares, room, rates_now, DROPS, number)
        progress(f"part {number + 1} of {PASSES * PARTS}: loss {loss:.4f}")
        last.append(parameters.copy())
    average = Parameters.mean(last)
    ordinary = int(np.searchsorted(sources, ORDINARY))
    heard = np.isfinite(material.opinions).any(axis=0)
    listened = np.where(heard, np.float32(LISTENED), np.float32(0))
    labelled = slice(material.labelled)
    learnt = ~left_out[material.family[labelled]]
    asked = np.flatnonzero(learnt & (corpus.sources[labelled] == ORDINARY))
    linear = fit_linear(encoded, vocabulary, asked, material.labels[asked] >= 0.5)
    alike = rows_alike(encoded.hashes[vocabulary])
    weights = export(encoded, vocabulary, GRAMS, average, ordinary, listened, linear, alike)
    return Model(weights, NAME, VERSION)


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
