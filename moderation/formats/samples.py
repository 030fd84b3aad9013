"""The start of an input, looked at in the ways that tell formats apart."""

from __future__ import annotations

import codecs
import json
import re
from functools import cached_property

_KEY = re.compile(r'"((?:[^"\\]|\\.){1,64})"\s*:')
_XML_ROOT = re.compile(r"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)[\s>/]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # it begins as UTF-16's does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE = ("utf-16", "utf-32")
"""Encodings in which every other byte may be NUL."""
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b")) + b"\x7f"

_BINARIES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF; copy its text into a .txt file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file; save it as .xlsx or .csv"),
    (b"SQLite format 3", "an SQLite database; export the table as .csv"),
    (b"PAR1", "Parquet"),
    (
        b"PK\x03\x04",
        "a .zip or an Office document that is no .xlsx; save it as .xlsx, or unpack it",
    ),
    (b"\x1f\x8b", "packed twice; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed twice; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "packed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "packed with xz; unpack it first"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)


def encoding(head: bytes) -> str:
    """The encoding that a byte order mark names, else UTF-8.

    Example:
        >>> encoding("é".encode("utf-16")), encoding(b"plain")
        ('utf-16', 'utf-8')
    """
    return next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")


class Sample:
    r"""What a format sees of an input when it says whether the input is its own.

    Args:
        head: The first bytes, unpacked, 64 KiB at most.
        suffix: The file's suffix, lower case, with its dot; may be empty or wrong.

    Example:
        >>> sample = Sample(b'{"id": "c1", "body": "Nice"}\n{"id": "c2", "body": "No"}\n')
        >>> sample.record["body"], sorted(sample.keys), sample.opening
        ('Nice', ['body', 'id'], '{')
        >>> Sample(b'<?xml version="1.0"?><!-- x --><disqus xmlns="http://disqus.com">').root
        'disqus'
    """

    def __init__(self, head: bytes, suffix: str = "") -> None:
        self.head = head
        self.suffix = suffix

    @cached_property
    def text(self) -> str:
        """The head as text; bytes that are none become U+FFFD."""
        return self.head.decode(encoding(self.head), "replace")

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are whole; the last, too, where there is no other but blank ones."""
        text = self.text if "\n" in self.text else self.text.replace("\r", "\n")
        *whole, rest = text.replace("\r\n", "\n").split("\n")
        return whole if any(map(str.strip, whole)) else [*whole, rest]

    @property
    def opening(self) -> str:
        """The first character that is neither blank nor a mark: ``{``, ``[``, ``<`` …, or none."""
        return self.text.lstrip().lstrip("\ufeff").lstrip()[:1]

    @cached_property
    def record(self) -> dict[str, object]:
        """The first line as a JSON object: what JSON Lines begin with; else empty."""
        first = next((line for line in self.lines if line.strip()), "")
        try:
            value = json.loads(first, strict=False)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every JSON key in the head, at whatever depth."""
        return frozenset(_KEY.findall(self.text)) if self.opening in "{[" else frozenset()

    @cached_property
    def root(self) -> str:
        """The first XML or HTML element's name without its prefix, lower case; else empty."""
        if self.opening != "<":
            return ""
        content = re.sub(r"<!--.*?(?:-->|\Z)|<[?!][^>]*(?:>|\Z)", "", self.text, flags=re.S)
        found = _XML_ROOT.search(content)
        return found[2].lower() if found else ""

    @cached_property
    def binary(self) -> str | None:
        """What kind of binary file it is, where it is one."""
        for magic, what in _BINARIES:
            if self.head.startswith(magic):
                return what
        if encoding(self.head) in WIDE:
            return None
        control = len(self.head) - len(self.head.translate(None, _CONTROL))
        return "not a text file" if control * 20 > len(self.head) else None
