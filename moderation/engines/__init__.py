"""The same scoring on an engine for more than one machine: :mod:`.spark` and :mod:`.dask`.

An engine reads, splits, retries and writes; what happens to each piece is :func:`scored`, an
``Iterator[DataFrame] → Iterator[DataFrame]``, and equals what one machine makes of the same rows.
The comments need a ``comment_id`` and a ``text``; a folder of Parquet without the former gets
``<file name>:<row number>``, counted from 0. Rows are judged one by one, so any split will do; a
signal over a whole thread would need the rows of a thread together first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from moderation import columns
from moderation.errors import ColumnError, ModerationError
from moderation.scoring import Scorer

if TYPE_CHECKING:
    import pyarrow as pa


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


def checked(names: Sequence[str]) -> None:
    """Refuse a frame without the columns that are needed.

    Raises:
        ColumnError: There is no ``comment_id``, or no ``text``.
    """
    for name in ("comment_id", "text"):
        if name not in names:
            mend = f"rename the column that is the {name}, or make one"
            raise ColumnError(f'no column "{name}" among {", ".join(names)}', mend=mend)


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
    mend = f"pip install 'moderation[{extra}]'"
    return ModerationError(f"{package} is not installed", mend=mend)
