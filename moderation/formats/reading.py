"""Reading inputs of any known format as frames of comments, and keeping count of every record."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.errors import FormatError, InputError
from moderation.formats import registry
from moderation.formats.batches import Content, Options
from moderation.formats.frames import read_schema, to_pandas
from moderation.formats.records import UNPLACED, Reject, Skipped
from moderation.formats.registry import Format
from moderation.formats.sources import Source

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Path = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class _Input:
    source: Source
    format: Format
    content: Content


class Reading:
    """Comments of one or several inputs, frame by frame.

    To be iterated over once. Memory holds one frame, whatever the size. Every record becomes
    a row or a reject; ``records == rows + rejected`` at all times.

    Args:
        *paths: Files, or ``-`` for standard input. Their extra columns are joined.
        format: The name of their format; recognised by content where it is None.
        columns: For tables: which of the table's columns to read ours from, such as
            ``{"text": "Body", "author": "Who"}``; guessed from the usual names otherwise.
        strict: Raise at the first record that cannot be read.
        keep_personal: Let e-mail and IP addresses through.
        rows: Comments in a frame, at most.
        on_reject: Told each reject as it comes; without it they gather in ``rejects``.

    Attributes:
        schema: Arrow schema of what comes out, known before anything is read.
        format: Names of the formats, joined by a comma where they differ.
        rows, rejected, records: Counts so far.
        rejects: What could not be read, unless ``on_reject`` took it.
        skipped: How many of what were left out as no comments, such as ``{"pingback": 3}``.
        unplaced: Lines of a page that could not be placed, where a person may look.

    Raises:
        InputError: An input is missing, empty, binary, or (while iterating) refused; with
            ``strict``, a record that cannot be read.
        FormatError: No known format fits, or none is called so.
        ColumnError: A table lacks the column that was named, or has none for the text.
    """

    def __init__(
        self,
        *paths: Path,
        format: str | None = None,  # noqa: A002  # the option's name everywhere
        columns: Mapping[str, str] | None = None,
        strict: bool = False,
        keep_personal: bool = False,
        rows: int = 32_768,
        on_reject: Callable[[Reject], None] | None = None,
    ) -> None:
        wanted = registry.named(format) if format else None
        options = Options(columns or {}, keep_personal, rows)
        with ExitStack() as opened:
            self._inputs = [_opened(path, wanted, options, opened) for path in paths]
            self.schema = _joined(self._inputs)
            opened.pop_all()  # all is well: they stay open
        self._options = options
        self._strict = strict
        self.rows = self.rejected = 0
        self.rejects: list[Reject] = []
        self.skipped: Counter[str] = Counter()
        self.unplaced: list[Skipped] = []
        self._on_reject = on_reject or self.rejects.append

    @property
    def format(self) -> str:
        """Names of the inputs' formats."""
        return ", ".join(dict.fromkeys(entry.format.name for entry in self._inputs))

    @property
    def records(self) -> int:
        """Records met so far: rows and rejects."""
        return self.rows + self.rejected

    @property
    def notes(self) -> list[str]:
        """Sentences about how the inputs were read; complete when the last frame is out."""
        prefix = len(self._inputs) > 1
        said = [
            f"{entry.source.name}: {note}" if prefix else note
            for entry in self._inputs
            for note in entry.source.notes
        ]
        return said + [f"left out: {_counted(count, what)}" for what, count in self.skipped.items()]

    def empty(self) -> pd.DataFrame:
        """A frame without rows, with the columns that all others have."""
        return to_pandas(self.schema.empty_table())

    @property
    def identity(self) -> dict[str, object] | None:
        """What decides which rows come out: the files as they are now, and how they are read.

        None where an input is a pipe, which cannot be read twice.
        """
        sources = [entry.source for entry in self._inputs]
        inputs = [(os.path.abspath(each.path), each.stamp) for each in sources]
        if not all(stamp for _, stamp in inputs):
            return None
        options = {"columns": dict(self._options.columns), "rows": self._options.rows}
        options |= {"strict": self._strict, "keep_personal": self._options.keep_personal}
        return {"inputs": inputs, "format": self.format, **options}

    @property
    def share(self) -> float | None:
        """How much of the inputs' bytes has been read, 0…1; None where that is not known."""
        sizes = [entry.source.stamp for entry in self._inputs]
        if None in sizes:
            return None
        done = sum(entry.source.consumed for entry in self._inputs)
        return min(1.0, done / sum(stamp[0] for stamp in sizes if stamp)) if done else None

    def __iter__(self) -> Iterator[pd.DataFrame]:
        return map(to_pandas, self.tables())

    def tables(self) -> Iterator[pa.Table]:
        """The comments as Arrow tables: the same as iterating, one conversion less."""
        with ExitStack() as opened:
            for entry in self._inputs:
                opened.callback(entry.source.close)
            for entry in self._inputs:
                yield from self._tables(entry)

    def _tables(self, entry: _Input) -> Iterator[pa.Table]:
        label = f"{entry.format.name}:{entry.source.file}"
        for item in entry.content.tables:
            if isinstance(item, Reject):
                self._reject(item, entry.source)
            elif isinstance(item, Skipped):
                self._skip(item)
            else:
                yield from self._slices(_aligned(item, self.schema, label))
        if entry.source.damage:
            self._reject(Reject(entry.source.damage), entry.source)

    def _slices(self, table: pa.Table) -> Iterator[pa.Table]:
        for begin in range(0, table.num_rows, self._options.rows):
            part = table.slice(begin, self._options.rows)
            self.rows += part.num_rows
            yield part

    def _reject(self, reject: Reject, source: Source) -> None:
        if self._strict:
            mend = "mend it, or leave out --strict to set such records aside"
            raise InputError(reject.reason, path=source.name, line=reject.line, mend=mend)
        reject.source = source.file
        self.rejected += 1
        self._on_reject(reject)

    def _skip(self, skipped: Skipped) -> None:
        self.skipped[skipped.what] += 1
        if skipped.what == UNPLACED:
            self.unplaced.append(skipped)


