"""Where the parts meet: fold → sentiment, toxicity, language → flag, with reasons and spans.

:class:`Scorer` is the only place that knows all parts. It turns a frame that has a ``text``
column into the same frame, row for row and in order, with the scored and flagged columns of
:mod:`moderation.columns` added. It holds no state between frames: a row comes out the same
whatever frame it came in with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import columns, language, normalise, sentiment
from moderation import policy as policies
from moderation.policy import Policy
from moderation.scoring.explanation import Explanation
from moderation.scoring.reasons import reasons
from moderation.scoring.spans import Marker
from moderation.texts import Texts, arrow
from moderation.toxicity import Model

__all__ = ["SIZE_LIMIT", "Explanation", "Scorer", "explain", "score"]

#: Bytes of UTF-8 beyond which a text is no comment and goes to review unscored.
SIZE_LIMIT = 1_000_000
#: States of a comment that somebody has already decided about.
DECIDED = ("deleted", "spam", "rejected")

Path_ = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model and a policy, ready to score.

    Example:
        >>> scorer = Scorer.load()
        >>> scored = scorer.score(pd.DataFrame({"text": ["What a lovely day", "You utter idiot"]}))
        >>> list(scored["action"])
        ['approve', 'review']
    """

    model: Model
    policy: Policy

    @classmethod
    def load(cls, policy: Path_ | None = None, model: Path_ | None = None) -> Scorer:
        """The shipped policy and model, or those in the named files.

        Raises:
            PolicyError: The policy cannot be read.
            ModelError: The weights are missing, damaged or of another version.
        """
        weights = None if model is None else Path(model)
        return cls(Model.load(weights), policies.load(policy))

    def score(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Score and flag comments.

        Args:
            frame: n rows with a ``text`` column of strings; a ``state`` column is heeded. A
                column that bears the name of one that is made here becomes ``input_<name>``.

        Returns:
            A new frame, n rows in the same order: the columns that came in, then the scored and
            flagged columns. Scores of a row with an ``error`` are missing.

        Raises:
            KeyError: There is no ``text`` column.
        """
        texts = Texts.of(frame["text"])
        result = _renamed(frame).assign(**self._scores(texts))
        decision = self.policy.decide(result, _nothing_to_judge(frame, texts))
        marker = Marker(texts, self.model, np.flatnonzero(decision.fired.any(axis=0)))
        column = reasons(self.policy, decision, result, marker.mark)
        made = {
            "action": decision.action,
            "priority": np.round(decision.priority, 6),
            "reasons": pd.array(column, dtype=columns.pandas_type("reasons")),
            "model": self.model.identity,
            "policy": self.policy.identity,
        }
        return result.assign(**{name: _typed(name, made[name], len(frame)) for name in made})

    def explain(self, text: str) -> Explanation:
        """Why a single text scores as it does, with its marked words.

        Raises:
            TypeError: ``text`` is no string.
        """
        if not isinstance(text, str):
            raise TypeError(f"explain() takes a text, not {type(text).__name__}")
        row = self.score(pd.DataFrame({"text": pd.Series([text], dtype=object)})).iloc[0]
        return Explanation.of(text, row, self.policy, Marker(Texts.of([text]), self.model))

    def _scores(self, texts: Texts) -> dict[str, Any]:
        folded = normalise.fold(texts)
        languages = language.identify(texts)
        errors = _errors(texts, languages)
        unscored = pd.notna(errors)
        numbers = np.hstack([sentiment.score(texts), np.round(self.model.score(folded.texts), 6)])
        numbers[unscored] = np.nan
        made: dict[str, Any] = dict(
            zip([*columns.SENTIMENT, *self.model.heads], numbers.T, strict=True)
        )
        made |= {"evasions": folded.evasions, "links": folded.links}
        made |= {"language": languages, "error": errors}
        return {name: _typed(name, values, len(texts)) for name, values in made.items()}


def score(
    comments: pd.DataFrame | pd.Series | Iterable[str],
    *,
    policy: Path_ | None = None,
    model: Path_ | None = None,
) -> pd.DataFrame:
    """Score and flag comments: a frame with a ``text`` column, or the texts alone.

    Args:
        comments: A frame as :func:`moderation.read` gives it, or n texts.
        policy: A policy file; the shipped one otherwise.
        model: Model weights; the shipped ones otherwise.

    Returns:
        n rows in the same order; scores 0…1 (sentiment −1…1), an action, a priority and reasons.

    Raises:
        PolicyError: The policy cannot be read.
        ModelError: The weights are missing, damaged or of another version.
        KeyError: The frame has no ``text`` column.

    Example:
        >>> import moderation
        >>> scored = moderation.score(["Thank you, well said.", "Shut up, you stupid liar."])
        >>> scored[["text", "action"]].values.tolist()
        [['Thank you, well said.', 'approve'], ['Shut up, you stupid liar.', 'review']]
    """
    if not isinstance(comments, pd.DataFrame):
        string = columns.pandas_type("string")
        comments = pd.DataFrame({"text": string.__from_arrow__(arrow(list(comments)))})
    return Scorer.load(policy, model).score(comments)


def explain(text: str, *, policy: Path_ | None = None, model: Path_ | None = None) -> Explanation:
    """Why a text scores as it does: scores, reasons in words, marked words.

    In a notebook the result shows the text with its words marked; printed, it is plain text.

    Raises:
        TypeError: ``text`` is no string.
        PolicyError: The policy cannot be read.
        ModelError: The weights are missing, damaged or of another version.

    Example:
        >>> import moderation
        >>> moderation.explain("You are an idiot.").action
        'review'
    """
    return Scorer.load(policy, model).explain(text)


def _typed(name: str, values: Any, rows: int) -> pd.Series:  # noqa: ANN401  # array or scalar
    """A column of the type that ``columns`` gives it."""
    index = pd.RangeIndex(rows)
    kind = columns.pandas_type(columns.column(name).kind)
    series: pd.Series = pd.Series(values, index, dtype=kind)
    return series


def _renamed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with room for the columns made here, numbered from 0."""
    made = {column.name for column in columns.COLUMNS if column.stage != "read"}
    taken: Mapping[str, str] = {n: f"input_{n}" for n in frame.columns if n in made}
    return frame.rename(columns=taken).reset_index(drop=True)


def _nothing_to_judge(frame: pd.DataFrame, texts: Texts) -> NDArray[np.bool_]:
    """Rows with no text, and rows that the source says are decided."""
    blank: NDArray[np.bool_] = np.diff(texts.offsets) == 0
    short = np.flatnonzero(~blank & (np.diff(texts.offsets) < SIZE_LIMIT))
    blank[short] = frame["text"].iloc[short].str.isspace().fillna(True).to_numpy(np.bool_)
    if "state" not in frame.columns:
        return blank
    blank |= frame["state"].isin(DECIDED).to_numpy(np.bool_)
    return blank


def _errors(texts: Texts, languages: Iterable[str]) -> NDArray[np.object_]:
    """Why each text cannot be scored, or None."""
    sizes = np.diff(texts.offsets)
    unscorable = {code: language.unscorable(code) for code in set(languages)}
    errors = np.array([unscorable[code] for code in languages], object)
    errors[sizes > SIZE_LIMIT] = f"longer than {SIZE_LIMIT:,} bytes"
    return errors
