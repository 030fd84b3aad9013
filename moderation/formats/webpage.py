r"""A saved web page as a tree, built only where that is safe.

The parser is lxml's. It stops at a depth of 256, and its work is linear but for the attributes of
one tag, which it compares each with each; so their number is checked before. (selectolax, the
quicker one on tame pages, takes minutes for 160,000 ``<option>``, for ``<p><b x=1><p><b x=2>…`` and
for deep nesting.)
"""

from __future__ import annotations

import re
from typing import Any

from moderation.errors import InputError
from moderation.formats.decoding import CONTROL, declared, text_of
from moderation.formats.samples import encoding
from moderation.formats.sources import Source

# lxml carries no types: its elements are Any here.
Element = Any

LARGEST = 32 << 20
"""A larger page (bytes) is refused: its tree takes up to sixteen times the memory."""
MOST_ATTRIBUTES = 256

_ATTRIBUTE = r"""[\s/]*+(?:=?[^\s/>=]++|=)(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]*+))?+"""
_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<([a-zA-Z][^\s/>]*+)"
    rf"(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+({_ATTRIBUTE})?",
    re.S,
)
_VERBATIM = {
    "iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp",
}  # fmt: skip


class Page:
    """A page.

    Args:
        source: The input; what had to be mended is noted there.

    Attributes:
        tree: Its root element.
        address: What it calls its own address, or None.

    Raises:
        InputError: It is larger than 32 MiB, nested more than 256 deep, or has a tag with more
            than 256 attributes.
    """

    def __init__(self, source: Source) -> None:
        with source.open() as stream:
            raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            what = f"a page of more than {LARGEST >> 20} MiB"
            raise InputError(what, path=source.name, mend="save its threads one by one")
        self.tree = _tree(_text(raw, source), source.name)
        self.address = self._address()

    def _address(self) -> str | None:
        for path in (
            "//link[@rel='canonical']/@href",
            "//meta[@property='og:url']/@content",
            "//base/@href",
        ):
            for found in self.tree.xpath(path):
                if found.strip():
                    return str(found.strip())
        return None


def _text(raw: bytes, source: Source) -> str:
    mark = encoding(raw)
    if mark == "utf-8":
        text, faults = text_of(raw, declared(raw))
    else:
        text, faults = raw.decode(mark, "replace"), []
    for fault in faults:
        source.note(fault)
    clean, count = CONTROL.subn("\ufffd", text)
    if count:
        source.note(f"control characters, replaced: {count}")
    return clean


def _tree(text: str, name: str) -> Element:
    from lxml import etree, html

    _refuse_crowded_tags(text, name)
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:
        tree = html.Element("html")
    last = parser.error_log.last_error
    if last is not None and last.type_name == "ERR_RESOURCE_LIMIT":
        what = f"the page cannot be read to its end: {last.message.partition(', use ')[0]}"
        mend = "save it anew, or copy its comments as text into a .txt file"
        raise InputError(what, path=name, line=last.line, mend=mend)
    return tree


def _refuse_crowded_tags(text: str, name: str) -> None:
    at = 0
    while tag := _TAG.search(text, at):
        at = tag.end()
        if tag[2]:
            what = f"a tag with more than {MOST_ATTRIBUTES} attributes"
            raise InputError(what, path=name, line=text.count("\n", 0, tag.start()) + 1)
        if (tag[1] or "").lower() in _VERBATIM:
            end = re.compile(rf"</{re.escape(tag[1])}", re.I).search(text, at)
            at = end.end() if end else len(text)
