"""HTML fragments as comments hold them, turned into plain text that reads the same.

No tree is built: a comment needs none, and building one is where HTML parsers go quadratic (open
tags that differ in an attribute bring lexbor down). A tag ends at the next ``>``, whatever stands
in its attributes; ``<`` that begins no tag is text. So the work is linear in the input and
independent of depth.
"""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^<>]*+>|<(/?)([a-zA-Z][a-zA-Z0-9]*+)([^<>]*+)>", re.S)
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_SPACE_IN_LINE = re.compile(r"[ \t\r\f\u00a0]+")
_ATTRIBUTE = r"""(?:^|[\s"'])%s\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)"""
_HREF = re.compile(_ATTRIBUTE % "href", re.I)
_ALT = re.compile(_ATTRIBUTE % "alt", re.I)
_SCHEME = re.compile(r"https?://|mailto:", re.I)
_HUGE_NUMBER = re.compile(r"&#0*[0-9]{8,};?|&#[xX]0*[0-9a-fA-F]{7,};?")

_PARAGRAPHS = {
    "article", "aside", "blockquote", "div", "dl", "fieldset", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section",
    "table", "ul",
}  # fmt: skip
_LINES = {"br", "dd", "dt", "figcaption", "li", "tr"}
_DROPPED = {
    "button", "canvas", "head", "iframe", "math", "noscript", "object", "script", "select", "style",
    "svg", "template", "textarea", "title",
}  # fmt: skip
_DEEPEST_QUOTE = 8


def plain(fragment: str) -> str:
    r"""The text of an HTML fragment.

    Paragraphs are set apart by a blank line, ``<br>`` and list items begin a line, a quote's lines
    begin with ``> ``, a link reads "text (address)". Script, style and comments are left out. In a
    fragment that has neither paragraphs nor ``<br>``, line breaks count, as in WordPress.

    Args:
        fragment: HTML of any size and depth, well-formed or not.

    Returns:
        Plain text without markup, entities decoded, no blank at either end.

    Example:
        >>> print(plain("<p>See <a href='https://example.org/a'>this</a>.<p>1 &lt; 2<br>so"))
        See this (https://example.org/a).
        <BLANKLINE>
        1 < 2
        so
        >>> plain("<blockquote>You lie</blockquote>No<script>alert(1)</script>")
        '> You lie\n\nNo'
    """
    if "<" not in fragment:
        return _unescaped(fragment).replace("\r\n", "\n").strip()
    writer = _Writer(breaks_count=not re.search(r"<(?:p|br|div)[\s/>]", fragment, re.I))
    at = 0
    while token := _TOKEN.search(fragment, at):
        writer.text(fragment[at : token.start()])
        at = token.end()
        name = (token[2] or "").lower()
        if token[1]:
            writer.end(name)
        elif name in _DROPPED:
            at = _end_of(name, fragment, at)
        elif name:
            writer.start(name, token[3])
    writer.text(fragment[at:])
    return writer.result()


def _end_of(name: str, fragment: str, at: int) -> int:
    """Where the content of a dropped element ends; the end of the fragment where it never does."""
    end = re.compile(rf"</{name}[^<>]*>", re.I).search(fragment, at)
    return end.end() if end else len(fragment)


class _Writer:
    """Plain text as it grows: pending breaks, quote depth and the link that is open."""

    def __init__(self, *, breaks_count: bool) -> None:
        self._parts: list[str] = []
        self._breaks = 0
        self._space = False
        self._quotes = self._quoted = 0  # depth now, and of the last words
        self._preformatted = 0
        self._breaks_count = breaks_count
        self._link: tuple[str, int] | None = None

    def text(self, escaped: str) -> None:
        if not escaped:
            return
        text = _unescaped(escaped)
        if self._preformatted or self._breaks_count:
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self._break(self._breaks + 1)
                self._words(line if self._preformatted else _SPACE_IN_LINE.sub(" ", line))
        else:
            self._words(_SPACE.sub(" ", text))

    def start(self, name: str, attributes: str) -> None:
        if name in _PARAGRAPHS:
            self._break(2)
        elif name in _LINES:
            self._break(self._breaks + 1 if name == "br" else 1)
        if name == "li":
            self._words("- ")
        elif name == "blockquote":
            self._quotes += 1
        elif name == "pre":
            self._preformatted += 1
        elif name == "a":
            self._link = (_value(_HREF, attributes), len(self._parts))
        elif name == "img":
            self._words(_value(_ALT, attributes))
        elif name in {"td", "th"}:
            self._words(" ")

    def end(self, name: str) -> None:
        if name in _PARAGRAPHS:
            self._break(2)
        elif name in _LINES:
            self._break(1)
        if name == "blockquote":
            self._quotes = max(self._quotes - 1, 0)
        elif name == "pre":
            self._preformatted = max(self._preformatted - 1, 0)
        elif name == "a" and self._link:
            address, begin = self._link
            self._link = None
            self._address(address, begin)

    def result(self) -> str:
        return "".join(self._parts).strip()

    def _address(self, address: str, begin: int) -> None:
        """Add a link's address unless the text shows it, or names a person or a topic."""
        shown = "".join(self._parts[begin:]).strip()
        stem = shown.rstrip(".…")
        if not _SCHEME.match(address) or shown.startswith(("@", "#")):
            return
        if stem and stem != shown and _bare(address).startswith(_bare(stem)):
            self._parts[begin:] = []
            self._words(address)
        elif _bare(address) != _bare(shown):
            self._words(f" ({address})" if shown else address)

    def _break(self, count: int) -> None:
        self._breaks = max(self._breaks, min(count, 2))
        self._space = False

    def _words(self, text: str) -> None:
        words = text if self._preformatted else text.strip(" ")
        if not words:
            self._space = self._space or bool(text)
            return
        quote = "> " * min(self._quotes, _DEEPEST_QUOTE)
        if not self._parts:
            self._parts.append(quote)
        elif self._breaks:
            between = "> " * min(self._quotes, self._quoted, _DEEPEST_QUOTE)
            self._parts.append(f"\n{between.rstrip()}" * (self._breaks - 1) + f"\n{quote}")
        elif self._space or (text[0] == " " and not self._preformatted):
            self._parts.append(" ")
        self._parts.append(words)
        self._breaks, self._quoted = 0, self._quotes
        self._space = not self._preformatted and text[-1] == " "


def _bare(address: str) -> str:
    """An address as links show it: without scheme, ``www.`` and last slash."""
    return _SCHEME.sub("", address).removeprefix("www.").rstrip("/")


def _value(attribute: re.Pattern[str], attributes: str) -> str:
    found = attribute.search(attributes)
    return _unescaped(found[1].strip("\"'")).strip() if found else ""


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text))
