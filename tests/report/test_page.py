from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation import columns, marks
from moderation.errors import ColumnError
from moderation.policy import Policy
from moderation.report import AT_ONCE, IN_ALL, render

Row = dict[str, Any]
Build = Callable[[list[Row]], pd.DataFrame]


class Page(HTMLParser):
    """A page as a browser would take it: elements, attributes, texts by element."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[tuple[str, str]] = []
        self.feed(markup)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        given = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in given.items()]
        if tag != "meta":
            self.open.append((tag, f"{tag}.{given.get('class', '').split(' ')[0]}".rstrip(".")))
            self.texts.setdefault(self.open[-1][1], []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        name, _ = self.open.pop()
        assert name == tag, f"</{tag}> closes <{name}>"

    def handle_data(self, data: str) -> None:
        for _, name in self.open:
            self.texts[name][-1] += data

    def values(self, attribute: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == attribute]


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def page(frame: pd.DataFrame, house_policy: Policy) -> Page:
    return Page(render(frame, title="The winter ferry", policy=house_policy))


def test_it_says_how_many_need_a_person(page: Page) -> None:
    assert words(page.texts["p.lede"][0]) == (
        "6 of 12 comments need a person. Written on 3 November 2025."
    )
    counted = [words(each) for each in page.texts["dl.counts"]]
    assert counted == [
        "to reject1 to review4 could not be scored1 approved5 skipped1",
    ]


def test_the_queue_is_worst_first_then_the_unscored_then_the_approved(page: Page) -> None:
    authors = [words(each) for each in page.texts["h3"]]
    assert authors[2:] == [
        *("old_salt", "B. Achterberg", "patient", "QuickDeals", "Wintergast"),
        "Heike",
        *("Rosa Lindqvist", "Rosa Lindqvist", "Tomé", "مسافر", "jetty"),
    ]


def test_reasons_are_in_words_with_value_and_bound(page: Page) -> None:
    assert [words(each) for each in page.texts["ul.reasons"]] == [
        "insults a person or a group insult 0.84, at least 0.5",
        "reads as a threat threat 0.71, at least 0.25",
        "insults a person or a group insult 0.52, at least 0.5",
        "many links, as spam has links 4, at least 4",
        "hostile and negative toxicity 0.47, at least 0.45; sentiment -0.84, at most -0.5",
    ]
    assert page.texts["p.error"] == ["German (de): this model reads English only"]


def test_without_a_policy_a_rule_goes_by_its_name(frame: pd.DataFrame) -> None:
    assert words(Page(render(frame)).texts["ul.reasons"][3]).startswith("spam links 4")


def test_marked_words_say_which_rule(page: Page) -> None:
    assert page.texts["mark"][:3] == ["idiots", "clown", "sink that boat"]
    titles = [value for tag, name, value in page.attributes if (tag, name) == ("mark", "title")]
    assert titles[:3] == ["insults a person or a group"] * 2 + ["reads as a threat"]


def test_the_parent_is_quoted_and_linked(page: Page, rows: list[Row]) -> None:
    assert [words(each) for each in page.texts["blockquote.parent"]] == [
        "In reply to Rosa Lindqvist Does anyone know if the 6.40 runs on Sundays now?",
        "In reply to old_salt " + words(rows[1]["text"]),
    ]
    targets = {value[1:] for value in page.values("href")}
    assert targets <= set(page.values("id"))


def test_decisive_scores_stand_out(page: Page) -> None:
    assert [words(each) for each in page.texts["div.decisive"]] == [
        *("insult 0.84", "threat 0.71", "insult 0.52", "toxicity 0.47"),
    ]


def test_a_long_comment_is_folded_and_its_marked_words_are_not(page: Page) -> None:
    assert words(page.texts["p.text"][2])[-1] == "…"
    assert len(page.texts["p.text"][2]) < AT_ONCE * 1.3
    assert "bunch of liars" in page.texts["p.text"][3]
    assert page.texts["p.text"][4].endswith("What a bunch of liars.")


def test_the_page_is_self_contained(frame: pd.DataFrame) -> None:
    page = Page(render(frame))
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(
        page.tags
    )
    assert all(value.startswith("#") for value in page.values("href"))
    assert not page.values("src") + page.values("style")
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "default-src 'none'" in page.values("content")[0]
    assert "unsafe" not in page.values("content")[0]
    assert not re.search(r"url\(|@import", page.texts["style"][0])


def test_headings_and_ids_are_in_order(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert set(page.values("aria-labelledby")) <= set(ids)
    assert page.tags["h1"] == page.tags["main"] == 1
    assert ("html", "lang", "en") in page.attributes
    assert ("p", "lang", "de") in page.attributes


HOSTILE = [
    "<script>window.hit = 1</script>",
    "</style></bdi></p></article><script>window.hit = 2</script>",
    '"><img src=x onerror="window.hit = 3">',
    "' onmouseover='window.hit = 4",
    "javascript:window.hit=5",
    "{{ 7 * 7 }} {% raw %} {# gone #}",
    "\u202egnirts desrever\u202c \u2066unclosed",
    "nul\0nul \x1b[31m \x08 \x85",
    "<!--", "-->", "]]>", "&lt;script&gt; &#0; &amp;amp;",
    "half \ud83d of a pair",
    "﷽" * 50,
    "Z" + "\u0335\u0336\u0337" * 200,
    "w" * 5_000,
]  # fmt: skip


def hostile_rows(value: str) -> list[Row]:
    """The same hostile text wherever a comment can say something."""
    why = {"rule": value, "column": "insult", "value": value, "bound": value}
    span = {"begin": 0, "end": max(1, len(value) // 2)}
    named = dict.fromkeys(["comment_id", "thread_id", "author", "text", "source"], value)
    scored = dict.fromkeys(columns.HEADS, 0.5) | {"sentiment": 0.0}
    base = {**named, "language": value, "model": value, "policy": value, "state": value}
    fired = {"action": "review", "priority": 0.9, "reasons": [{**why, "spans": [span]}]}
    return [
        {**base, **scored, **fired},
        {**base, **scored, **fired, "comment_id": "child", "parent_id": value},
        {**base, "error": value, "action": "review", "priority": 0.5, "comment_id": "unscored"},
        {**base, **scored, "action": "approve", "comment_id": "fine"},
    ]


def encodable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:20])
def test_hostile_text_stays_text(build: Build, value: str) -> None:
    value = encodable(value)
    calm = Page(render(build(hostile_rows("calm")), title="calm"))
    page = Page(render(build(hostile_rows(value)), title=value))
    differ = {"mark", "details", "summary", "p", "bdi"}  # a long text is folded
    assert {k: v for k, v in page.tags.items() if k not in differ} == {
        k: v for k, v in calm.tags.items() if k not in differ
    }
    names = {(tag, name) for tag, name, _ in page.attributes}
    assert names - {("p", "lang")} <= {(tag, name) for tag, name, _ in calm.attributes} | {
        ("details", "class")
    }
    assert page.texts["h1"] == [marks.visible(value)]
    assert page.texts["p.error"] == [marks.visible(value)]
    assert page.texts["p.text"][0].startswith(marks.visible(value)[: AT_ONCE // 2])


@given(value=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_reads_back(build: Build, value: str) -> None:
    markup = render(build(hostile_rows(value)), title=value)
    assert "\0" not in markup
    assert Page(markup).texts["h1"] == [marks.visible(value)]


def test_the_same_frame_gives_the_same_page(frame: pd.DataFrame, house_policy: Policy) -> None:
    assert render(frame, policy=house_policy) == render(frame.copy(), policy=house_policy)


def test_more_than_the_limit_is_counted(frame: pd.DataFrame) -> None:
    page = Page(render(frame, limit=2))
    assert page.tags["article"] == 2 + 1 + 2
    notes = [words(each) for each in page.texts["p.note"]]
    assert [note.split(" not shown")[0] for note in notes if "not shown" in note] == [
        "3 more are",
        "3 more are",
    ]


def test_a_frame_without_the_columns_of_a_source(frame: pd.DataFrame) -> None:
    bare = frame[
        ["text", *columns.SENTIMENT, *columns.HEADS, "error", "action", "priority", "reasons"]
    ]
    page = Page(render(bare))
    assert page.texts["h3"][2:4] == ["No name", "No name"]
    assert "row-1" in page.values("id")


def test_ids_that_repeat_have_places_of_their_own(rows: list[Row], build: Build) -> None:
    page = Page(render(build([row | {"comment_id": "1"} for row in rows])))
    ids = page.values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("keep", "words_shown"),
    [
        ([], "There are no comments here."),
        ([7], "None of 1 comment needs a person."),
        ([1], "1 of 1 comment needs a person."),
    ],
)
def test_small_frames(frame: pd.DataFrame, keep: list[int], words_shown: str) -> None:
    page = Page(render(frame.iloc[keep]))
    assert words(page.texts["p.lede"][0]).startswith(words_shown)


def test_a_frame_that_was_not_scored() -> None:
    with pytest.raises(ColumnError, match='no column "action"; score the comments first'):
        render(pd.DataFrame({"text": ["hello"]}))


def test_an_endless_comment_is_cut(rows: list[Row], build: Build) -> None:
    rows[1]["text"] += " and on" * 100_000
    markup = render(build(rows[:2]))
    assert len(markup) < 60_000 + IN_ALL
    note = words(Page(markup).texts["p.note"][-1])
    assert note == f"{len(rows[1]['text']) - IN_ALL:,} more characters are not shown here."
