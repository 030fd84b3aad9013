"""Which column of a table is which of ours: named by the user, or known by a usual name.

What is not ours travels through as an extra column; one that bears the name of a column that
this tool makes comes out as ``input_<name>``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation import columns
from moderation.errors import ColumnError, FormatError
from moderation.formats.batches import Options
from moderation.formats.sources import Source, printable

_USUAL: dict[str, tuple[str, ...]] = {
    "text": ("text", "comment_text", "body", "comment_body", "content", "comment_content",
             "message", "comment", "text_original", "review_text", "review", "post_text", "post",
             "tweet_text", "tweet", "full_text", "selftext", "description"),
    "comment_id": ("comment_id", "id", "cid", "post_id", "message_id", "tweet_id", "review_id"),
    "thread_id": ("thread_id", "story_id", "article_id", "asset_id", "conversation_id", "link_id",
                  "video_id", "page_id", "topic_id", "discussion_id", "thread", "story", "article",
                  "conversation", "topic", "page", "permalink", "link", "url"),
    "parent_id": ("parent_id", "parent", "in_reply_to", "in_reply_to_id", "reply_to",
                  "reply_to_id", "parent_comment_id", "comment_parent"),
    "author": ("author", "author_name", "user_name", "username", "user", "commenter", "name",
               "display_name", "screen_name", "nickname", "comment_author", "speaker", "handle"),
    "created_at": ("created_at", "created", "created_utc", "created_date", "created_time",
                   "timestamp", "date", "datetime", "time", "published_at", "published",
                   "posted_at", "posted", "comment_date_gmt", "comment_date"),
    "state": ("state", "status", "moderation_status", "comment_approved"),
    "likes": ("likes", "like_count", "likes_count", "upvotes", "up_votes", "ups", "favourites",
              "favourites_count", "favorite_count"),
}  # fmt: skip

_PERSONAL = re.compile(
    r"(.*_)?(e?_?mail|email|mail_address|email_address|ip|ip_?addr(ess)?|remote_addr|ipaddress)(_v?\d)?"
)


_KNOWN = {name for names in _USUAL.values() for name in names}


MOST_COLUMNS = 2_000
"""No table of comments is wider."""

_TOLD = 12
"""Columns that a message names, at most."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table's columns go.

    Attributes:
        own: Our column → the table's, ``text`` among them.
        extra: Name in the output → the table's column.
    """

    own: Mapping[str, str]
    extra: Mapping[str, str]


def layout(
    names: Sequence[str],
    source: Source,
    options: Options,
    unfit: Collection[str] = (),
    reserved: Collection[str] = (),
) -> Layout:
    """Decide which column of a table is which, and tell the user.

    Args:
        names: The table's columns.
        source: The input, which hears the notes.
        options: What the user named.
        unfit: Columns that cannot be ours unless named: nested ones.
        reserved: Output names that the format needs for itself.

    Raises:
        ColumnError: A named column is absent, or none can be the text.
        FormatError: There are absurdly many columns.
    """
    if len(names) > MOST_COLUMNS:
        what = f"has {len(names):,} columns, more than any table of comments"
        raise FormatError(what, path=source.name, mend="check that it is a table")
    own = dict(_named(names, source, options))
    for ours, usual in _USUAL.items():
        used = {*own.values(), *unfit}
        candidates = {_plain(name): name for name in reversed(names) if name not in used}
        found = next((candidates[name] for name in usual if name in candidates), None)
        if found is not None:
            own.setdefault(ours, found)
    if "text" not in own:
        raise _no_text(names, own, source)
    _tell(own, source)
    taken = set(own.values())
    rest = [name for name in names if name not in taken]
    if not options.keep_personal:
        rest = _impersonal(rest, source)
    return Layout(own, _output_names(rest, reserved))


def is_usual(name: str) -> bool:
    """Whether tables of comments usually have a column of that name.

    Example:
        >>> is_usual("Comment Text"), is_usual("said the fox")
        (True, False)
    """
    return _plain(name) in _KNOWN


def is_text(name: str) -> bool:
    """Whether a column of that name usually holds the comments' text."""
    return _plain(name) in _USUAL["text"]


def _named(names: Sequence[str], source: Source, options: Options) -> Iterable[tuple[str, str]]:
    for ours, theirs in options.columns.items():
        if ours not in _USUAL:
            raise ColumnError(f'"{ours}" is no column to read', mend=f"use {', '.join(_USUAL)}")
        if theirs not in names:
            near = difflib.get_close_matches(theirs, names, n=1, cutoff=0.0) or ["(none)"]
            option = f"--text-column {near[0]}" if ours == "text" else f"--column {ours}={near[0]}"
            what = f'no column "{printable(theirs)}"'
            raise ColumnError(what, path=source.name, mend=printable(f"try {option}"))
        yield ours, theirs


def _no_text(names: Sequence[str], own: Mapping[str, str], source: Source) -> ColumnError:
    free = [name for name in names if name not in own.values()] or list(names)
    shown = ", ".join(printable(name, 40) for name in names[:_TOLD])
    shown += ", …" * (len(names) > _TOLD)
    mend = f"try --text-column {printable(free[0], 40)}"
    return ColumnError(f"no text column among {shown}", path=source.name, mend=mend)


def _plain(name: str) -> str:
    """A name as it is looked up: ``Comment Text``, ``commentText`` → ``comment_text``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"\W+|_+", "_", spaced.lower()).strip("_")


def _tell(own: Mapping[str, str], source: Source) -> None:
    moved = [f'{ours} from "{theirs}"' for ours, theirs in own.items() if ours != theirs]
    if moved:
        source.note(f"columns: {', '.join(moved)}")


def _impersonal(names: Sequence[str], source: Source) -> list[str]:
    kept = [name for name in names if not _PERSONAL.fullmatch(_plain(name))]
    if len(kept) < len(names):
        gone = ", ".join(name for name in names if name not in kept)
        source.note(f"personal columns left out: {gone} (--keep-personal lets them through)")
    return kept


def _output_names(names: Sequence[str], reserved: Collection[str]) -> dict[str, str]:
    blocked = {*columns.NAMES, *reserved}
    wishes = [f"input_{name}" if name in blocked else name for name in names]
    return dict(zip(unique(wishes), names, strict=True))


def told_apart(header: Sequence[str], source: Source) -> list[str]:
    """The names of a table's columns as they are used; the user is told of those that repeat."""
    names = unique(header)
    again = [
        f'column {place}, "{was.strip()}", is {name}'
        for place, (was, name) in enumerate(zip(header, names, strict=True), 1)
        if was.strip() not in ("", name)
    ]
    if again:
        source.note(f"repeated names: {'; '.join(again[:_TOLD])}{'; …' * (len(again) > _TOLD)}")
    return names


def unique(names: Iterable[str]) -> list[str]:
    """Names of columns: trimmed, an empty one called after its place, a repeated one numbered.

    Example:
        >>> unique(["id", " text", "", "id", "id", "id_2"])
        ['id', 'text', 'column_3', 'id_2', 'id_3', 'id_2_2']
    """
    out: dict[str, None] = {}
    last: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        wish = free = name.strip() or f"column_{place}"
        while free in out:
            last[wish] = last.get(wish, 1) + 1
            free = f"{wish}_{last[wish]}"
        out[free] = None
    return list(out)
