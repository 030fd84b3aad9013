r"""Bytes of mark-up as text, whatever they were declared to be.

UTF-8 is tried first: text in other encodings hardly ever looks like it, and many a file declares
one that it is not in.
"""

from __future__ import annotations

import re

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that neither XML nor HTML may hold."""

_DECLARED = re.compile(
    rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:\-]+)|<meta[^>]*?\scharset\s*=\s*["']?([\w.:\-]+)"""
    rb"""|<meta[^>]*?;\s*charset=([\w.:\-]+)""",
    re.I,
)
_CHARACTER_SETS = re.compile(
    "ascii|big5|cp|euc|gb|hp|iso|johab|koi8|kz|latin|mac|ptcp|shift|sjis|tis|us-ascii|windows", re.I
)
"""How their names begin; Python knows other codecs too, which are no encodings of text."""
_ESCAPED = re.compile("[\udc80-\udcff]+")


def declared(head: bytes) -> str:
    """The encoding that an XML declaration or a page's ``<meta>`` names, if it is one; else UTF-8.

    Example:
        >>> declared(b'<?xml version="1.0" encoding="Shift_JIS"?>')
        'Shift_JIS'
        >>> declared(b"<meta charset=rot13>")
        'utf-8'
    """
    found = _DECLARED.search(head[:4096])
    name = str(next(filter(None, found.groups())), "ascii", "replace") if found else ""
    try:
        "".encode(name if _CHARACTER_SETS.match(name) else "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    return name if _CHARACTER_SETS.match(name) else "utf-8"


def text_of(raw: bytes, encoding: str) -> tuple[str, list[str]]:
    r"""A text, and what was not as declared.

    Bytes that are neither UTF-8 nor of the declared encoding are read as Windows-1252.

    Args:
        raw: The bytes.
        encoding: What they are declared to be, a name that :mod:`codecs` knows.

    Example:
        >>> text_of("naïve ".encode() + b"caf\xe9", "utf-8")
        ('naïve café', ['bytes that are not UTF-8, read as Windows-1252'])
        >>> text_of("да".encode("cp1251"), "windows-1251")
        ('да', [])
    """
    for name in ("utf-8", encoding):
        try:
            return raw.decode(name), []
        except UnicodeDecodeError:
            continue
    what = "bytes that are not UTF-8, read as Windows-1252"
    return _ESCAPED.sub(_windows, raw.decode(errors="surrogateescape")), [what]


def _windows(run: re.Match[str]) -> str:
    """Escaped bytes as Windows-1252; where it has none, Latin-1's control characters."""
    wrong = run[0].encode("utf-8", "surrogateescape")
    try:
        return wrong.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in wrong)
