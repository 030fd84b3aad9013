"""The formats as people see them: on the command line, and in the documentation."""

from __future__ import annotations

from moderation.formats.registry import FORMATS

_PREFACE = """\
A format is recognised by what a file holds, whatever it is called; `--format` overrides. Files may
be packed (.gz, .zst, .zip with one member), and `-` is standard input. E-mail and IP addresses stay
out unless `--keep-personal` lets them through. What cannot be read is counted and set aside, as it
is, addresses included: `rows + rejected = records`.
"""


def table() -> list[tuple[str, str, str]]:
    """Name, title and suffixes of every format, for the command ``moderation formats``."""
    return [(known.name, known.title, " ".join(known.suffixes)) for known in FORMATS]


def markdown() -> str:
    """The table of formats for the documentation, as Markdown."""
    rows = [
        f"| `{known.name}` | {known.title} | {' '.join(known.suffixes)} | {known.remark} |"
        for known in sorted(FORMATS, key=lambda each: each.name)
    ]
    head = ["| format | what it is | files | remarks |", "|---|---|---|---|"]
    return "\n".join([_PREFACE, *head, *rows])
