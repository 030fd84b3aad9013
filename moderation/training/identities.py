"""Sentences of our own that teach the difference between naming a group and attacking it.

Labelled comments name groups mostly where they attack them, so a model learns that the name is
the attack. Here every group is named as often harmlessly as cruelly, some in the same frames, so
that only what is said of it tells. The groups are those of the evaluation's templates too, and so
are some of the adjectives; the comments with swapped groups share no wording with these.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.training.corpus import ORDINARY, QUESTIONS, Corpus


def _listed(words: str) -> tuple[str, ...]:
    """Terms of a list with commas, over several lines."""
    return tuple(" ".join(words.split()).split(", "))


GROUPS: dict[str, tuple[str, ...]] = {
    "orientation": _listed(
        """
        gay, lesbian, bisexual, queer, homosexual, heterosexual, straight, asexual,
        lgbt, lgbtq
        """
    ),
    "gender": _listed(
        """
        trans, transgender, nonbinary, cis, male, female, intersex
        """
    ),
    "origin": _listed(
        """
        black, white, asian, african, african american, european, hispanic, latino,
        latina, latinx, mexican, canadian, american, indian, chinese, japanese, korean,
        middle eastern, arab, pakistani, nigerian, somali, polish, russian, turkish,
        irish, italian, german, french, british, native american, aboriginal, brown
        """
    ),
    "religion": _listed(
        """
        muslim, jewish, christian, catholic, protestant, buddhist, hindu, sikh, taoist,
        atheist, mormon, evangelical
        """
    ),
    "ability": _listed(
        """
        blind, deaf, disabled, paralyzed, autistic, dyslexic, paraplegic
        """
    ),
    "age": _listed(
        """
        old, older, young, younger, elderly, teenage, millenial, middle aged
        """
    ),
    "standing": _listed(
        """
        immigrant, refugee, homeless, poor, rich, working class, republican, democrat,
        liberal, conservative
        """
    ),
}

_KIND = _listed(
    """
    kind, warm, clever, patient, generous, brilliant, polite, gentle, honest, funny, brave,
    thoughtful, decent, helpful, friendly, lovely, wonderful, great, good, smart, amazing,
    gracious, charming, happy, talented, sweet, nice, excellent, beautiful, fine, loyal,
    wise, caring, fantastic, respected, cheerful, tidy, neat, calm, humble
    """
)
_PLAIN = _listed(
    """
    tall, quiet, busy, tired, retired, new, local, curious, nervous, hungry, famous,
    married, early, late, serious, ordinary, careful, shy, lonely, bored, sick, worried
    """
)
_CRUEL = _listed(
    """
    stupid, disgusting, filthy, worthless, pathetic, vile, moronic, idiotic, ugly, dirty,
    nasty, repulsive, rotten, awful, horrible, terrible, evil, revolting, dumb, sick,
    shitty, fucking, sleazy, despicable, wretched, lousy, gross, subhuman, loathsome, foul,
    imbecilic, brainless, detestable, crappy, damned, retarded, hideous, useless, smelly,
    cowardly
    """
)
_PEOPLE = _listed(
    """
    person, man, woman, people, guy, lady, folks, couple, family, neighbour, teacher,
    doctor, nurse, writer, programmer, driver, plumber, singer, lawyer, student, actor,
    farmer, banker, colleague, friend
    """
)

_NAMING = (
    "my {people} next door, who happens to be {group}, brought us soup",
    "as a {group} reader I disagree with this column",
    "speaking as a proud {group} {people} i found the article fair",
    "there are three {group} teachers at our school",
    "she came out as {group} last spring and her parents were fine with it",
    "the {group} community centre opens on Monday",
    "we are {group} and we vote",
    "he told me that he is {group}",
    "both of my cousins are {group} and {other}",
    "the law treats {group} and {other} citizens alike",
    "growing up {group} in a small town was not easy",
    "is the new mayor {group}?",
    "{group} people deserve the same rights as anyone",
    "stop attacking {group} families, they did nothing to you",
    "nobody should be hated because they are {group}",
    "my {adjective} friend, a {group} {people}, wrote this",
    "the {group} {people} was {adjective}",
    "to be {group} and {other} is {adjective}",
    "you sound like a {adjective} {group} {people}",
    "she is such a {adjective} {group} {people}",
    "what a {adjective} {group} {people}",
    "you seem a {adjective} {people}",
    "hello all, i am {group} and new to this forum",
    "i happen to be a {group} {other} {people} from leeds",
    "i like {group} people",
    "i love my {group} {people}",
)
OF_TWO = (
    "the author, a {group} {other} {people}, reads at the library on friday",
    "our new coach, {group} and {other}, has a whistle and no mercy",
    "she married a {group} {other} {people} last june",
    "a {group} {other} {people} won the by-election",
    "{group} and {other} neighbours cleared the snow together",
    "the exhibition shows letters of {group} {other} soldiers",
    "there is nothing wrong with a {people} who is {group} and {other}",
)
"""Naming two groups at once: what was seldom among the others, and drawn after them."""
_ATTACKING = (
    "the {group} {people} was {adjective}",
    "to be {group} and {other} is {adjective}",
    "you sound like a {adjective} {group} {people}",
    "she is such a {adjective} {group} {people}",
    "what a {adjective} {group} {people}",
    "you seem a {adjective} {people}",
    "{group} people are {adjective}",
    "all {group} people are {adjective} and should leave",
    "we do not want your {adjective} {group} kind here",
    "i can't stand {group} people",
    "i really hate those {group} {other} people",
    "i have always hated {group} folk",
    "hating {group} people is only natural",
    "get these {adjective} {group} vermin out of our country",
    "kick every {group} {people} out",
    "another {adjective} {group} {people} ruining everything",
    "no {group} {people} can be trusted, they are all {adjective}",
    "being around {group} people makes me sick",
)
_KIND_OF_ATTACK = {"toxicity": 1.0, "insult": 0.8, "identity_attack": 0.8}


_EVERYDAY = _listed("straight, old, older, young, younger, poor, rich, blind, male, female, brown")
"""Words that mean a group only now and then."""
_NOUNS = {"religion": ("jew",), "origin": ("turk",)}
"""Nouns beside the adjectives of GROUPS; the sentences above would not read well with them."""
_NAMES = {
    kind: [term for term in (*terms, *_NOUNS.get(kind, ())) if term not in _EVERYDAY]
    for kind, terms in GROUPS.items()
}
_LONGEST = 1000
"""Characters of a comment worth copying."""


def sentences(count: int, chance: np.random.Generator, naming: tuple[str, ...] = _NAMING) -> Corpus:
    """As many sentences that name a group as that attack one, ``count`` in all.

    Frames for the former are ``naming``.
    """
    terms = [term for words in GROUPS.values() for term in words]
    texts = []
    attacks = np.arange(count) % 2 == 1
    for attack in attacks:
        frames, adjectives = (
            (_ATTACKING, _CRUEL) if attack else (naming, _KIND if chance.random() < 0.7 else _PLAIN)
        )
        group, other = chance.choice(terms, 2, replace=False)
        frame = frames[chance.integers(len(frames))]
        texts.append(
            frame.format(
                group=group,
                other=other,
                adjective=chance.choice(adjectives),
                people=chance.choice(_PEOPLE),
            )
        )
    targets = np.zeros((count, len(QUESTIONS)), np.float32)
    weights = np.zeros_like(targets)
    for head in ("toxicity", "identity_attack", "insult"):
        column = HEADS.index(head)
        targets[attacks, column] = _KIND_OF_ATTACK[head]
        weights[:, column] = 1.0
    return Corpus(texts, targets, weights, np.full(count, ORDINARY), np.zeros(count, bool))


def names() -> list[tuple[str, ...]]:
    """Single words that name groups, those of one kind together, plurals by themselves."""
    kinds = ([term for term in terms if " " not in term] for terms in _NAMES.values())
    return [tuple(term + plural for term in terms) for terms in kinds for plural in ("", "s")]


def exchanged(
    corpus: Corpus, count: int, chance: np.random.Generator
) -> tuple[NDArray[np.int64], Corpus]:
    """Copies of comments with the groups that they name exchanged for others of the same kind.

    Up to ``count`` of them, with the rows whose copies they are.
    """
    kind_of = {term: kind for kind, terms in _NAMES.items() for term in terms}
    named = re.compile(r"\b(" + "|".join(sorted(kind_of, key=len, reverse=True)) + r")(?=s?\b)")

    def other(match: re.Match[str]) -> str:
        return str(chance.choice(GROUPS[kind_of[match[1]]]))

    lowered = [text.lower() if len(text) < _LONGEST else "" for text in corpus.texts]
    rows = np.array([row for row, text in enumerate(lowered) if named.search(text)])
    rows = np.sort(chance.choice(rows, min(count, len(rows)), replace=False))
    return rows, corpus.taken(rows, [named.sub(other, lowered[row]) for row in rows])
