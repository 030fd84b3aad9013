"""Between Arrow tables, in which comments are read and written, and pandas frames.

Text is ``StringDtype("pyarrow")`` on both sides, so it crosses without a copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moderation import columns

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a frame, each column of the type that :mod:`moderation.columns` names.

    An extra column keeps its Arrow type, except whole numbers of 64 bits (``Int64``), 64-bit
    floats and times, which have a pandas type of their own.
    """
    frame: pd.DataFrame = table.to_pandas(types_mapper=_pandas_type, ignore_metadata=True)
    return frame


def _pandas_type(kind: pa.DataType) -> Any:  # noqa: ANN401  # a dtype, or None for the usual one
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return columns.pandas_type("string")
    if pa.types.is_int64(kind):
        return pd.Int64Dtype()
    if pa.types.is_float64(kind) or kind == columns.arrow_type("time"):
        return None
    return pd.ArrowDtype(kind)
