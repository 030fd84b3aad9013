"""JSON Lines: one object a line; its keys are columns.

The keys and their types come from the first 4 MiB. What comes later under another key, or does not
fit its column's type, is kept as JSON in the column ``extra``. Behind the first 4 MiB, a block of
flat objects becomes columns by compiled code (:mod:`.flat`); another is decoded at once into typed
rows (msgspec); only a block in which that fails is read line by line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from moderation.errors import ColumnError, FormatError
from moderation.formats.batches import Content, Options
from moderation.formats.conversion import Conversion, Values, as_list, schema
from moderation.formats.jsontext import decoded
from moderation.formats.lines import BLOCK, Block, blocks
from moderation.formats.records import Reject
from moderation.formats.samples import Sample
from moderation.formats.sources import Source, printable
from moderation.formats.tables import Layout, layout

if TYPE_CHECKING:
    import pyarrow as pa

    from moderation.formats.flat import Flat

EXTRA = "extra"

MOST_KEYS = 256
"""Further keys of the first 4 MiB become no columns: rows are short, so many would be empty."""

Object = dict[str, Any]
Columns = dict[str, Values]
Read = Callable[[Block], tuple[Columns, list[Reject]]]

_PIECE = 1 << 18
"""Bytes to decode at a time: so many rows stay in the processor's cache."""
_BATCH = 1 << 23
"""Bytes of a table's lines: with each table, whatever scores it starts with a cold cache."""
_PARSED = ("likes", "state")
"""Columns whose values are looked at one by one."""
_UNNAMEABLE = re.compile(r'[\\"\x00-\x1f]')
"""Signs that msgspec takes in no field's name; such keys go to ``extra``."""
_SCALAR = str | int | float | bool
_WHOLE = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_TYPES: dict[frozenset[type], tuple[Any, str]] = {
    frozenset({str}): (str, "string"),
    frozenset({int}): (_WHOLE, "int64"),
    frozenset({float}): (float, "float64"),
    frozenset({int, float}): (float, "float64"),
    frozenset({bool}): (bool, "bool"),
}
_JSON = (msgspec.Raw, "string")
"""Nested or mixed values keep their JSON spelling."""
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding raises."""


def recognise(sample: Sample) -> bool:
    """Whether the first line is a JSON object, or begins as one and is longer than the head."""
    endless = sample.opening == "{" and "\n" not in sample.text
    return bool(sample.record) or endless or sample.suffix in {".jsonl", ".ndjson"}


def open_lines(source: Source, options: Options) -> Content:
    """Open JSON Lines as a table.

    Raises:
        ColumnError: No key holds a text, or the one that was named is absent or nested.
        FormatError: The first 4 MiB hold no JSON object.
    """
    return opened(blocks(source, _PIECE), source, options)


def opened(parts: Iterator[Block | Reject], source: Source, options: Options) -> Content:
    """Blocks of lines that are JSON objects, as a table; see :func:`open_lines`."""
    import pyarrow as pa

    early: list[Block | Reject] = []
    size = 0
    for part in parts:
        early.append(part)
        size += len(part.data) if isinstance(part, Block) else 0
        if size >= BLOCK:
            break
    kinds = _kinds((part for part in early if isinstance(part, Block)), source)
    nested = [key for key, types in kinds.items() if types & {dict, list} and str not in types]
    chosen = layout(list(kinds), source, options, unfit=nested, reserved=[EXTRA])
    if chosen.own["text"] in nested:
        what = f'column "{printable(chosen.own["text"])}" holds objects or lists, not text'
        raise ColumnError(what, path=source.name, mend="name another with --text-column")
    reader = _Reader(kinds, chosen)
    shape = schema(pa.schema([*reader.fields(), pa.field(EXTRA, pa.string())]))
    conversion = Conversion(source, shape, keep_personal=options.keep_personal)
    batches = chain(_batches(early, reader.read), _batches(parts, reader.read_flat))
    return Content(shape, _tables(batches, conversion))


def _kinds(blocks: Iterable[Block], source: Source) -> dict[str, set[type]]:
    """The keys of the blocks' objects in the order they appear, with the types of their values."""
    objects = chain.from_iterable(map(_objects, blocks))
    shapes = dict.fromkeys((tuple(held), tuple(map(type, held.values()))) for held in objects)
    kinds: dict[str, set[type]] = {}
    for key, kind in chain.from_iterable(zip(*shape, strict=True) for shape in shapes):
        if key in kinds or (len(kinds) < MOST_KEYS and not _UNNAMEABLE.search(key)):
            kinds.setdefault(key, set()).add(kind)
    if not kinds:
        mend = "name a file of comments, or its format with --format"
        raise FormatError("holds no JSON objects", path=source.name, mend=mend)
    for types in kinds.values():
        types.discard(type(None))
    return kinds


def _objects(block: Block) -> Iterator[Object]:
    """The block's objects; what is none is rejected when the block is read."""
    try:
        yield from msgspec.json.Decoder(Object).decode_lines(block.data)
    except _UNREADABLE:
        for _, line in block.lines():
            with suppress(ValueError):
                yield _object(line)


def _object(line: bytes) -> Object:
    value = decoded(line)
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value


