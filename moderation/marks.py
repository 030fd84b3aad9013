"""Text with marked words, made safe to show: on a page, in a notebook, on a terminal.

A comment is hostile. Shown raw it may be HTML, move a terminal's cursor (escape sequences) or
turn the text beside it around (bidirectional overrides). So whatever is shown passes through
:func:`segments` or :func:`visible` first; what comes out only ever *looks*.

Positions are code points into the text, the end exclusive, as in the ``reasons`` column.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

LEVELS = 3

STYLE = """\
mark[data-strength] { color: inherit; border-radius: .2em; padding: 0 .1em;
  text-decoration: underline; text-decoration-thickness: .12em; text-underline-offset: .18em;
  text-decoration-color: #d9480f; -webkit-box-decoration-break: clone; box-decoration-break: clone }
mark[data-strength="1"] { background: rgb(255 146 43 / .16) }
mark[data-strength="2"] { background: rgb(255 146 43 / .30) }
mark[data-strength="3"] { background: rgb(255 146 43 / .46) }
"""


class Mark(NamedTuple):
    """A span to mark: what the title says about it, and how strongly (0…1)."""

    begin: int
    end: int
    title: str = ""
    strength: float = 1.0


class Segment(NamedTuple):
    """A piece of text that is safe to show; a strength of 0 means that it is not marked."""

    text: str
    title: str = ""
    strength: float = 0.0


def visible(text: str) -> str:
    r"""The text with every character that would act, rather than be seen, made visible.

    Control characters (all but tab and line feed) become their pictures, bidirectional controls
    an arrow, lone surrogates U+FFFD, carriage returns (which move a terminal's cursor) a space.
    One code point in, one out: positions stay true.

    Example:
        >>> visible("nul\0 esc\x1b[2J turn\u202eabout")
        'nul␀ esc␛[2J turn⇄about'
    """
    return text.translate(_VISIBLE)


def segments(text: str, marks: Iterable[Mark]) -> list[Segment]:
    """Cut a text into marked and unmarked pieces, in order, none of them empty.

    Marks that overlap become one: all their titles, the greatest strength. Marks that reach
    outside of the text are cut at its ends. Time grows as n log n with the number of marks.

    Example:
        >>> for piece in segments("you utter fool", [Mark(4, 14, "insult"), Mark(10, 14, "rude")]):
        ...     print(piece)
        Segment(text='you ', title='', strength=0.0)
        Segment(text='utter fool', title='insult; rude', strength=1.0)
    """
    shown = visible(text)
    pieces: list[Segment] = []
    done = 0
    for begin, end, title, strength in _merged(marks, len(text)):
        if done < begin:
            pieces.append(Segment(shown[done:begin]))
        pieces.append(Segment(shown[begin:end], title, strength))
        done = end
    if done < len(shown):
        pieces.append(Segment(shown[done:]))
    return pieces


def html(text: str, marks: Iterable[Mark]) -> str:
    """The text as escaped HTML, marked pieces in ``<mark>`` elements.

    Line breaks are kept as they are: show it where ``white-space: pre-wrap`` holds, isolated
    (``<bdi>``), and with :data:`STYLE`, which knows the strengths 1…3.

    Example:
        >>> html("a <b> fool", [Mark(6, 10, "insult 0.91")])
        'a &lt;b&gt; <mark data-strength="3" title="insult 0.91">fool</mark>'
    """
    return "".join(_element(segment) for segment in segments(text, marks))


def _element(segment: Segment) -> str:
    words = escape(segment.text)
    if not segment.strength:
        return words
    level = min(LEVELS, max(1, math.ceil(segment.strength * LEVELS)))
    title = f' title="{escape(visible(segment.title))}"' if segment.title else ""
    return f'<mark data-strength="{level}"{title}>{words}</mark>'


def _merged(marks: Iterable[Mark], length: int) -> list[Mark]:
    """Marks in order, clipped to the text, overlapping ones joined."""
    clipped = sorted(
        mark._replace(begin=max(mark.begin, 0), end=min(mark.end, length))
        for mark in marks
        if mark.strength > 0
    )
    groups: list[list[Mark]] = []
    reach = 0
    for mark in clipped:
        if mark.begin >= mark.end:
            continue
        if groups and mark.begin < reach:
            groups[-1].append(mark)
        else:
            groups.append([mark])
        reach = max(reach, mark.end)
    return [_joined(group) for group in groups]


def _joined(group: list[Mark]) -> Mark:
    titles = dict.fromkeys(mark.title for mark in group if mark.title)
    return Mark(
        group[0].begin,
        max(mark.end for mark in group),
        "; ".join(titles),
        max(mark.strength for mark in group),
    )


def _table() -> dict[int, str]:
    """What each acting character is shown as."""
    replaced = {0x7F: "␡", **{point: chr(0x2400 + point) for point in range(0x20)}}
    replaced |= {ord("\t"): "\t", ord("\n"): "\n", ord("\r"): " "}
    bidirectional = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
    replaced.update(dict.fromkeys(range(0x80, 0xA0), "\N{REPLACEMENT CHARACTER}"))
    replaced.update(dict.fromkeys(bidirectional, "⇄"))
    replaced.update(dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"))
    return replaced


_VISIBLE = _table()
