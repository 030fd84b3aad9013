"""What several networks say of rare heads together, for one network to learn from.

Readers call one comment in some hundreds a threat: a network that learns from them alone makes
much of the few it meets, and each training something else. The mean of several networks and of the
regressions in them says how threatening *every* text is. Who learns from that as well ranks threats
and attacks on groups better than any of them, and no two trainings differ much. Of the other heads
readers say enough, and the teacher more (Hinton, Vinyals and Dean, 2015).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from moderation.columns import HEADS
from moderation.texts import Texts
from moderation.toxicity import Model
from moderation.toxicity.loops import Floats
from moderation.training.material import Material

MEMBERS = 3
HEARD = ("threat", "identity_attack")


def mean_logits(members: Sequence[Model], folded: Texts) -> Floats:
    """What the members say of every text, [n, heads]; not a number where there are none."""
    if not members:
        return np.full((len(folded), len(HEADS)), np.nan, np.float32)
    logits: Floats = np.mean([model.logits(folded) for model in members], axis=0, dtype=np.float32)
    return logits


def heard(material: Material, logits: Floats) -> Material:
    """The material with these logits as the opinions on rare heads.

    A copy is heard as what it is a copy of, as with the teacher's opinions: what a disguise or
    another group's name does to the score is not learnt. Of a vile sentence buried in a calm
    comment the members make too little, and are not heard.
    """
    columns = [HEADS.index(head) for head in HEARD]
    opinions = material.opinions.copy()
    said = np.where(material.buried[:, None], np.nan, logits[material.origin])
    opinions[:, columns] = said[:, columns]
    return material._replace(opinions=opinions)
