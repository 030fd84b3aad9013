"""Writes the model's card: every figure of its tables is measured while it is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.columns import HEADS
from moderation.evaluation import metrics
from moderation.normalise import fold
from moderation.texts import Texts
from moderation.toxicity import Model
from moderation.training.export import COMMON
from moderation.training.linear import SHARE
from moderation.training.material import Material

_HARMLESS = (
    ("naming a group", "I am a gay man and I liked this article."),
    ("swearing in joy", "Hell yes, that was a damn good match!"),
    ("abuse quoted to condemn it", 'Calling her a "stupid cow" is exactly what is wrong here.'),
    ("hate denied", "Nobody here hates immigrants."),
    ("dialect", "she aint even do nothin wrong, my boy just trippin"),
    ("a group named by a noun", "My neighbour is a Jew."),
    ("a rude word that is a name", "Moby Dick is a long book about a whale."),
    ("a word again and again", " ".join(["ha"] * 20)),
    ("a chant", " ".join(["come on you reds"] * 8)),
)
_HARMFUL = (
    ("a plain insult", "You are an idiot."),
    ("a threat with a misspelt word", "Sombody shuld brake his legs, the crook."),
    (
        "one vile sentence among calm ones",
        "The council met on Monday and discussed the budget for the new library. " * 2
        + "You are a disgusting worthless piece of shit. "
        + "The council met on Monday and discussed the budget for the new library. " * 2,
    ),
    ("sarcasm", "Oh brilliant, another genius who failed primary school."),
    ("implicit hate", "Funny how the crime always moves in with certain families."),
    ("a surname misspelt into a slur", "Mr Spicer? Mr Spic-er, more like. Back over the river."),
)

_HEAD = """# {identity}

Six scores for an English comment, each the share of readers who would call it so. Made on {day}
by `moderation train{options}`. SHA-256 of the weights: `{digest}`.

**For** ordering a queue that people read, and for research. **Not for** removing comments without a
person, for judging a person rather than a text, or for languages other than English.

**What it is.** Each word is a vector of {depth} numbers, from a vocabulary of {words:,} or, when
unknown, from its letter groups; {filters} filters look at three words at a time and keep their
highest value, and every word adds a little of its own. Learnt from {texts:,} comments, sentences,
posts, pieces of comments with a transformer's opinion on them, copies that are misspelt or have
another rude word of the lexicon, and what was written for it: sentences about groups, threats,
comments whose words harm somebody or nobody, and vile sentences amid calm ones. Of {rated:,} of
them it learnt how a careful reader, a large language model with a written guide, rated them on a
scale. What is rare, threats and attacks on groups, it learnt from what several networks made of
every text as well. To {linear:.0%} a logit is that of a plain regression on words, fitted to
readers' labels alone. {common:.0%} of a group's name is what the names of its kind have in common.
A phrase of the lexicon that is hardly ever anything but a threat adds {spoken:.1f} to that
score's logit.

**Data and licences.** Jigsaw Toxic Comment 2018 (labels CC0, texts CC BY-SA 3.0), Civil Comments
and SemEval-2021 task 5 (CC0), Davidson's tweets and HateXplain (MIT), HatemojiBuild (CC BY 4.0),
the Stormfront sentences (CC BY-SA 3.0 ES), ParaDetox (CC0), benign sentences of Wikipedia
(Apache-2.0); opinions of all-MiniLM-L6-v2 (Apache-2.0), fine-tuned on these. What each is asked
stands in `data/training.md`, how texts were rated in `data/ratings.md`. No text of them is in this
package, and none of an evaluation set was learnt from.

## Calibration and separation
Measured on {natural:,} Wikipedia talk comments at natural prevalence, each scored by a network
that was fitted without it, brought to the level of this one. Expected calibration error over {bins}
bins of equal size.

| head | positive | ROC-AUC | Brier skill over the base rate | calibration error |
|---|---|---|---|---|
"""

_LIMITS = """
## Where it fails
Single sentences show the kind of fault, not how frequent it is; `moderation evaluate` measures
that. Scores are toxicity, 0…1.

| harmless | text | score |
|---|---|---|
{harmless}

| harmful | text | score |
|---|---|---|
{harmful}

