"""Where the parts meet: fold → sentiment, toxicity, language → flag, with reasons and spans.

:class:`Scorer` is the only place that knows all parts. It turns a frame that has a ``text``
column into the same frame, row for row and in order, with the scored and flagged columns of
:mod:`moderation.columns` added. It holds no state between frames: a row comes out the same
whatever frame it came in with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import columns, language, normalise, sentiment
from moderation import policy as policies
from moderation.formats.frames import to_pandas
from moderation.policy import Policy
from moderation.scoring.explanation import Explanation
from moderation.scoring.reasons import reasons
from moderation.scoring.spans import Marker
from moderation.texts import Texts, arrow
from moderation.toxicity import Model

if TYPE_CHECKING:
    import pyarrow as pa

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
        import pyarrow as pa

        ruled = {bound.column for rule in self.policy.rules for bound in rule.bounds}
        asked = {"text", "state"} | ruled.intersection(columns.READ)
        made = self._judged({name: _to_arrow(frame[name]) for name in asked & set(frame.columns)})
        given = frame.rename(columns=_taken(frame.columns)).reset_index(drop=True)
        scored = pd.concat([given, to_pandas(pa.table(made))], axis=1)
        scored.attrs = given.attrs
        return scored

    def score_table(self, table: pa.Table) -> pa.Table:
        """The same for an Arrow table, as comments are read; faster.

        Example:
            >>> import pyarrow as pa
            >>> scored = Scorer.load().score_table(pa.table({"text": ["You utter idiot", None]}))
            >>> scored["action"].to_pylist()
            ['review', 'skip']
        """
        import pyarrow as pa

        given = dict(zip(table.column_names, map(_whole, table.columns), strict=True))
        made = self._judged(given)
        taken = _taken(given)
        return pa.table({taken.get(name, name): given[name] for name in given} | made)

    def explain(self, text: str) -> Explanation:
        """Why a single text scores as it does, with its marked words.

        Raises:
            TypeError: ``text`` is no string.
        """
        if not isinstance(text, str):
            raise TypeError(f"explain() takes a text, not {type(text).__name__}")
        row = self.score(pd.DataFrame({"text": pd.Series([text], dtype=object)})).iloc[0]
        return Explanation.of(text, row, self.policy, Marker(Texts.of([text]), self.model))

    def _judged(self, given: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        """The columns that are made of comments, of which all that the policy asks for is given."""
        import pyarrow as pa

        texts = Texts.of_arrow(given["text"])
        made = self._scored(texts)
        known = {**given, **made}
        decision = self.policy.decide(known, _nothing_to_judge(known))
        marker = Marker(texts, self.model, np.flatnonzero(decision.fired.any(axis=0)))
        made["action"] = decision.action
        made["priority"] = pa.array(np.round(decision.priority, 6))
        made["reasons"] = reasons(self.policy, decision, known, marker.mark)
        made["model"] = pa.repeat(self.model.identity, len(texts))
        made["policy"] = pa.repeat(self.policy.identity, len(texts))
        return made

    def _scored(self, texts: Texts) -> dict[str, pa.Array]:
        import pyarrow as pa

        folded = normalise.fold(texts)
        languages = language.codes(texts)
        errors = _errors(texts, languages)
        unscored = errors.is_valid().to_numpy(zero_copy_only=False)
        toxicity = np.round(self.model.score(folded.texts), 6)
        numbers = np.concatenate([sentiment.score(texts).T, toxicity.T])
        names = (*columns.SENTIMENT, *self.model.heads)
        made = {
            name: pa.array(values, mask=unscored)
            for name, values in zip(names, numbers, strict=True)
        }
        made["evasions"] = pa.array(folded.evasions, pa.int64())
        made["links"] = pa.array(folded.links, pa.int64())
        made["language"] = _named(language.LANGUAGES, languages)
        made["error"] = errors
        return made


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
        TypeError: It is one text, or not all are texts.
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
        if isinstance(comments, str | Mapping):
            raise TypeError(f"score() takes texts or a frame, not a {type(comments).__name__}")
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


def _to_arrow(column: pd.Series) -> pa.Array:
    """A column of a frame; of texts without lone surrogates."""
    import pyarrow as pa

    kind = columns.column(str(column.name)).kind
    if kind != "string" or pd.api.types.is_numeric_dtype(column.dtype):
        return _whole(pa.array(column, from_pandas=True))
    return arrow(column)


def _whole(column: Any) -> pa.Array:  # noqa: ANN401  # pyarrow has no types
    """A column in one piece."""
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column


def _taken(names: Iterable[str]) -> dict[str, str]:
    """New names for columns that are called as one that is made here."""
    made = {column.name for column in columns.COLUMNS if column.stage != "read"}
    return {name: f"input_{name}" for name in names if name in made}


def _nothing_to_judge(comments: Mapping[str, pa.Array]) -> NDArray[np.bool_]:
    """Rows with no text, and rows that the source says are decided."""
    import pyarrow as pa
    import pyarrow.compute as pc

    shares = [comments[name].to_numpy(zero_copy_only=False) for name in columns.SENTIMENT[1:]]
    nothing: NDArray[np.bool_] = np.add.reduce(shares) == 0  # of a text with a word they make 1
    if "state" in comments:
        decided = pc.is_in(comments["state"].cast(pa.string()), pa.array(DECIDED))
        nothing |= decided.to_numpy(zero_copy_only=False)
    return nothing


def _errors(texts: Texts, languages: NDArray[np.uint8]) -> pa.Array:
    """Why each text cannot be scored, or null."""
    import pyarrow.compute as pc

    errors = _named([language.unscorable(code) for code in language.LANGUAGES], languages)
    long = np.diff(texts.offsets) > SIZE_LIMIT
    return pc.if_else(long, f"longer than {SIZE_LIMIT:,} bytes", errors) if long.any() else errors


def _named(names: Sequence[str | None], codes: NDArray[np.uint8]) -> pa.Array:
    """Names by their numbers."""
    import pyarrow as pa

    return pa.array(names, pa.string()).take(pa.array(codes))
