"""Scoring on Dask: ``map_partitions``, one model for each worker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from glob import glob
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from moderation import columns, engines
from moderation.engines import Engine
from moderation.errors import InputError
from moderation.formats.frames import schema_of, to_pandas
from moderation.formats.writing import Writer
from moderation.scoring import Scorer

if TYPE_CHECKING:
    import pyarrow as pa
    from dask.dataframe import DataFrame


class Piece(NamedTuple):
    """One row group of a Parquet file, and how many rows stand before it."""

    path: str
    group: int
    first: int


class _Dask(Engine["DataFrame"]):
    def read(self, path: str) -> DataFrame:
        """One partition for each row group."""
        try:
            import dask.dataframe as dd
        except ImportError:
            raise engines.missing("Dask", "dask") from None
        import pyarrow.parquet as pq

        folder = Path(path)
        found = folder.rglob("*.parquet") if folder.is_dir() else glob(path)
        paths = sorted(map(str, found))
        if not paths:
            raise InputError("no Parquet file is there", path=path, mend="name a folder or a glob")
        pieces = [piece for each in paths for piece in _pieces(each)]
        empty = pq.read_schema(paths[0]).empty_table()
        meta = _with_ids(empty, Piece(paths[0], 0, 0))
        if not pieces:
            return dd.from_pandas(meta, npartitions=1)
        return dd.from_map(_piece, pieces, meta=meta)

    def names(self, frame: DataFrame) -> Sequence[str]:
        return list(frame.columns)

    def renamed(self, frame: DataFrame, old: str, new: str) -> DataFrame:
        return frame.rename(columns={old: new})

    def mapped(self, frame: DataFrame, scorer: Scorer) -> DataFrame:
        import dask

        empty = _scored(frame._meta, scorer)
        sent = dask.delayed(scorer, pure=True, traverse=False)  # to each worker once
        return frame.map_partitions(_scored, sent, meta=empty)

    def save(self, scored: DataFrame, out: str | PathLike[str]) -> None:
        import dask

        folder = Path(engines.vacant(out))
        unfinished = folder.with_name(f".{folder.name}.tmp")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        schema, write = schema_of(scored._meta), dask.delayed(_write)
        parts = enumerate(scored.to_delayed())
        dask.compute(
            [write(part, unfinished / f"part.{n:05}.parquet", schema) for n, part in parts]
        )
        unfinished.rename(folder)  # so that it appears when it is whole


def _scored(frame: pd.DataFrame, scorer: Scorer) -> pd.DataFrame:
    return next(engines.scored(scorer, [frame]))


def _write(frame: pd.DataFrame, path: Path, schema: pa.Schema) -> None:
    """One partition as one machine writes it: Dask would note types that pandas cannot read."""
    with Writer(path, "parquet", schema) as writer:
        writer.write(frame)


def _pieces(path: str) -> Iterator[Piece]:
    """The row groups of a file."""
    import pyarrow.parquet as pq

    held, first = pq.read_metadata(path), 0
    for group in range(held.num_row_groups):
        yield Piece(path, group, first)
        first += held.row_group(group).num_rows


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


score, save = _Dask().score, _Dask().save
