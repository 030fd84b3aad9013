"""Comments that a page describes to search engines: schema.org's Comment in JSON-LD.

(The same as microdata is a mark-up like others, see :mod:`.html_layouts`.) Any script of the page
may hold some, at any depth. A comment within another's ``comment`` answers it; otherwise
``parentItem`` names what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from moderation.formats.jsontext import decoded
from moderation.formats.records import Comment, Item, Reject
from moderation.formats.webpage import Page

NAME = "JSON-LD comments"

Object = dict[str, Any]

_TYPES = {"comment", "usercomments"}
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,8}|#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6});")


def items(page: Page) -> Iterator[Item]:
    """The comments in a page's JSON-LD, and the scripts with comments that cannot be read."""
    for script in page.tree.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        text = (script.text or "").strip()
        try:
            held = decoded(text.encode())
        except ValueError as error:
            if "Comment" in text:
                yield Reject(f"JSON-LD: {error}", text.encode(), line=script.sourceline)
            continue
        for thing, parent in _comments(held):
            yield _item(thing, parent, page, script.sourceline)


def _comments(held: object) -> Iterator[tuple[Object, str | None]]:
    """Every comment in document order, with the id of the one around it."""
    waiting: list[tuple[object, str | None]] = [(held, None)]
    while waiting:
        value, parent = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, parent) for item in reversed(value)]
        elif isinstance(value, dict):
            if _is_comment(value):
                yield value, parent
                parent = _id(value)
            inner = (v for key, v in value.items() if key != "parentItem")
            waiting += [(item, parent) for item in reversed(list(inner))]


def _is_comment(thing: Object) -> bool:
    kinds = thing.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(str(name).rpartition("/")[2].lower() in _TYPES for name in names)


def _item(thing: Object, parent: str | None, page: Page, line: int | None) -> Item:
    text = thing.get("text", thing.get("commentText"))
    if not isinstance(text, str):
        return Reject("a comment without a text", msgspec.json.encode(thing), line=line)
    return Comment(
        text,
        comment_id=_id(thing),
        thread_id=_id(thing.get("discusses")) or page.address,
        parent_id=parent or _answered(thing.get("parentItem")),
        author=_name(thing.get("author", thing.get("creator"))),
        created_at=_first(thing, "dateCreated", "commentTime", "datePublished"),
        likes=_votes(thing),
        html=bool(_MARKUP.search(text)),
    )


def _id(thing: object) -> str | None:
    if isinstance(thing, dict):
        return _first(thing, "@id", "identifier", "url")
    return thing if isinstance(thing, str) else None


def _answered(thing: object) -> str | None:
    """The id of a parent item, unless that is the article itself."""
    if isinstance(thing, dict) and "@type" in thing and not _is_comment(thing):
        return None
    return _id(thing)


def _name(thing: object) -> str | None:
    while isinstance(thing, list) and thing:
        thing = thing[0]
    if isinstance(thing, dict):
        return _first(thing, "name", "alternateName")
    return thing if isinstance(thing, str) else None


def _first(thing: Object, *keys: str) -> str | None:
    """The first of these keys' values that says something."""
    values = (thing.get(key) for key in keys)
    return next((str(v) for v in values if isinstance(v, str | int) and str(v).strip()), None)


def _votes(thing: Object) -> int | None:
    votes = thing.get("upvoteCount")
    statistics = thing.get("interactionStatistic")
    for statistic in statistics if isinstance(statistics, list) else [statistics]:
        if votes is None and isinstance(statistic, dict):
            kind = statistic.get("interactionType")
            kind = kind.get("@type") if isinstance(kind, dict) else kind
            if str(kind).endswith("LikeAction"):
                votes = statistic.get("userInteractionCount")
    text = str(votes)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
