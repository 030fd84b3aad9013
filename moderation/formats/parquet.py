"""Parquet: batch by batch, extra columns with the types they have."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from moderation.errors import ColumnError, FormatError, InputError
from moderation.formats.batches import Content, Options
from moderation.formats.conversion import Conversion, schema
from moderation.formats.samples import Sample
from moderation.formats.sources import Source, printable
from moderation.formats.tables import Layout, layout, told_apart

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

LARGEST_BATCH = 1 << 30
"""Bytes of one column in one batch of rows."""


def recognise(sample: Sample) -> bool:
    """Whether the file begins as Parquet does."""
    return sample.head.startswith(b"PAR1")


def open_parquet(source: Source, options: Options) -> Content:
    """Open a Parquet file as a table.

    Raises:
        FormatError: The file is damaged, or cut off before its footer.
        ColumnError: No column holds the text, or the one that was named is absent or holds none.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        path = source.unpacked()
        found = pq.read_schema(path)
        long = [field.name for field in found if _swells(field.type)]
        file = pq.ParquetFile(path, read_dictionary=long)
    except (pa.ArrowException, OSError, ValueError) as error:
        what = f"no whole Parquet file ({_first_line(error)})"
        raise FormatError(what, path=source.name, mend="copy it again") from None
    names = told_apart(found.names, source)
    kinds = dict(zip(names, found.types, strict=True))
    nested = [name for name, kind in kinds.items() if pa.types.is_nested(kind)]
    chosen = layout(names, source, options, unfit=nested)
    text = chosen.own["text"]
    if not _is_text(kinds[text]):
        what = f'column "{printable(text)}" holds {kinds[text]}, not text'
        raise ColumnError(what, path=source.name, mend="name another with --text-column")
    extra = [(name, _plain_type(kinds[theirs])) for name, theirs in chosen.extra.items()]
    shape = schema(pa.schema(extra))
    conversion = Conversion(source, shape, keep_personal=options.keep_personal)
    return Content(shape, _tables(file, names, chosen, conversion, options.rows))


def _tables(
    file: pq.ParquetFile, names: list[str], chosen: Layout, conversion: Conversion, rows: int
) -> Iterator[pa.Table]:
    import pyarrow as pa

    count = 0
    batches = file.iter_batches(rows)
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                break
            _refuse_bombs(batch, conversion.source.name)
            columns = _columns(batch, names, chosen)
        except (pa.ArrowException, OSError, ValueError) as error:
            what = f"damaged after record {count} ({_first_line(error)})"
            raise InputError(what, path=conversion.source.name, mend="copy it again") from None
        yield conversion.table(columns, count)
        count += batch.num_rows
    conversion.tell()


def _columns(batch: pa.RecordBatch, names: list[str], chosen: Layout) -> dict[str, Any]:
    held = dict(zip(names, batch.columns, strict=True))
    wanted = chain(chosen.own.items(), chosen.extra.items())
    return {name: _valid(held[theirs]) for name, theirs in wanted}


def _valid(array: Any) -> Any:  # noqa: ANN401  # pyarrow has no types
    """The column in its plain type; bytes that are no UTF-8, which writers let pass, as U+FFFD."""
    import pyarrow as pa

    kind = _plain_type(array.type)
    if array.type != kind:
        array = array.dictionary.take(array.indices)  # which checks them
    if not _is_text(kind):
        return array
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        held = array.cast(pa.large_binary()).to_pylist()
        return pa.array(
            [raw if raw is None else raw.decode("utf-8", "replace") for raw in held], kind
        )
    return array


def _refuse_bombs(batch: pa.RecordBatch, name: str) -> None:
    """One long text, stored once and named by every row, would take all memory."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and _swells(column.type.value_type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            if (pc.sum(lengths).as_py() or 0) > LARGEST_BATCH:
                what = f"a batch of rows unpacks to more than {LARGEST_BATCH >> 30} GiB"
                raise InputError(what, path=name, mend="write it anew if you trust it")


def _swells(kind: pa.DataType) -> bool:
    """Whether the values are as long as they like, so that each is to be held once."""
    import pyarrow as pa

    return _is_text(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """The type without a dictionary, whose entries differ from batch to batch."""
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(holds(_plain_type(kind)) for holds in texts)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