- **Implicit hate and sarcasm** carry no rude word, and it reads words: expect low scores.
- **A surname misspelt into a slur** is seen only where the slur stands as a word of its own. On the
  real page that the tests read, a reader spells a politician's name as one that marks an ethnic
  group and says not one rude word: it is approved, because to the model the word is a name like
  any other.
- **A long comment** dilutes what one of its sentences says: filters keep their highest value,
  averages do not. Of the short toxic comments that reach 0.5 alone, only a third does between two
  calm ones (`moderation evaluate`).
- **Names of groups**: some kind sentences that only name a group come before a person too, most
  often those about gay people (`moderation evaluate`, harmless templates).
- **Rude words with another sense**: names ("Dick"), animals and illnesses are often taken for abuse
  all the same, above all in a comment of two or three words.
- **Rude words of the lexicon**: thrown at somebody in a sentence, two in five are let through, mild
  and sexual ones above all (`moderation evaluate`).
- **Disguise**: what is misspelt into another word is not seen. Of the toxic sentences of a set of
  disguises made by hand, a third slips through (`moderation evaluate`).
- **Repetition**: a word said again at once counts once, but several words said again and again in
  turn, as in a chant, add up, even harmless ones, and then no word is marked.
- **Readers elsewhere**: scores are calibrated by Wikipedia's. Among news comments chosen as likely
  toxic, readers agree less than the scores say, at both ends (`docs/reliability.svg`).
- **Context** is not read: a reply is judged without what it answers.
- **Dialect**: the tweets it learnt from call much African-American English offensive. They have a
  question of their own in training, so that their habit is not the answer of the six heads; what
  remains of it has not been measured for want of labelled dialect.
- **Labels** are the opinion of paid readers of Wikipedia talk pages and news sites, 2004–2018.
"""


def write_card(
    model: Model,
    material: Material,
    logits: NDArray[np.float64],
    natural: NDArray[np.float32],
    out: Path,
    options: str,
) -> None:
    """Write ``card.md`` beside the weights.

    Args:
        model: As saved.
        material: What it learnt from.
        logits: [n, heads] of the natural comments, by networks that had not seen them, at this
                one's level.
        natural: [n, heads] their labels.
        out: Folder of the weights.
        options: What `moderation train` was told beside where the files are.
    """
    head = _HEAD.format(
        identity=model.identity,
        options=options,
        day=date.today(),
        digest=model.digest,
        depth=model.weights.words.shape[1],
        words=len(model.weights.words),
        filters=len(model.weights.thresholds),
        spoken=model.weights.spoken.max(),
        linear=SHARE,
        common=COMMON,
        texts=len(material.corpus),
        rated=_rated(material),
        natural=len(natural),
        bins=metrics.BINS,
    )
    rows = _measured(model.calibrated(logits), natural)
    limits = _LIMITS.format(harmless=_scored(model, _HARMLESS), harmful=_scored(model, _HARMFUL))
    (out / "card.md").write_text(head + "\n".join(rows) + "\n" + limits, encoding="utf-8")


def _rated(material: Material) -> int:
    """Different texts that were rated themselves, not as copies nor for a sentence in them."""
    own = (material.origin == np.arange(len(material.origin))) & ~material.buried
    rated = np.flatnonzero(own & np.isfinite(material.ratings).any(axis=1))
    return len({material.corpus.texts[row] for row in rated})


def _measured(scores: NDArray[np.float64], labels: NDArray[np.float32]) -> list[str]:
    """One row of the table for each head."""
    asked = (metrics.auc, metrics.brier_skill, metrics.calibration_error)
    once = np.ones((1, len(scores)))
    rows = []
    for column, head in enumerate(HEADS):
        score, positive = scores[:, column], labels[:, column] > 0.5
        auc, skill, error = (float(figure(score, positive, once)[0]) for figure in asked)
        rows.append(f"| {head} | {positive.mean():.2%} | {auc:.3f} | {skill:.2f} | {error:.4f} |")
    return rows


def _scored(model: Model, examples: tuple[tuple[str, str], ...]) -> str:
    """Rows of what a text is an example of, the text, and its toxicity."""
    scores = model.score(fold(Texts.of([text for _, text in examples])).texts)[:, 0]
    return "\n".join(
        f"| {what} | {text} | {score:.2f} |"
        for (what, text), score in zip(examples, scores, strict=True)
    )
