"""The bench on which a model is measured: it reads each file once and scores each text once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation.columns import FLAGGED
from moderation.evaluation.holdout import load_set

Result = TypeVar("Result")

REFUSED = 0.5
"""Where a text without a score stands: in the middle, as in the queue."""


class Subject(Protocol):
    """What is measured: a model together with the policy that reads its scores."""

    @property
    def model(self) -> str:
        """Name, version and digest of the model."""

    @property
    def size(self) -> int:
        """Bytes that its weights take in the wheel."""

    def score(self, texts: list[str]) -> pd.DataFrame:
        """Calibrated scores, 0…1: n rows, a column for each head; NaN where it will not judge."""

    def heads(self, texts: list[str]) -> object:
        """The six scores alone, as fast as it goes: what the speed is measured on."""

    def mark(self, texts: list[str], head: str) -> Sequence[Sequence[tuple[int, int]]]:
        """Spans [begin, end) of code points that a head's score rests on, for each text."""

    def act(self, texts: list[str]) -> Sequence[str]:
        """The default policy's action on each text."""

    def languages(self, texts: list[str]) -> Sequence[str]:
        """Language of each text (ISO 639-1), ``und`` where it is too short to tell."""


@dataclass(frozen=True)
class Bench:
    """A subject, the folder of labelled data, and what was already read and scored."""

    subject: Subject
    data: Path
    _known: dict[object, Any] = field(default_factory=dict, repr=False)

    def once(self, make: Callable[[Bench], Result], key: object = None) -> Result:
        """What ``make`` returns, made at the first call only."""
        name = make if key is None else key
        if name not in self._known:
            self._known[name] = make(self)
        return cast(Result, self._known[name])

    def frame(self, name: str) -> pd.DataFrame:
        """One labelled file.

        Raises:
            InputError: The file is not there.
        """
        return self.once(lambda bench: load_set(bench.data, name), ("frame", name))

    def column(self, name: str, column: str = "text") -> list[str]:
        """A column of texts; a missing one is empty."""
        return [str(text) for text in self.frame(name)[column].fillna("")]

    def scores(self, name: str, column: str = "text") -> pd.DataFrame:
        """Scores of a column of texts, NaN where the subject will not judge."""
        key = ("scores", name, column)
        return self.once(lambda bench: bench.subject.score(bench.column(name, column)), key)

    def head(self, name: str, head: str, column: str = "text") -> NDArray[np.float64]:
        """One head's scores of a column of texts, :data:`REFUSED` where there is none."""
        return judged(self.scores(name, column)[head])

    def flags(self, name: str, column: str = "text") -> NDArray[np.bool_]:
        """Which texts of a column the default policy sends to a person."""
        key = ("flags", name, column)
        return self.once(lambda bench: bench.sent(bench.column(name, column)), key)

    def sent(self, texts: list[str]) -> NDArray[np.bool_]:
        """Which texts the default policy sends to a person."""
        return np.isin(np.asarray(self.subject.act(texts), dtype=object), FLAGGED)

    def label(self, name: str, label: str) -> NDArray[np.bool_]:
        """A column of 0 and 1 as flags."""
        return self.frame(name)[label].to_numpy(np.float64) >= 0.5


def judged(scores: pd.Series) -> NDArray[np.float64]:
    """Scores as an array, :data:`REFUSED` where there is none."""
    filled: NDArray[np.float64] = np.nan_to_num(scores.to_numpy(np.float64), nan=REFUSED)
    return filled
