"""``moderation formats``: what can be read."""

from __future__ import annotations


def formats() -> None:
    """What can be read: every format, its name for --format, and its usual suffixes.

    A format is recognised by its content; --format overrides.
    """
    from rich.console import Console
    from rich.table import Table

    from moderation.formats import table

    shown = Table("name", "what it is", "suffixes", box=None, pad_edge=False)
    for row in table():
        shown.add_row(*row)
    Console().print(shown)
