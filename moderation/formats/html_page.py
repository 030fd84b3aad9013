"""Saved web pages: comments by what the page says of itself, then by common mark-ups.

Every way of :mod:`.html_schema` and :mod:`.html_layouts` is tried; the one that finds most comments
is used, the first of several that find as many, and a note says which. A page that loads its
comments later, from elsewhere, holds none: the error says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from moderation.errors import FormatError
from moderation.formats import html_schema
from moderation.formats.html_comments import Comments
from moderation.formats.html_layouts import FALLBACK, LAYOUTS
from moderation.formats.records import Comment, Item
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from moderation.formats.webpage import Page

_ROOTS = {
    "a", "article", "aside", "base", "body", "details", "dialog", "div", "dl", "footer", "form",
    "h1", "h2", "h3", "head", "header", "html", "li", "link", "main", "meta", "ol", "p", "script",
    "section", "span", "style", "table", "title", "ul",
}  # fmt: skip

_LOADED_LATER = {
    "disqus_thread": "Disqus",
    "coral_talk_stream": "Coral",
    "coral_thread": "Coral",
    "hyvor-talk-view": "Hyvor Talk",
    "commento": "Commento",
    "remark42": "Remark42",
    "isso-thread": "Isso",
    "fb-comments": "Facebook",
    "discourse-comments": "Discourse",
}


def recognise(sample: Sample) -> bool:
    """Whether it begins with an element of HTML: a page, or a piece of one."""
    return sample.root in _ROOTS


def parse(source: Source) -> Iterator[Item]:
    """The comments of a page.

    Raises:
        FormatError: No comments are found; the text says what was looked for.
        InputError: The page is too large, nested too deeply, or has too many attributes in a tag.
    """
    page = Page(source)
    described = list(html_schema.items(page))
    counts = {html_schema.NAME: sum(isinstance(item, Comment) for item in described)}
    found = {layout.name: Comments(page, layout) for layout in LAYOUTS}
    counts |= {name: comments.count for name, comments in found.items()}
    name = max(counts, key=lambda key: counts[key])
    if not counts[name]:
        name, found[FALLBACK.name] = FALLBACK.name, Comments(page, FALLBACK)
        counts[name] = found[name].count
    if counts[name]:
        source.note(f"comments taken from the page's {name}")
        yield from described if name == html_schema.NAME else found[name].items()
    elif described:
        yield from described
    else:
        raise _nothing_found(page, source)


def _nothing_found(page: Page, source: Source) -> FormatError:
    looked = ", ".join([html_schema.NAME, *(layout.name for layout in LAYOUTS), FALLBACK.name])
    identities = set(page.tree.xpath("//@id")) | set(" ".join(page.tree.xpath("//@class")).split())
    systems = [system for name, system in _LOADED_LATER.items() if name in identities]
    mend = "copy the comments as text into a .txt file"
    if systems:
        mend = f"it loads them later from {systems[0]}: use its export, or {mend}"
    return FormatError(f"no comments in the page; looked for {looked}", path=source.name, mend=mend)
