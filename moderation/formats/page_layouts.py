"""How comments look in the text that people copy from a page: one row a layout.

A layout says where a comment begins (its header: who, when, answering whom) and, where pages print
one, what ends it (its footer: "Reply • Share ›"). :mod:`.page` walks over the lines. A layout looks
at a line and the few below it, never further, so a page is read in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from moderation.formats import times


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    Attributes:
        number: Counted from 1.
        indent: Columns before the first sign; a tab goes to the next multiple of 8.
        text: Without blanks at either end; may be empty.
    """

    number: int
    indent: int
    text: str

    @classmethod
    def of(cls, number: int, raw: str) -> Line:
        """Measure a line as copied, where blanks may be tabs or no-break spaces."""
        text = raw.strip()
        blanks = raw[: len(raw) - len(raw.lstrip())].expandtabs(8)
        return cls(number, len(blanks) if text else 0, text)


@dataclass(frozen=True, slots=True)
class Header:
    """Where a comment begins.

    Attributes:
        author: As shown.
        length: Lines it takes.
        indent: Column of its first line.
        created_at: The date, where one is printed that a calendar knows.
        answers: Author of the comment that it answers, where the page says so.
        bullet: The sign before the author, where it tells headers from lists in a comment.
    """

    author: str
    length: int
    indent: int
    created_at: str | None = None
    answers: str | None = None
    bullet: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which pages print comments.

    Attributes:
        title: What to look for, for people.
        header: The header that begins at a line, or None.
        footer: What a line must match to end a comment, if pages print such lines; the group
            ``likes`` may count votes.
        indented: The text stands deeper than the header, and what does not is no part of it.
        needs_footers: Headers alone are too common to be trusted: at least half must have one,
            and what stands before the first that has one is the article.
        enough: Comments without which it is taken for chance, where no heading announces any.
    """

    title: str
    header: Callable[[Sequence[Line], int], Header | None]
    footer: re.Pattern[str] | None = None
    indented: bool = False
    needs_footers: bool = False
    enough: int = 1


LONGEST_MARK = 160
"""No header, footer, heading or piece of furniture is longer (characters)."""

HEADING = re.compile(
    r"(\d[\d,.]* |no |all |reader |user |latest |top )*(comments?|responses?|replies|"
    r"thoughts on .*|discussion|conversation|join the (discussion|conversation)).{0,40}",
    re.I,
)
"""A line that announces a thread: "3 comments", "12 thoughts on …"."""

END = re.compile(
    r"(leave|post|add|write|submit) (a|your) (reply|comment|response)s?.*|comments (are|have been) "
    r"closed.*|(load|show|view) (more|all|older|newer|previous) (comments|replies).*|©.*|"
    r"copyright.*|post navigation|sponsored.{0,20}|recommended.{0,30}|privacy( policy| notice)?|"
    r"you may also like.*|most (popular|read|viewed|commented)|add disqus.*|powered by .*|"
    r"do not sell.*|your email address will not be published.*|recent (posts|comments)|also on .*|"
    r"popular (videos?|stories|posts|articles)",
    re.I,
)
"""A line after which a thread is over."""

FURNITURE = re.compile(
    END.pattern + r"|(load|show|view|see|read) (more|all|older|newer|previous).{0,30}|popular|"
    r"skip to .{0,30}|share( this)?.{0,20}|related( \w+){0,3}|subscribe.{0,40}|"
    r"(sign|log) (in|up|out).{0,40}|advertisements?|terms( of \w+)?|newsletters?|more from .*|"
    r"search( for:?)?|archives|facebook|twitter|email|print|follow us.*|(.+.s )?avatar|thumbnail|"
    r"(← |‹ )?previous|next( →| ›)?|home|menu|tags:.*|categories:?.*|sort by .{0,20}|newest|oldest|"
    r"reply|share ?›|[−–+\-△▽▲▼^v|•· \d]*",
    re.I,
)
"""A line that pages print around comments; alone after a blank line it ends one without footer."""

_BULLET = re.compile(r"([•·‣◦▪●○■*+\-–])\s+(\S.*)")
_NUMBERING = re.compile(r"(?:\d{1,4}\.|[•·‣◦▪●○■*])\s+")
_RELATIVE = re.compile(
    r"(?:(?:about |over |almost )?(?:an?|one|\d+) ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|"
    r"hours?|d|days?|w|wks?|weeks?|mo|mos|months?|y|yrs?|years?)(?: ago)?|just now|yesterday|today|"
    r"a few \w+ ago)(?:\s*[•·(,]?\s*edited\)?)?",
    re.I,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CLOCK = re.compile(r"\d:\d\d")
_TRAILING = re.compile(
    r"(?:\s*[•·|#(]?\s*(?:reply|permalink|link|edited|edit|report|flag)\)?)+$", re.I
)
_SAYS = re.compile(r"(.+?)\s+(?:says|said|wrote|writes|commented)\s*:", re.I)
_SAYS_ON = re.compile(
    r"(.+?)(?:,| –| -|:)?\s+(?:on\s+)?(\S.{5,38}?)\s+(?:says|said|wrote|writes|commented)\s*:", re.I
)
_NAME_AND_TIME = re.compile(r"(\S.*?)\s*[•·∙|]\s*(\S.*)")
_ANSWERS = re.compile(
    r"(\S.*?)(?:\s+(?:in reply to|replying to|replied to|answers|to @)\s+|"
    r"\s*[→↪▸▶»>\ue000-\uf8ff]\s*|\s{2,})@?(\S.*)",
    re.I,
)
_NO_NAME_ENDS = re.compile(r"[:;,!?…]$|\w{4,}\.$")
_LONGEST_NAME = 60
_DISQUS_FOOTER = re.compile(
    r"(?P<likes>\d+)?[\s\d△▽▲▼∧∨^v•·|+−–\-]*reply[\s•·|]+share\s*[›»>]?[\s•·|]*", re.I
)
_REPLY = re.compile(
    r"(?:(?P<likes>\d+)\s*(?:likes?|votes?|points?)?[\s•·|]*)?"
    r"(?:(?:like|report|flag|quote|permalink|upvote|\d+)[\s•·|]+)*"
    r"(?:log in to )?reply(?: to .{1,60})?"
    r"(?:[\s•·|↓›]+(?:share|report|flag|like|link|quote)?)*",
    re.I,
)


def _bulleted(lines: Sequence[Line], at: int) -> Header | None:
    """``• Author``, a blank line, and text that stands deeper than the bullet."""
    line = lines[at]
    bullet = _BULLET.fullmatch(line.text)
    if not bullet or not _is_name(bullet[2]):
        return None
    below = _next_text(lines, at + 1)
    if below is None or below == at + 1 or lines[below].indent <= line.indent:
        return None
    return Header(bullet[2], below - at, line.indent, bullet=bullet[1])


def _named_and_timed(lines: Sequence[Line], at: int) -> Header | None:
    """``Author • 2 years ago``, perhaps ``Author in reply to Other • 2 years ago``."""
    found = _NAME_AND_TIME.fullmatch(lines[at].text)
    if not found:
        return None
    return _header(found[1], found[2], 1, lines[at].indent)


def _says(lines: Sequence[Line], at: int) -> Header | None:
    """``Author says:`` with a date below, or ``Author on June 3, 2016 at 4:12 pm said:``."""
    text = _NUMBERING.sub("", lines[at].text, count=1)
    if not text.endswith(":") or len(text) > 2 * _LONGEST_NAME:
        return None
    if dated := _SAYS_ON.fullmatch(text):
        header = _header(dated[1], dated[2], 1, lines[at].indent)
        if header:
            return header
    said = _SAYS.fullmatch(text)
    below = _next_text(lines, at + 1)
    if not said or below is None:
        return None
    return _header(said[1], lines[below].text, below - at + 1, lines[at].indent)


def _above_time(lines: Sequence[Line], at: int) -> Header | None:
    """``Author`` alone on a line, and a time alone on the next."""
    below = _next_text(lines, at + 1)
    if below is None or not lines[at].text:
        return None
    when = lines[below].text
    if _YEAR.search(when) and not _CLOCK.search(when):
        return None  # a day without an hour stands under the names of articles' authors
    text = _NUMBERING.sub("", lines[at].text, count=1)
    return _header(text, when, below - at + 1, lines[at].indent)


def _header(who: str, when: str, length: int, indent: int) -> Header | None:
    """A header, if these are a name and a time."""
    is_time, date = _time(when)
    if not is_time:
        return None
    answered = _ANSWERS.fullmatch(who)
    author, answers = (answered[1], answered[2]) if answered else (who, None)
    return Header(author, length, indent, date, answers) if _is_name(author) else None


def _time(text: str) -> tuple[bool, str | None]:
    """Whether a text is a time, and the date in it if it is one that a calendar knows."""
    if len(text) > LONGEST_MARK:
        return False, None
    text = _TRAILING.sub("", text).strip()
    if _RELATIVE.fullmatch(text):
        return True, None
    if _YEAR.search(text) and times.utc(text)[0] is not None:
        return True, text
    return False, None


def _is_name(text: str) -> bool:
    """Whether a text may be what somebody calls himself."""
    return (
        len(text) <= _LONGEST_NAME
        and len(text.split()) <= 6
        and any(sign.isalnum() for sign in text)
        and not _NO_NAME_ENDS.search(text)
        and "://" not in text
        and not FURNITURE.fullmatch(text)
        and not HEADING.fullmatch(text)
    )


def _next_text(lines: Sequence[Line], at: int) -> int | None:
    """The next line that is not blank, among the next three."""
    for below in range(at, min(at + 3, len(lines))):
        if lines[below].text:
            return below
    return None


LAYOUTS: tuple[Layout, ...] = (
    Layout("authors after bullets, their text indented below", _bulleted, indented=True, enough=2),
    Layout(
        'Disqus ("Author • 2 years ago", "Reply • Share ›")',
        _named_and_timed,
        _DISQUS_FOOTER,
        needs_footers=True,
    ),
    Layout('WordPress ("Author says:" above a date, "Reply")', _says, _REPLY),
    Layout('an author above a time, "Reply" below', _above_time, _REPLY, needs_footers=True),
)
