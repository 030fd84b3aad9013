"""The columns that flow through the tool: their names, kinds and meanings, in one table.

The table yields the schema of every output (Arrow, Spark), the names a policy may use, and the
table of columns in the documentation. A new column is one row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["string", "float", "integer", "time", "reasons"]
Stage = Literal["read", "scored", "flagged"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, what it holds, and which stage makes it."""

    name: str
    kind: Kind
    stage: Stage
    meaning: str


COLUMNS: tuple[Column, ...] = tuple(
    Column(*row)
    for row in (
        ("comment_id", "string", "read", "unique in its source; where the source has none, a stable digest of thread, author, text and ordinal"),
        ("thread_id", "string", "read", "the story or page"),
        ("parent_id", "string", "read", "the comment replied to, or null"),
        ("author", "string", "read", "as shown, or null"),
        ("created_at", "time", "read", "when it was written, in UTC, or null"),
        ("text", "string", "read", "plain text: markup removed, entities decoded, line breaks kept"),
        ("state", "string", "read", "published, pending, spam, deleted or rejected, as the source says, or null"),
        ("likes", "integer", "read", "votes for it, or null"),
        ("source", "string", "read", "format name and file"),
        ("sentiment", "float", "scored", "VADER's compound score, −1 (negative) … 1 (positive)"),
        ("sentiment_neg", "float", "scored", "share of the text that is negative, 0…1"),
        ("sentiment_neu", "float", "scored", "share of the text that is neutral, 0…1"),
        ("sentiment_pos", "float", "scored", "share of the text that is positive, 0…1"),
        ("toxicity", "float", "scored", "share of readers who would call it rude enough to leave the discussion, 0…1"),
        ("severe_toxicity", "float", "scored", "the same for very hateful or aggressive, 0…1"),
        ("profanity", "float", "scored", "the same for swearing and obscene words, 0…1"),
        ("threat", "float", "scored", "the same for a wish or intention to hurt someone, 0…1"),
        ("insult", "float", "scored", "the same for an insult to a person or group, 0…1"),
        ("identity_attack", "float", "scored", "the same for hate aimed at who somebody is, 0…1"),
        ("evasions", "integer", "scored", "disguised words that were undone"),
        ("links", "integer", "scored", "web addresses in the text"),
        ("language", "string", "scored", "detected language (ISO 639-1), und where the text is too short to tell"),
        ("error", "string", "scored", "why it could not be scored, or null; its scores are then missing and it goes to review"),
        ("action", "string", "flagged", "approve, review, reject or skip (nothing left to judge)"),
        ("priority", "float", "flagged", "order in the queue, 0…1, highest first"),
        ("reasons", "reasons", "flagged", "every bound of every rule that fired: rule, column, value, bound, and spans {begin, end} into text (code points, end exclusive)"),
        ("model", "string", "flagged", "name@version and digest of the model that scored"),
        ("policy", "string", "flagged", "name@version and digest of the policy that decided"),
    )
)  # fmt: skip

NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
READ: tuple[str, ...] = tuple(column.name for column in COLUMNS if column.stage == "read")
SENTIMENT: tuple[str, ...] = ("sentiment", "sentiment_neg", "sentiment_neu", "sentiment_pos")
HEADS: tuple[str, ...] = (
    "toxicity",
    "severe_toxicity",
    "profanity",
    "threat",
    "insult",
    "identity_attack",
)
ACTIONS: tuple[str, ...] = ("approve", "review", "reject", "skip")
FLAGGED: tuple[str, ...] = ("review", "reject")
"""Actions by which a comment comes before a person."""
STATES: tuple[str, ...] = ("published", "pending", "spam", "deleted", "rejected")

_BY_NAME = {column.name: column for column in COLUMNS}


def column(name: str) -> Column:
    """The column of that name.

    Raises:
        KeyError: There is none.

    Example:
        >>> column("toxicity").kind
        'float'
    """
    return _BY_NAME[name]


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type of a kind of column: the one source of every output's schema."""
    import pyarrow as pa

    span = pa.struct([pa.field("begin", pa.int32()), pa.field("end", pa.int32())])
    reason = [pa.field(name, pa.string()) for name in ("rule", "column", "value", "bound")]
    types: dict[str, Any] = {
        "string": pa.string(),
        "float": pa.float64(),
        "integer": pa.int64(),
        "time": pa.timestamp("us", tz="UTC"),
        "reasons": pa.list_(pa.struct([*reason, pa.field("spans", pa.list_(span))])),
    }
    return types[kind]


def pandas_type(kind: Kind) -> Any:  # noqa: ANN401  # a dtype object or its name
    """The pandas type of a kind of column: the same under pandas 2.2 and 3."""
    import pandas as pd

    if kind == "string":
        return pd.StringDtype("pyarrow")
    if kind == "reasons":
        return pd.ArrowDtype(arrow_type(kind))
    return {"float": "float64", "integer": "Int64", "time": "datetime64[us, UTC]"}[kind]


def markdown() -> str:
    """The table of columns for the documentation, as Markdown.

    Example:
        >>> print(markdown().splitlines()[3])
        | `thread_id` | string | the story or page |
    """
    rows = [f"| `{c.name}` | {c.kind} | {c.meaning} |" for c in COLUMNS]
    return "\n".join(["| column | kind | meaning |", "|---|---|---|", *rows])
