"""The report: one HTML file that shows a newsroom which comments need a person, and why.

The file stands alone: no script, nothing loaded from anywhere, and a content security policy
that would refuse it. Comments are hostile, so everything is escaped, whatever would act rather
than be seen is made visible (:mod:`moderation.marks`), and each text is isolated from the page.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from os import PathLike
from typing import Any, NamedTuple

import pandas as pd
from jinja2 import Template
from markupsafe import Markup

from moderation import marks
from moderation.formats.writing import Whole
from moderation.marks import Mark
from moderation.policy import Policy
from moderation.report import pictures
from moderation.report.summary import OUTCOMES, Entry, summarise
from moderation.report.template import load_asset, load_template

#: Comments shown in each listing.
LIMIT = 200
#: Code points of a comment: shown at once, on either side of a glimpse, and shown at all.
AT_ONCE, GLIMPSE, IN_ALL = 700, 120, 20_000


def render(
    frame: pd.DataFrame,
    *,
    title: str = "Comments to look at",
    policy: Policy | None = None,
    limit: int = LIMIT,
) -> str:
    """A scored frame as one self-contained HTML page.

    Args:
        frame: Scored and flagged comments, in any number; columns of the source may be missing.
        title: The heading.
        policy: The policy that decided, for its rules in words; without it a rule goes by its
            name.
        limit: How many comments each listing shows; the others are counted.

    Returns:
        The page. The same frame gives the same page.

    Raises:
        ColumnError: The frame was not scored.

    Example:
        >>> from moderation import columns
        >>> row = {"text": "Well said!", "action": "approve", **dict.fromkeys(columns.HEADS, 0.01)}
        >>> "<h1>Town hall</h1>" in render(pd.DataFrame([row]), title="Town hall")
        True
    """
    style = load_asset("report.css") + marks.STYLE
    return _page().render(
        report=summarise(frame, title, policy, limit),
        outcomes=OUTCOMES,
        pictures=pictures,
        style=Markup(style),  # noqa: S704  # our own file
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def save(page: str, path: str | PathLike[str]) -> None:
    """Write a page or a picture, whole or not at all.

    Raises:
        ModerationError: It cannot be written there.
    """
    with Whole(path) as file:
        file.stream.write(page.encode("utf-8", "replace"))


class Passage(NamedTuple):
    """A comment's text with its words marked, as much of it as fits.

    Attributes:
        first: What is shown at once.
        glimpse: The first marked words, where ``first`` holds none.
        rest: What is folded away.
        folded: Code points in ``rest``.
        unseen: Code points that are not on the page.
    """

    first: Markup
    glimpse: Markup | None
    rest: Markup
    folded: int
    unseen: int


def _passage(entry: Entry) -> Passage:
    length, cut = len(entry.text), _cut(entry.text)
    mark = min((mark.begin for mark in entry.marks), default=-1)
    around = _marked(entry, max(cut, mark - GLIMPSE), mark + GLIMPSE)
    return Passage(
        first=_marked(entry, 0, cut),
        glimpse=around if mark >= cut else None,
        rest=_marked(entry, cut, IN_ALL),
        folded=max(0, min(length, IN_ALL) - cut),
        unseen=max(0, length - max(cut, IN_ALL)),
    )


def _cut(text: str) -> int:
    """Where the part that is shown at once ends: after a word, if there is one near."""
    if len(text) <= AT_ONCE * 1.3:
        return len(text)
    return max(text.rfind(" ", 0, AT_ONCE) + 1, AT_ONCE * 3 // 4)


def _marked(entry: Entry, begin: int, end: int) -> Markup:
    moved = [Mark(m.begin - begin, m.end - begin, m.title, m.strength) for m in entry.marks]
    return Markup(marks.html(entry.text[begin:end], moved))  # noqa: S704  # it escapes


@cache
def _page() -> Template:
    filters: dict[str, Callable[..., Any]] = {
        "passage": _passage,
        "number": "{:,}".format,
        "share": "{:.2f}".format,
        "signed": lambda value: f"{value:+.2f}".replace("-", "−"),
        "day": "{0.day} {0:%B %Y}".format,
        "moment": "{0.day} {0:%b %Y, %H:%M} UTC".format,
    }
    return load_template("report.html.jinja", filters)
