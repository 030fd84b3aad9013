"""Scoring on Spark: ``mapInPandas``, one model for each Python worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from os import PathLike
from typing import TYPE_CHECKING

import pandas as pd

from moderation import engines
from moderation.engines import Engine
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


class _Spark(Engine["DataFrame"]):
    def read(self, path: str) -> DataFrame:
        running = session()
        from pyspark.sql import functions as f

        frame = running.read.parquet(path)
        if "comment_id" in frame.columns:
            return frame
        name, row = f.col("_metadata.file_name"), f.col("_metadata.row_index")
        return frame.select(f.format_string("%s:%d", name, row).alias("comment_id"), "*")

    def names(self, frame: DataFrame) -> Sequence[str]:
        names: list[str] = frame.columns
        return names

    def renamed(self, frame: DataFrame, old: str, new: str) -> DataFrame:
        return frame.withColumnRenamed(old, new)

    def mapped(self, frame: DataFrame, scorer: Scorer) -> DataFrame:
        from pyspark.sql.pandas.types import from_arrow_schema
        from pyspark.sql.types import StructType

        made = from_arrow_schema(engines.made())
        schema = StructType([*_renamed(frame.schema, made.names), *made])
        sent = session().sparkContext.broadcast(scorer)

        def scored(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
            return engines.scored(sent.value, frames)

        return frame.mapInPandas(scored, schema)

    def save(self, scored: DataFrame, out: str | PathLike[str]) -> None:
        scored.write.parquet(engines.vacant(out))  # with a file _SUCCESS when it is whole


def _renamed(fields: Iterable[StructField], taken: Collection[str]) -> Iterator[StructField]:
    """The fields that go in, as the scorer passes them on."""
    from pyspark.sql.types import StructField

    for field in fields:
        name = f"input_{field.name}" if field.name in taken else field.name
        yield StructField(name, field.dataType)


score, save = _Spark().score, _Spark().save