def read(
    *paths: Path,
    format: str | None = None,  # noqa: A002  # the option's name everywhere
    text_column: str | None = None,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    keep_personal: bool = False,
) -> pd.DataFrame:
    r"""Read comments from files of any known format.

    Args:
        *paths: Files, or ``-`` for standard input.
        format: Name of the format; recognised by content where it is None.
        text_column: For tables: the column that holds the text.
        columns: For tables: the columns to read ours from, such as ``{"author": "Who"}``.
        strict: Raise at the first record that cannot be read, instead of setting it aside.
        keep_personal: Let e-mail and IP addresses through.

    Returns:
        One row a comment in the order of the input, with the columns of ``columns.READ`` and
        then whatever else the input has. ``attrs["notes"]`` holds sentences about how it was
        read, ``attrs["rejected"]`` the number of records that could not be.

    Raises:
        InputError: A file is missing, empty, binary or refused.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "comments.jsonl")
        ...     _ = path.write_text('{"id": "c1", "author": "Ann", "body": "Well said"}')
        ...     comments = read(path)
        >>> comments.loc[0, ["comment_id", "author", "text", "source"]].tolist()
        ['c1', 'Ann', 'Well said', 'jsonl:comments.jsonl']
    """
    import pyarrow as pa

    chosen = dict(columns or {}) | ({"text": text_column} if text_column else {})
    reading = Reading(
        *paths, format=format, columns=chosen, strict=strict, keep_personal=keep_personal
    )
    tables = list(reading.tables())
    frame = to_pandas(pa.concat_tables(tables) if tables else reading.schema.empty_table())
    frame.attrs["notes"] = reading.notes
    frame.attrs["rejected"] = reading.rejected
    return frame


def _opened(path: Path, wanted: Format | None, options: Options, opened: ExitStack) -> _Input:
    source = Source(path)
    opened.callback(source.close)
    source.head  # noqa: B018  # an empty input or a refused archive is named before anything else
    known = wanted or registry.recognised(source)
    return _Input(source, known, known.open(source, options))


def _joined(inputs: Iterable[_Input]) -> pa.Schema:
    """One schema for all inputs: our columns, then the extra ones in the order they appear."""
    import pyarrow as pa

    try:
        return pa.unify_schemas([read_schema(), *(entry.content.schema for entry in inputs)])
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        names = ", ".join(entry.source.name for entry in inputs)
        raise FormatError(
            f"the inputs do not fit together: {str(error).splitlines()[0]}",
            path=names,
            mend="read them one at a time",
        ) from None


def _aligned(table: pa.Table, schema: pa.Schema, label: str) -> pa.Table:
    import pyarrow as pa

    size = table.num_rows
    arrays = []
    for field in schema:
        if field.name == "source":
            arrays.append(pa.repeat(pa.scalar(label), size))
        elif field.name in table.column_names:
            arrays.append(table.column(field.name))
        else:
            arrays.append(pa.nulls(size, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
