"""Comments found in a page's tree by a :class:`.html_layouts.Layout`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from moderation.formats.html_layouts import Layout
from moderation.formats.records import Comment, Item, Reject, Skipped
from moderation.formats.webpage import Element, Page

_VALUES = ("content", "datetime", "data-time", "data-timestamp", "title")
"""Attributes that say a time more precisely than the text that is shown."""
_WEEKDAY = re.compile(r"^(?:[A-Z][a-z]{2,5}day|Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+")
_DIGIT = re.compile(r"[0-9]")
_COUNT = re.compile(r"\d[\d,]{0,17}(?![\d.]|\s*[kKmM]\b)")


class Comments:
    """What a layout finds in a page.

    Args:
        page: The page. Reading :meth:`items` empties its comments.
        layout: Where to look.

    Attributes:
        count: How many comments with a text there are.
    """

    def __init__(self, page: Page, layout: Layout) -> None:
        self._page = page
        self._layout = layout
        self._elements: dict[Element, None] = dict.fromkeys(_select(page.tree, layout.comment))
        self._others = {
            element: noun
            for selector, noun in layout.others.items()
            for element in _select(page.tree, selector)
            if element in self._elements
        }
        self._texts = self._owned(layout.text)
        self.count = sum(element not in self._others for element in self._texts)

    def items(self) -> Iterator[Item]:
        """The comments in document order, what is none, and what has an author but no text."""
        layout = self._layout
        fields = {
            name: self._owned(selectors)
            for name, selectors in (
                ("author", layout.author),
                ("time", layout.time),
                ("likes", layout.likes),
                ("parent", (layout.parent,) if layout.parent else ()),
            )
        }
        states = {state: self._owned((css,)) for css, state in layout.states.items()}
        parents = {element: self._parent(element) for element in self._elements}
        found: list[Item] = []
        # Innermost first, each emptied once it is read: so a text never holds its replies, and
        # all texts together are no longer than the page.
        for element in reversed(self._elements):
            own = {name: owners.get(element, []) for name, owners in fields.items()}
            if element in self._texts or own["author"] or element in self._others:
                state = next((word for word, owners in states.items() if element in owners), None)
                found.append(self._item(element, own, parents[element], state))
            element.clear(keep_tail=True)
        yield from reversed(found)

    def _item(
        self, element: Element, own: dict[str, list[Element]], parent: str | None, state: str | None
    ) -> Item:
        line = element.sourceline
        if element in self._others:
            return Skipped(self._others[element], _html(element).encode(), line=line)
        if element not in self._texts:
            return Reject("a comment without a text", _html(element).encode(), line=line)
        texts = self._texts[element]
        meta = [text for text in texts if text.get("content") is not None]
        return Comment(
            meta[0].get("content") if meta else "\n".join(map(_html, texts)),
            comment_id=self._id(element),
            thread_id=self._page.address,
            parent_id=parent or next(map(self._answered, own["parent"]), None),
            author=next((_shown(author) for author in own["author"]), None),
            created_at=next(map(_time, own["time"]), None),
            state=state,
            likes=next(map(_count, own["likes"]), None),
            html=not meta,
        )

    def _owned(self, selectors: tuple[str, ...]) -> dict[Element, list[Element]]:
        """For each comment, what the first of the selectors that finds anything finds in it."""
        owned: dict[Element, list[Element]] = {}
        for selector in selectors if self._elements else ():
            found: dict[Element, list[Element]] = {}
            for element in _select(self._page.tree, selector):
                owner = self._around(element)
                if owner is not None and owner not in owned:
                    found.setdefault(owner, []).append(element)
            owned |= found
        return owned

    def _around(self, element: Element) -> Element | None:
        """The innermost comment that holds an element, or is it."""
        while element is not None and element not in self._elements:
            element = element.getparent()
        return element

    def _parent(self, element: Element) -> str | None:
        """The id of the comment whose replies an element stands in."""
        replies = self._layout.replies
        above = element.getparent()
        while above is not None:
            if replies and (named := re.search(replies[1], above.get(replies[0], ""))):
                return named[1]
            if above in self._texts and above not in self._others:
                return self._id(above)
            above = above.getparent()
        return None

    def _id(self, element: Element) -> str | None:
        for attribute, pattern in self._layout.identity:
            if found := re.search(pattern, element.get(attribute, "").strip()):
                return found[1]
        return None

    def _answered(self, link: Element) -> str | None:
        address = (link.get("href") or link.get("content") or link.get("itemid") or "").strip()
        return next(
            (
                found[1]
                for attribute, pattern in self._layout.identity
                if (found := re.search(pattern, address))
            ),
            None,
        )


@cache
def _selector(css: str) -> Any:  # noqa: ANN401  # lxml carries no types
    """A selector as one test of each element.

    The usual translation joins sets of elements, which libxml2 does in quadratic time.
    """
    import cssselect
    from lxml import etree

    class Tests(cssselect.HTMLTranslator):
        def xpath_descendant_combinator(self, left: Any, right: Any) -> Any:  # noqa: ANN401
            return right.add_condition(f"ancestor::{left}")

        def xpath_child_combinator(self, left: Any, right: Any) -> Any:  # noqa: ANN401
            return right.add_condition(f"parent::{left}")

    paths = [Tests().selector_to_xpath(part, prefix="self::") for part in cssselect.parse(css)]
    return etree.XPath(f"descendant-or-self::*[{' or '.join(paths)}]")


def _select(tree: Element, css: str) -> list[Element]:
    found: list[Element] = _selector(css)(tree)
    return found


def _html(element: Element) -> str:
    from lxml import html

    markup: str = html.tostring(element, encoding="unicode", with_tail=False)
    return markup


def _shown(element: Element) -> str | None:
    text = element.get("content") or "".join(element.itertext())
    return " ".join(text.split()) or None


def _time(element: Element) -> str | None:
    """A time from an attribute, else as shown; what comes before it, as in phpBB, is left out."""
    values = [element.get(name, "") for name in _VALUES]
    text = next((value for value in values if _DIGIT.search(value)), _shown(element) or "")
    return _WEEKDAY.sub("", text.rpartition("»")[2].strip()) or None


def _count(element: Element) -> int | None:
    found = _COUNT.search(_shown(element) or "")
    return int(found[0].replace(",", "")) if found else None
