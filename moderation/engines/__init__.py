"""The same scoring on an engine for more than one machine: :mod:`.spark` and :mod:`.dask`.

An engine reads, splits, retries and writes; what happens to each piece is :func:`scored`, an
``Iterator[DataFrame] → Iterator[DataFrame]``, and equals what one machine makes of the same rows.
The comments need a ``comment_id`` and a ``text``; a folder of Parquet without the former gets
``<file name>:<row number>``, counted from 0. Rows are judged one by one, so any split will do; a
signal over a whole thread would need the rows of a thread together first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import pandas as pd

from moderation import columns
from moderation.errors import ColumnError, ModerationError
from moderation.scoring import Scorer

if TYPE_CHECKING:
    import pyarrow as pa

Frame = TypeVar("Frame")


class Engine(ABC, Generic[Frame]):
    """What every engine does alike, and what each does in its own way."""

    def score(
        self,
        comments: Frame | str,
        *,
        text_column: str = "text",
        policy: str | PathLike[str] | None = None,
        model: str | PathLike[str] | None = None,
    ) -> Frame:
        """Score and flag comments; nothing runs until the result is written, shown or computed.

        Args:
            comments: A frame of the engine with ``comment_id`` and ``text``, or the folder or glob
                of Parquet files, where a missing ``comment_id`` is made from file name and row
                number.
            text_column: The column that holds the text; it comes out as ``text``, and another
                that was called so as ``input_text``.
            policy: A policy file on this machine; the shipped one otherwise.
            model: Model weights on this machine; the shipped ones otherwise.

        Returns:
            The same rows with the scored and flagged columns.

        Raises:
            ModerationError: The engine is not installed.
            ColumnError: A needed column is missing.
            InputError: No Parquet file is there.
        """
        frame = self.read(comments) if isinstance(comments, str) else comments
        _check(self.names(frame), text_column)
        if text_column != "text":
            frame = self.renamed(self.renamed(frame, "text", "input_text"), text_column, "text")
        return self.mapped(frame, Scorer.load(policy, model))

    @abstractmethod
    def read(self, path: str) -> Frame:
        """A folder or glob of Parquet, with ids."""

    @abstractmethod
    def names(self, frame: Frame) -> Sequence[str]:
        """What the columns of a frame are called."""

    @abstractmethod
    def renamed(self, frame: Frame, old: str, new: str) -> Frame:
        """The frame with another name for one column."""

    @abstractmethod
    def mapped(self, frame: Frame, scorer: Scorer) -> Frame:
        """:func:`scored` on all pieces of a frame."""

    @abstractmethod
    def save(self, scored: Frame, out: str | PathLike[str]) -> None:
        """Write a new folder of Parquet.

        Raises:
            ModerationError: The folder is already there.
        """


def scored(scorer: Scorer, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Score frames as an engine hands them over, whatever pandas types it gives to strings.

    Example:
        >>> frames = [pd.DataFrame({"comment_id": ["1", "2"], "text": ["You idiot", None]})]
        >>> [frame["action"].tolist() for frame in scored(Scorer.load(), frames)]
        [['review', 'skip']]
    """
    for frame in frames:
        texts = frame["text"].astype(columns.pandas_type("string"))
        yield scorer.score(frame.assign(text=texts))


def made() -> pa.Schema:
    """The columns that scoring adds."""
    import pyarrow as pa

    added = [column for column in columns.COLUMNS if column.stage != "read"]
    return pa.schema([(column.name, columns.arrow_type(column.kind)) for column in added])


def vacant(out: str | PathLike[str]) -> str:
    """The output folder, which must not exist.

    Raises:
        ModerationError: It does.
    """
    if Path(out).exists():
        raise ModerationError("is already there", path=out, mend="name a new folder with -o")
    return fspath(out)


def missing(package: str, extra: str) -> ModerationError:
    """What to say where an engine is not installed."""
    mend = f"pip install '.[{extra}]' in a checkout"
    return ModerationError(f"{package} is not installed", mend=mend)


def _check(names: Sequence[str], text_column: str) -> None:
    mends = {
        "comment_id": "rename the column that is the comment_id, or make one",
        text_column: "name the column that is the text",
    }
    for name, mend in mends.items():
        if name not in names:
            raise ColumnError(f'no column "{name}" among {", ".join(names)}', mend=mend)
