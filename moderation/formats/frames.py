"""Between Arrow tables, in which comments are read and written, and pandas frames.

Text is ``StringDtype("pyarrow")`` on the pandas side, so it crosses without a copy.
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


def read_schema() -> pa.Schema:
    """The Arrow schema of comments as they are read, without extra columns."""
    import pyarrow as pa

    return pa.schema([(n, columns.arrow_type(columns.column(n).kind)) for n in columns.READ])


def schema_of(frame: pd.DataFrame | pa.Table) -> pa.Schema:
    """The Arrow schema in which a frame is written: of our columns ours, of others what they hold.

    A column that holds nothing at all is taken for text.
    """
    import pyarrow as pa

    is_table = isinstance(frame, pa.Table)
    found = frame.schema if is_table else pa.Schema.from_pandas(frame, preserve_index=False)
    return pa.schema([pa.field(field.name, _written_type(field)) for field in found])


def to_arrow(frame: pd.DataFrame | pa.Table, schema: pa.Schema) -> pa.Table:
    """A frame in a given schema, its columns in that order.

    Raises:
        ValueError: Its columns are not those of the schema, or do not fit their types.
    """
    import pyarrow as pa

    is_table = isinstance(frame, pa.Table)
    table: pa.Table = frame if is_table else pa.Table.from_pandas(frame, preserve_index=False)
    if set(table.column_names) != set(schema.names):
        names = sorted(set(table.column_names) ^ set(schema.names))
        raise ValueError(f"the frame's columns are not those of the first one: {', '.join(names)}")
    return table.select(schema.names).cast(schema)


def _written_type(field: pa.Field) -> pa.DataType:
    import pyarrow as pa

    if field.name in columns.NAMES:
        return columns.arrow_type(columns.column(field.name).kind)
    if pa.types.is_null(field.type) or pa.types.is_large_string(field.type):
        return pa.string()
    return field.type


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
