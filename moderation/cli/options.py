"""Arguments and options that the commands which read comments share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from moderation.errors import ColumnError

Inputs = Annotated[
    list[str], typer.Argument(metavar="INPUT...", help="Files of any known format; - is stdin.")
]
Format = Annotated[str | None, typer.Option(help="Format of the input, see: moderation formats.")]
Policy = Annotated[
    Path | None, typer.Option(help="A policy file (TOML) instead of the shipped one.")
]
TextColumn = Annotated[str | None, typer.Option(help="Column of a table that holds the text.")]
Column = Annotated[
    list[str] | None,
    typer.Option(
        metavar="OURS=THEIRS",
        help="Column of a table to read one of ours from, such as author=Who; repeatable.",
    ),
]
KeepPersonal = Annotated[
    bool, typer.Option("--keep-personal", help="Let e-mail and IP addresses through.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Stop at the first record that cannot be read.")
]


def columns(text_column: str | None, pairs: list[str] | None) -> dict[str, str]:
    """Our columns and the table's, as named on the command line.

    Raises:
        ColumnError: A pair without ``=``, or one of our columns named twice.

    Example:
        >>> columns("Body", ["author=Who", "likes=up = down"])
        {'text': 'Body', 'author': 'Who', 'likes': 'up = down'}
    """
    named = {"text": text_column} if text_column else {}
    for pair in pairs or ():
        ours, equals, theirs = pair.partition("=")
        if not (ours and equals and theirs):
            raise ColumnError(f'"{pair}" names no column', mend="write --column author=Who")
        if ours in named:
            raise ColumnError(f'the column for "{ours}" is named twice', mend="name it once")
        named[ours] = theirs
    return named
