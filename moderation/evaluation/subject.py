"""The shipped model and default policy, as something that can be measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from moderation import columns, language, normalise
from moderation.scoring import Scorer
from moderation.scoring.spans import Marker
from moderation.texts import Texts

PACKAGED = Path(__file__).parent.parent / "assets" / "model"


@dataclass(frozen=True, slots=True)
class Shipped:
    """Measures what a user gets: everything goes through :class:`moderation.scoring.Scorer`.

    Only :meth:`heads` is less than that: folding and the six scores, for the speed.

    Attributes:
        scorer: The model and the policy.
        size: Bytes of the model's folder.
    """

    scorer: Scorer
    size: int

    @classmethod
    def load(cls, model: Path | None = None) -> Shipped:
        """The shipped model, or one in another folder, under the shipped policy.

        Raises:
            ModelError: The weights are missing, damaged or of another version.
        """
        scorer = Scorer.load(model=model)
        folder = PACKAGED if model is None else model
        return cls(scorer, sum(file.stat().st_size for file in folder.iterdir()))

    @property
    def model(self) -> str:
        """Name, version and digest of the model."""
        return self.scorer.model.identity

    def score(self, texts: list[str]) -> pd.DataFrame:
        """Calibrated scores, 0…1, a column for each head; NaN where a text has an error."""
        return self._scored(texts)[list(columns.HEADS)]

    def heads(self, texts: list[str]) -> object:
        """The six scores alone."""
        return self.scorer.model.score(normalise.fold(Texts.of(texts)).texts)

    def mark(self, texts: list[str], head: str) -> Sequence[Sequence[tuple[int, int]]]:
        """Spans of code points that carry a head's score."""
        marker = Marker(Texts.of(texts), self.scorer.model)
        spans = marker.head(head, np.arange(len(texts)))
        return [spans.of(row) for row in range(len(texts))]

    def act(self, texts: list[str]) -> Sequence[str]:
        """What the policy does with each."""
        return [str(action) for action in self._scored(texts)["action"]]

    def languages(self, texts: list[str]) -> Sequence[str]:
        """Language of each."""
        return [str(code) for code in language.identify(Texts.of(texts))]

    def _scored(self, texts: list[str]) -> pd.DataFrame:
        text = pd.array(texts, dtype=columns.pandas_type("string"))
        return self.scorer.score(pd.DataFrame({"text": text}))
