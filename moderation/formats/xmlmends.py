r"""Known faults of exported XML, each with its mend: what a record needs before it can be parsed.

Mends come in rounds, the gentlest first; a record is parsed again after each. Whatever stands in a
whole CDATA section is text and left alone by the first round. No mend drops a character without
putting U+FFFD in its place, and each that changes something is named, so that it can be told.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from html.entities import html5

from moderation.formats.decoding import CONTROL

_NUMBER = r"&#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6});"
_NUMBERS = re.compile(f"(?:{_NUMBER})+")
_AMPERSAND = re.compile(rf"(?!{_NUMBER})&([A-Za-z][A-Za-z0-9]{{0,31}};)?")
_OF_XML = {"amp;", "lt;", "gt;", "quot;", "apos;"}
_TAG = re.compile(r"<[A-Za-z_][^<>]*>")
_UNQUOTED = re.compile(r"""(\s[\w:.\-]+\s*=\s*)(?!["'])([^\s"'<>=`]*[^\s"'<>=`/])(?=\s|/?>)""")
_SECTIONS = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.S)
_OPENING = re.compile(r"<([A-Za-z_][\w:.\-]{0,63})>\s*+<!\[CDATA\[")
_SPLIT = "]]]]><![CDATA[>"
"""How ``]]>`` is written within a CDATA section: the section is ended and begun anew between."""


def rounds(text: str, field: str) -> Iterator[tuple[str, list[str]]]:
    r"""A record's text after each round of mends, and the faults found so far.

    Args:
        text: The record.
        field: Qualified or local name of the element that holds HTML.

    Example:
        >>> next(rounds("<post a=1>x&nbsp;& y</post>", "message"))[0]
        '<post a="1">x\xa0&amp; y</post>'
    """
    found: list[str] = []
    for mends in _ROUNDS:
        for fault, mend in mends:
            after = mend(text, field)
            if after != text:
                found.append(fault)
            text = after
        yield text, found


def _without_control(text: str, field: str) -> str:  # noqa: ARG001  # one signature for all
    return CONTROL.sub("\ufffd", text)


def _outside(mend: Callable[[str], str]) -> Callable[[str, str], str]:
    """The mend, for all but CDATA sections."""

    def apply(text: str, field: str) -> str:  # noqa: ARG001  # one signature for all
        parts = _SECTIONS.split(text)
        parts[::2] = map(mend, parts[::2])
        return "".join(parts)

    return apply


def _with_characters(text: str) -> str:
    return _NUMBERS.sub(_characters, text)


def _characters(run: re.Match[str]) -> str:
    """The characters that a run of numbers names; halves of a surrogate pair are joined."""
    numbers = [
        int(spelt[1:], 16) if spelt[0] in "xX" else int(spelt)
        for spelt in run[0][2:-1].split(";&#")
    ]
    text = "".join(chr(number) if number < 0x110000 else "\0" for number in numbers)
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    mended = CONTROL.sub("\ufffd", joined)
    return run[0] if mended == text else html.escape(mended)


def _with_entities(text: str) -> str:
    return _AMPERSAND.sub(_entity, text)


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if name in _OF_XML:
        return found[0]
    return html5.get(name or "", f"&amp;{name or ''}")


def _with_quotes(text: str) -> str:
    return _TAG.sub(lambda tag: _UNQUOTED.sub(r'\1"\2"', tag[0]), text)


def _with_whole_sections(text: str, field: str) -> str:  # noqa: ARG001  # one signature for all
    """End each section where its element ends, not before and not after."""
    parts, at = [], 0
    while opening := _OPENING.search(text, at):
        end = text.find(f"</{opening[1]}>", opening.end())
        if end < 0:
            break
        content = text[opening.end() : end].rstrip().removesuffix("]]>")
        content = content.replace(_SPLIT, "]]>").replace("]]>", _SPLIT)
        parts += [text[at : opening.end()], content, "]]>"]
        at = end
    return "".join([*parts, text[at:]])


def _with_html_wrapped(text: str, field: str) -> str:
    begin = re.search(rf"<((?:[\w.\-]+:)?{field})>", text)
    end = text.rfind(f"</{begin[1]}>") if begin else -1
    if not begin or end < 0 or "<![CDATA[" in text[begin.end() : end]:
        return text
    content = text[begin.end() : end].replace("]]>", _SPLIT)
    return f"{text[: begin.end()]}<![CDATA[{content}]]>{text[end:]}"


_Mend = tuple[str, Callable[[str, str], str]]

_ROUNDS: tuple[tuple[_Mend, ...], ...] = (
    (
        ("control characters", _without_control),
        ("numbers that name no character", _outside(_with_characters)),
        ("entities that XML does not know", _outside(_with_entities)),
        ("attributes without quotes", _outside(_with_quotes)),
    ),
    (("CDATA sections that end too early or never", _with_whole_sections),),
    (("HTML that is no XML", _with_html_wrapped),),
)
