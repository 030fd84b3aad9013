"""A parser's comments gathered into Arrow tables: what makes a small generator a whole format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation import columns
from moderation.formats.conversion import Conversion, schema
from moderation.formats.markup import plain
from moderation.formats.records import Comment, Item, Reject, Skipped
from moderation.formats.sources import Source
from moderation.formats.threads import unsettled

if TYPE_CHECKING:
    import pyarrow as pa

PERSONAL: Mapping[str, columns.Kind] = {"email": "string", "ip": "string"}
"""Columns that name or locate a person; they leave the tool only when asked for."""

LARGEST_BATCH = 16 << 20
"""Characters of text in a batch, about: so that memory stays flat whatever the comments' size."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of a reading.

    Attributes:
        columns: Which column of a table to read ours from, such as ``{"text": "Body"}``.
        keep_personal: Let e-mail and IP addresses through.
        rows: Comments in a table, at most.
    """

    columns: Mapping[str, str]
    keep_personal: bool = False
    rows: int = 32_768


@dataclass(frozen=True, slots=True)
class Content:
    """An input opened in a known format.

    Attributes:
        schema: The columns of every table: those of ``columns.READ`` without ``source``, then
            extra ones. It depends on the input, never on ``Options.rows``.
        tables: The comments in order; what was rejected or skipped, in between.
    """

    schema: pa.Schema
    tables: Iterator[pa.Table | Reject | Skipped]


Open = Callable[[Source, Options], Content]
"""How a format is opened: the one function in its row of the registry."""

Parse = Callable[[Source], Iterator[Item]]
"""A parser: what the input holds, one record after another."""


def records(
    parse: Parse, *, whole_threads: bool, extra: Mapping[str, columns.Kind] | None = None
) -> Open:
    """Turn a parser into what a row of the registry wants.

    Args:
        parse: A generator over a source. It runs twice where ``whole_threads`` is true, and must
            yield the same each time.
        whole_threads: The file holds whole threads, so orphans and circles are settled; false for
            streams and excerpts, whose parents are kept as given.
        extra: Further columns that ``Comment.extra`` may carry, with their kinds.
    """

    def opened(source: Source, options: Options) -> Content:
        if options.columns:
            source.note("its columns cannot be named: this is no table")
        kinds = {**(extra or {}), **(PERSONAL if options.keep_personal else {})}
        return Content(schema(kinds), _tables(parse, source, options, kinds, whole_threads))

    return opened


def _tables(
    parse: Parse,
    source: Source,
    options: Options,
    kinds: Mapping[str, columns.Kind],
    whole_threads: bool,
) -> Iterator[pa.Table | Reject | Skipped]:
    conversion = Conversion(source, schema(kinds), keep_personal=options.keep_personal)
    cut = _settled(parse, source) if whole_threads else set()
    batch: list[Comment] = []
    count = size = 0
    for item in parse(source):
        if not isinstance(item, Comment):
            yield item
            continue
        if count in cut:
            item.parent_id = None
        batch.append(item)
        count += 1
        size += len(item.text)
        if len(batch) >= options.rows or size >= LARGEST_BATCH:
            yield conversion.table(_columns(batch, kinds), count - len(batch))
            batch, size = [], 0
    if batch:
        yield conversion.table(_columns(batch, kinds), count - len(batch))
    conversion.tell()


def _settled(parse: Parse, source: Source) -> set[int]:
    """A first run over the input, for the positions of comments whose parent cannot stand."""
    source.keep()
    comments = (item for item in parse(source) if isinstance(item, Comment))
    orphans, circles, repeated = unsettled(
        (comment.comment_id, comment.parent_id or None) for comment in comments
    )
    for count, what in (
        (len(orphans), "replies to comments that are not in the file, now roots"),
        (len(circles), "circles of comments that answer each other, now opened"),
        (repeated, "comments with an id that an earlier one has"),
    ):
        if count:
            source.note(f"{what}: {count}")
    return orphans | circles


def _columns(batch: list[Comment], kinds: Mapping[str, columns.Kind]) -> dict[str, list[object]]:
    own: dict[str, list[object]] = {
        name: [getattr(comment, name) for comment in batch]
        for name in columns.READ
        if name not in {"text", "source"}
    }
    own["text"] = [plain(comment.text) if comment.html else comment.text for comment in batch]
    for name in kinds:
        carriers = "personal" if name in PERSONAL else "extra"
        own[name] = [(getattr(comment, carriers) or {}).get(name) for comment in batch]
    return own
