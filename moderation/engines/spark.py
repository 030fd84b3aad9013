"""Scoring on Spark: ``mapInPandas``, one model for each Python worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from os import PathLike
from typing import TYPE_CHECKING

import pandas as pd

from moderation import engines
from moderation.scoring import Scorer

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructField


def session() -> SparkSession:
    """The running session, or a local one on all cores of this machine.

    Raises:
        ModerationError: PySpark is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise engines.missing("PySpark", "spark") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else workers run another Python
    builder = SparkSession.builder.appName("moderation")
    return builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()


def score(
    comments: DataFrame | str,
    *,
    text_column: str = "text",
    policy: str | PathLike[str] | None = None,
    model: str | PathLike[str] | None = None,
) -> DataFrame:
    """Score and flag comments on Spark; nothing runs until the result is written or shown.

    Args:
        comments: A Spark frame with ``comment_id`` and ``text``, or the path or glob of Parquet
            files, where a missing ``comment_id`` is made from file name and row number.
        text_column: The column that holds the text; it comes out as ``text``.
        policy: A policy file on this machine; the shipped one otherwise.
        model: Model weights on this machine; the shipped ones otherwise.

    Returns:
        The same rows with the scored and flagged columns.

    Raises:
        ModerationError: PySpark is not installed.
        ColumnError: A needed column is missing.
    """
    running = session()
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.types import StructType

    frame = _read(running, comments) if isinstance(comments, str) else comments
    frame = frame.withColumnRenamed(text_column, "text")
    engines.checked(frame.columns)
    made = from_arrow_schema(engines.made())
    schema = StructType([*_renamed(frame.schema, made.names), *made])
    scorer = running.sparkContext.broadcast(Scorer.load(policy, model))

    def scored(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        return engines.scored(scorer.value, frames)

    return frame.mapInPandas(scored, schema)


def save(scored: DataFrame, out: str | PathLike[str]) -> None:
    """Write a folder of Parquet; it holds a file ``_SUCCESS`` when it is whole.

    Raises:
        ModerationError: The folder is already there.
    """
    scored.write.parquet(engines.vacant(out))


def _renamed(fields: Iterable[StructField], taken: Collection[str]) -> Iterator[StructField]:
    """The fields that go in, as the scorer passes them on."""
    from pyspark.sql.types import StructField

    for field in fields:
        name = f"input_{field.name}" if field.name in taken else field.name
        yield StructField(name, field.dataType)


def _read(running: SparkSession, path: str) -> DataFrame:
    from pyspark.sql import functions as f

    frame = running.read.parquet(path)
    if "comment_id" in frame.columns:
        return frame
    name, row = f.col("_metadata.file_name"), f.col("_metadata.row_index")
    return frame.select(f.format_string("%s:%d", name, row).alias("comment_id"), "*")
