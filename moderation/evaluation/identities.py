"""Does naming a group change the score? Measured on templates and on real comments.

The templates name every group in the same harmless and harmful sentences. In real comments every
identity word is swapped for each other one: the comment's label stays what it was, so the score
should too (counterfactual token fairness, Garg et al. 2019, arXiv 1809.10610).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.bench import Bench, judged
from moderation.evaluation.bootstrap import Array, Figure, figure, interval
from moderation.evaluation.metrics import group_aucs, share

TEMPLATES = "identity_templates_dev"
REAL = "jigsaw_natural_dev"
KINDS = ("subgroup", "bpsn", "bnsp")
FLAG = 0.5
"""Toxicity from which a comment counts as flagged where no policy is asked."""

IDENTITIES: tuple[tuple[str, str], ...] = (
    ("African", "Africans"),
    ("American", "Americans"),
    ("Arab", "Arabs"),
    ("Asian", "Asians"),
    ("atheist", "atheists"),
    ("bisexual", "bisexuals"),
    ("black", "blacks"),
    ("blind", "blind people"),
    ("Buddhist", "Buddhists"),
    ("Catholic", "Catholics"),
    ("Chinese", "Chinese people"),
    ("Christian", "Christians"),
    ("deaf", "deaf people"),
    ("disabled", "disabled people"),
    ("European", "Europeans"),
    ("female", "women"),
    ("gay", "gays"),
    ("heterosexual", "heterosexuals"),
    ("Hindu", "Hindus"),
    ("homosexual", "homosexuals"),
    ("immigrant", "immigrants"),
    ("Indian", "Indians"),
    ("Jewish", "Jews"),
    ("Latino", "Latinos"),
    ("lesbian", "lesbians"),
    ("male", "men"),
    ("Mexican", "Mexicans"),
    ("Muslim", "Muslims"),
    ("Protestant", "Protestants"),
    ("Sikh", "Sikhs"),
    ("transgender", "transgender people"),
    ("white", "whites"),
)
"""Words that name a group of people: beside a noun, and for several of them."""

_FORMS = {form.lower(): place for pair in IDENTITIES for place, form in enumerate(pair)}
_IDENTITY = re.compile(rf"\b({'|'.join(sorted(_FORMS, key=len, reverse=True))})\b", re.IGNORECASE)


def named(text: str) -> bool:
    """Whether a text names one of :data:`IDENTITIES`.

    Example:
        >>> named("Two WOMEN and a dog"), named("Menus")
        (True, False)
    """
    return _IDENTITY.search(text) is not None


def swapped(text: str, identity: tuple[str, str]) -> str:
    """The text with every identity word swapped for one identity, its case and number kept.

    Example:
        >>> swapped("Most jews and WHITE men agree.", ("gay", "gays"))
        'Most gays and GAY gays agree.'
    """

    def swap(match: re.Match[str]) -> str:
        old = match[0]
        new = identity[_FORMS[old.lower()]]
        if old.isupper():
            return new.upper()
        return new[0].upper() + new[1:] if old[0].isupper() else new

    return _IDENTITY.sub(swap, text)


@dataclass(frozen=True, slots=True)
class Fairness:
    """The three AUCs of :func:`moderation.evaluation.metrics.group_aucs` over all groups.

    Attributes:
        mean: One figure for each of :data:`KINDS`: the mean over groups.
        worst: The same for the lowest group, which the note names; the interval is that group's.
    """

    mean: tuple[Figure, ...]
    worst: tuple[Figure, ...]

    @classmethod
    def of(
        cls,
        scores: Array,
        positive: NDArray[np.bool_],
        groups: NDArray[np.bool_],
        names: Sequence[str],
        unit: NDArray[np.int64],
    ) -> Fairness:
        """Measure n scored items of g groups.

        Args:
            scores: float64[n].
            positive: bool[n].
            groups: bool[n, g].
            names: g names.
            unit: int64[n], which items are variants of one text and are drawn together.
        """
        each = group_aucs(scores, positive, groups, np.ones((1, len(scores))))[0]
        lowest = each.argmin(axis=1)

        def summary(weights: Array) -> Array:
            aucs = group_aucs(scores, positive, groups, weights[:, unit])
            return np.concatenate([aucs.mean(axis=2), aucs[:, np.arange(len(KINDS)), lowest]], 1)

        units = int(unit.max()) + 1
        found = [
            Figure(float(value), float(low), float(high), units)
            for value, low, high in zip(*interval(summary, units), strict=True)
        ]
        detail = [dict(zip(names, row.tolist(), strict=True)) for row in each]
        mean, worst = found[: len(KINDS)], found[len(KINDS) :]
        return cls(
            tuple(replace(f, detail=d) for f, d in zip(mean, detail, strict=True)),
            tuple(replace(f, note=names[g]) for f, g in zip(worst, lowest, strict=True)),
        )


def templates(bench: Bench) -> Fairness:
    """The AUCs on the templates; the groups are those that ``I am …`` names."""
    names, groups = bench.once(_named)
    scores = bench.head(TEMPLATES, "toxicity", "phrase")
    return Fairness.of(scores, ~_harmless(bench), groups, names, np.arange(len(scores)))


def harmless_sent(bench: Bench) -> Figure:
    """Share of the harmless templates that the default policy sends to a person, by any head.

    The note names the group that it sends most often.
    """
    names, groups = bench.once(_named)
    harmless, sent = _harmless(bench), bench.flags(TEMPLATES, "phrase")
    each = (groups[harmless & sent].sum(axis=0) / groups[harmless].sum(axis=0)).tolist()
    most = int(np.argmax(each))
    note, detail = f"{names[most]} {each[most]:.3f}", dict(zip(names, each, strict=True))
    return figure(partial(share, sent[harmless]), int(harmless.sum()), note, detail)


def _harmless(bench: Bench) -> NDArray[np.bool_]:
    """Which templates are labelled as harmless."""
    return (bench.frame(TEMPLATES)["toxicity"] == "nontoxic").to_numpy()


def _named(bench: Bench) -> tuple[list[str], NDArray[np.bool_]]:
    """The groups of the templates, and which template names which, [n, groups]."""
    frame = bench.frame(TEMPLATES)
    phrases = [phrase.lower() for phrase in bench.column(TEMPLATES, "phrase")]
    own = np.flatnonzero(frame["template"] == "am_identity")
    names = sorted(phrases[row].removeprefix("i am ") for row in own)
    pattern = re.compile(rf"\b({'|'.join(sorted(names, key=len, reverse=True))})\b")
    place = {name: g for g, name in enumerate(names)}
    groups = np.zeros((len(phrases), len(names)), bool)
    for row, phrase in enumerate(phrases):
        groups[row, [place[name] for name in pattern.findall(phrase)]] = True
    return names, groups


@dataclass(frozen=True, slots=True)
class Swaps:
    """Real comments and what became of them: n comments by k identities.

    Attributes:
        original: float64[n], toxicity as written.
        swapped: float64[n, k], toxicity with every identity word swapped for one identity.
        toxic: bool[n], the label, which a swap leaves alone.
        plain: float64[m], toxicity of the comments that name no identity.
        plain_toxic: bool[m].
    """

    original: Array
    swapped: Array
    toxic: NDArray[np.bool_]
    plain: Array
    plain_toxic: NDArray[np.bool_]


def swaps(bench: Bench) -> Swaps:
    """Score every comment with every identity.

    Comments labelled as attacks on an identity are left out: their label may hang on the word.
    """
    texts = bench.column(REAL)
    names = np.array([named(text) for text in texts])
    attack, toxic = bench.label(REAL, "identity_attack"), bench.label(REAL, "toxicity")
    chosen = names & ~attack
    here = [text for text, wanted in zip(texts, chosen, strict=True) if wanted]
    variants = [swapped(text, identity) for text in here for identity in IDENTITIES]
    scores = bench.head(REAL, "toxicity")
    return Swaps(
        scores[chosen],
        judged(bench.subject.score(variants)["toxicity"]).reshape(len(here), len(IDENTITIES)),
        toxic[chosen],
        scores[~names],
        toxic[~names],
    )


def swapped_fairness(bench: Bench) -> Fairness:
    """The AUCs on swapped comments among comments that name nobody."""
    found = bench.once(swaps)
    count, width = found.swapped.shape
    groups = np.zeros((count * width + len(found.plain), width), bool)
    groups[np.arange(count * width), np.tile(np.arange(width), count)] = True
    unit = np.concatenate([np.repeat(np.arange(count), width), count + np.arange(len(found.plain))])
    return Fairness.of(
        np.concatenate([found.swapped.ravel(), found.plain]),
        np.concatenate([np.repeat(found.toxic, width), found.plain_toxic]),
        groups,
        [pair[0] for pair in IDENTITIES],
        unit,
    )


def swap_change(bench: Bench) -> Figure:
    """How far, on average, the toxicity of a harmless comment moves when the group changes.

    The note names the identity with which harmless comments score highest.
    """
    found = bench.once(swaps)
    harmless = found.swapped[~found.toxic]
    highest = IDENTITIES[int(harmless.mean(axis=0).argmax())][0]
    moved = np.abs(harmless - found.original[~found.toxic, None]).mean(axis=1)
    return figure(partial(share, moved), len(moved), f"highest with {highest}")


def swap_flips(bench: Bench) -> Figure:
    """Share of swaps that carry a harmless comment over :data:`FLAG`, either way."""
    found = bench.once(swaps)
    flipped = (found.swapped >= FLAG) != (found.original >= FLAG)[:, None]
    each = flipped[~found.toxic].mean(axis=1)
    return figure(partial(share, each), len(each))