class _Reader:
    """Decodes lines into rows that have a field for each key of the first block."""

    def __init__(self, kinds: Mapping[str, set[type]], chosen: Layout) -> None:
        ours = set(chosen.own.values())
        self.layout = chosen
        self._kinds = kinds
        self._keys = list(kinds)
        self._types = [
            (_SCALAR, "") if key in ours else _TYPES.get(frozenset(kinds[key]), _JSON)
            for key in self._keys
        ]
        names = [f"f{number}" for number in range(len(self._keys))]
        self._type = msgspec.defstruct(
            "Row",
            [(name, kind | None, None) for name, (kind, _) in zip(names, self._types, strict=True)],
            rename=dict(zip(names, self._keys, strict=True)),
            forbid_unknown_fields=True,
            gc=False,
        )
        self._decoder = msgspec.json.Decoder(self._type)

    def fields(self) -> list[pa.Field]:
        """The extra columns of the output."""
        import pyarrow as pa

        arrow = dict(zip(self._keys, (arrow for _, arrow in self._types), strict=True))
        return [
            pa.field(name, pa.type_for_alias(arrow[key])) for name, key in self.layout.extra.items()
        ]

    def read(self, block: Block) -> tuple[Columns, list[Reject]]:
        """Columns and rejects of a block; at once where each line is as expected."""
        try:
            rows = self._decoder.decode_lines(block.data)
            if len(rows) == block.count:
                return self._columns(self._values(rows), [None] * len(rows)), []
        except _UNREADABLE:
            pass
        rows, extra, rejects = [], [], []
        for number, line in block.lines():
            try:
                if line.strip():
                    row, rest = self._row(line)
                    rows.append(row)
                    extra.append(rest)
            except ValueError as error:
                rejects.append(Reject(str(error), line, line=number))
        return self._columns(self._values(rows), extra), rejects

    def read_flat(self, block: Block) -> tuple[Columns, list[Reject]]:
        """The same, quicker, of a block of flat objects."""
        values = self._flat.read(block) if self._flat else None
        if values is None:
            return self.read(block)
        return self._columns(dict(zip(self._keys, values, strict=True)), [None] * block.count), []

    @cached_property
    def _flat(self) -> Flat | None:
        """Made when it is asked for: of a small input nothing is compiled."""
        from moderation.formats.flat import Flat

        if _JSON in self._types:
            return None
        parsed = {self.layout.own.get(name) for name in _PARSED}
        texts = {key for key in self._keys if self._kinds[key] == {str}} - parsed
        kinds = zip(self._keys, self._types, strict=True)
        return Flat({key: str if key in texts else kind for key, (kind, _) in kinds})

    def _row(self, line: bytes) -> tuple[msgspec.Struct, str | None]:
        try:
            return self._decoder.decode(line), None
        except _UNREADABLE:
            held = _object(line)
        fitting: list[Any] = []
        for key, (kind, _) in zip(self._keys, self._types, strict=True):
            value = held.pop(key, None)
            if value is None:
                pass
            elif kind is msgspec.Raw:
                value = msgspec.json.encode(value)
            elif not _fits(value, kind):
                if key == self.layout.own["text"]:
                    raise ValueError(f'"{printable(key)}" holds an object or a list, not text')
                held[key], value = value, None
            fitting.append(value)
        return self._type(*fitting), msgspec.json.encode(held).decode() if held else None

    def _values(self, rows: Sequence[msgspec.Struct]) -> dict[str, list[Any]]:
        """The rows' values by key."""
        values: dict[str, list[Any]] = {}
        for at, (key, kind) in enumerate(zip(self._keys, self._types, strict=True)):
            held = map(attrgetter(f"f{at}"), rows)
            spelt = (raw and str(bytes(raw), "utf-8") for raw in held)
            values[key] = list(spelt if kind is _JSON else held)
        return values

    def _columns(self, values: Mapping[str, Values], extra: list[str | None]) -> Columns:
        """The values by output column, texts as Arrow has them where all are texts."""
        columns: Columns = {EXTRA: extra}
        for name, key in chain(self.layout.own.items(), self.layout.extra.items()):
            columns[name] = values[key] if name in _PARSED else _packed(values[key])
        return columns


def _packed(values: Values) -> Values:
    import pyarrow as pa

    if isinstance(values, pa.Array):
        return values
    try:
        return pa.array(values, pa.string())
    except (UnicodeEncodeError, pa.ArrowTypeError, pa.ArrowInvalid):
        return values


def _joined(parts: Sequence[Columns]) -> Columns:
    """The columns of several blocks, one behind the other."""
    import pyarrow as pa

    return {
        name: pa.concat_arrays([part[name] for part in parts])
        if all(isinstance(part[name], pa.Array) for part in parts)
        else list(chain.from_iterable(as_list(part[name]) for part in parts))
        for name in parts[0]
    }


def _fits(value: object, kind: Any) -> bool:  # noqa: ANN401  # a type as msgspec takes it
    try:
        msgspec.convert(value, kind | None)
    except msgspec.ValidationError:
        return False
    return True


def _batches(parts: Iterable[Block | Reject], read: Read) -> Iterator[Columns | Reject]:
    """The columns of some blocks at a time, and the rejects among them before."""
    held: list[Columns] = []
    size = 0
    for part in parts:
        if isinstance(part, Reject):
            yield part
            continue
        columns, rejects = read(part)
        yield from rejects
        held.append(columns)
        size += len(part.data)
        if size >= _BATCH:
            yield _joined(held)
            held, size = [], 0
    if held:
        yield _joined(held)


def _tables(
    batches: Iterator[Columns | Reject], conversion: Conversion
) -> Iterator[pa.Table | Reject]:
    count = 0
    for batch in batches:
        if isinstance(batch, Reject):
            yield batch
        elif len(batch[EXTRA]):
            yield conversion.table(batch, count)
            count += len(batch[EXTRA])
    conversion.tell()
