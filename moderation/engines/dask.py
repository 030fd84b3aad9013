"""Scoring on Dask: ``map_partitions``, one model for each worker."""

from __future__ import annotations

import shutil
from glob import glob
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from moderation import columns, engines
from moderation.errors import InputError
from moderation.formats.frames import schema_of, to_pandas
from moderation.scoring import Scorer

if TYPE_CHECKING:
    import pyarrow as pa
    from dask.dataframe import DataFrame


class Piece(NamedTuple):
    """One row group of a Parquet file, and how many rows stand before it."""

    path: str
    group: int
    first: int


def score(
    comments: DataFrame | str,
    *,
    text_column: str = "text",
    policy: str | PathLike[str] | None = None,
    model: str | PathLike[str] | None = None,
) -> DataFrame:
    """Score and flag comments on Dask; nothing runs until the result is computed or written.

    Args:
        comments: A Dask frame with ``comment_id`` and ``text``, or the folder or glob of Parquet
            files, where a missing ``comment_id`` is made from file name and row number.
        text_column: The column that holds the text; it comes out as ``text``.
        policy: A policy file on this machine; the shipped one otherwise.
        model: Model weights on this machine; the shipped ones otherwise.

    Returns:
        The same rows with the scored and flagged columns.

    Raises:
        ModerationError: Dask is not installed.
        ColumnError: A needed column is missing.
        InputError: No Parquet file is there.
    """
    try:
        import dask
    except ImportError:
        raise engines.missing("Dask", "dask") from None

    frame = _read(comments) if isinstance(comments, str) else comments
    frame = frame.rename(columns={text_column: "text"})
    engines.checked(list(frame.columns))
    scorer = Scorer.load(policy, model)
    empty = _scored(frame._meta, scorer)
    shared = dask.delayed(scorer, pure=True, traverse=False)  # goes to each worker once
    return frame.map_partitions(_scored, shared, meta=empty)


def save(scored: DataFrame, out: str | PathLike[str]) -> None:
    """Write a folder of Parquet, which appears when it is whole.

    Raises:
        ModerationError: The folder is already there.
    """
    folder = Path(engines.vacant(out))
    unfinished = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    scored.to_parquet(unfinished, write_index=False, schema=schema_of(scored._meta))
    unfinished.rename(folder)


def _scored(frame: pd.DataFrame, scorer: Scorer) -> pd.DataFrame:
    return next(engines.scored(scorer, [frame]))


def _read(path: str) -> DataFrame:
    """One partition for each row group."""
    import dask.dataframe as dd
    import pyarrow.parquet as pq

    folder = Path(path)
    paths = sorted(map(str, folder.rglob("*.parquet"))) if folder.is_dir() else sorted(glob(path))
    if not paths:
        raise InputError("no Parquet file is there", path=path, mend="name a folder or a glob")
    pieces: list[Piece] = []
    for each in paths:
        held, first = pq.read_metadata(each), 0
        for group in range(held.num_row_groups):
            pieces.append(Piece(each, group, first))
            first += held.row_group(group).num_rows
    empty = pq.read_schema(paths[0]).empty_table()
    meta = _with_ids(empty, Piece(paths[0], 0, 0))
    return dd.from_map(_piece, pieces, meta=meta) if pieces else dd.from_pandas(meta, npartitions=1)


def _piece(piece: Piece) -> pd.DataFrame:
    import pyarrow.parquet as pq

    with pq.ParquetFile(piece.path) as file:
        return _with_ids(file.read_row_group(piece.group), piece)


def _with_ids(table: pa.Table, piece: Piece) -> pd.DataFrame:
    frame = to_pandas(table)
    if "comment_id" not in frame.columns:
        name, rows = Path(piece.path).name, range(piece.first, piece.first + len(frame))
        kind = columns.pandas_type("string")
        ids = pd.array([f"{name}:{row}" for row in rows], dtype=kind)
        frame.insert(0, "comment_id", ids)
    return frame
