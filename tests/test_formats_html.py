"""Saved pages: round trips, the choice of mark-up, what is refused, and whatever else comes."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.errors import FormatError, InputError, ModerationError
from moderation.formats import Reading, read, webpage
from moderation.formats.html_layouts import LAYOUTS
from moderation.formats.markup import plain
from moderation.formats.registry import FORMATS
from moderation.formats.samples import Sample

GOLDEN = sorted(path for path in (Path(__file__).parent / "formats").glob("html-*"))


class Post(NamedTuple):
    comment_id: str
    author: str
    second: int
    fragment: str
    replies: list[Post]


def all_of(posts: list[Post], parent: str | None = None) -> list[tuple[Post, str | None]]:
    """Posts in document order, each with its parent's id."""
    found = []
    for post in posts:
        found += [(post, parent), *all_of(post.replies, post.comment_id)]
    return found


def _time(second: int) -> str:
    return pd.Timestamp(second, unit="s", tz="UTC").isoformat()


def json_ld(posts: list[Post]) -> str:
    def thing(post: Post) -> dict[str, object]:
        return {
            "@type": "Comment",
            "@id": post.comment_id,
            "text": post.fragment,
            "author": {"@type": "Person", "name": post.author},
            "dateCreated": _time(post.second),
            "comment": [thing(reply) for reply in post.replies],
        }

    page = {"@type": "Article", "comment": [thing(post) for post in posts]}
    script = json.dumps(page).replace("<", "\\u003c")
    return f'<html><head><script type="application/ld+json">{script}</script></head></html>'


def microdata(posts: list[Post]) -> str:
    def thing(post: Post) -> str:
        replies = "".join(map(thing, post.replies))
        return f"""<div itemprop="comment" itemscope itemtype="https://schema.org/Comment" id="{post.comment_id}">
          <span itemprop="author" itemscope><b itemprop="name">{html.escape(post.author)}</b></span>
          <time itemprop="dateCreated" datetime="{_time(post.second)}">then</time>
          <div itemprop="text">{post.fragment}</div>{replies}</div>"""

    return f"<html><body>{''.join(map(thing, posts))}</body></html>"


def wordpress(posts: list[Post]) -> str:
    def thing(post: Post, depth: int) -> str:
        replies = "".join(thing(reply, depth + 1) for reply in post.replies)
        return f"""<li id="comment-{post.comment_id}" class="comment even depth-{depth}"><article id="div-comment-{post.comment_id}" class="comment-body">
          <div class="comment-author vcard"><b class="fn">{html.escape(post.author)}</b></div>
          <a href="#"><time datetime="{_time(post.second)}">then</time></a>
          <div class="comment-content">{post.fragment}</div></article><ol class="children">{replies}</ol></li>"""

    return f"<html><body><ol>{''.join(thing(post, 1) for post in posts)}</ol></body></html>"


WRITERS = {"JSON-LD": json_ld, "microdata": microdata, "WordPress": wordpress}
ONE = Post("1", "Ann", 1_600_000_000, "<p>Well said</p>", [Post("2", "Ben", 1_600_000_060, "<p>Not at all</p>", [])])  # fmt: skip


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "page.html"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zs", "Zl", "Zp"]),
    min_size=1,
    max_size=20,
)
FRAGMENTS = st.lists(
    st.tuples(WORDS, st.sampled_from(["<p>{}</p>", "<p>{}<br>x</p>", "<blockquote><p>{}</p></blockquote>"])),
    min_size=1,
    max_size=3,
).map(lambda parts: "".join(shape.format(html.escape(words)) for words, shape in parts))  # fmt: skip


NAMES = WORDS.filter(lambda name: "@" not in name)  # an address is no name, and left out


@st.composite
def threads(draw: st.DrawFn) -> list[Post]:
    roots: list[Post] = []
    places = [roots]
    for number in range(draw(st.integers(1, 6))):
        post = Post(str(number), draw(NAMES), draw(st.integers(0, 2**32)), draw(FRAGMENTS), [])
        draw(st.sampled_from(places)).append(post)
        places.append(post.replies)
    return roots


@pytest.mark.parametrize("markup", WRITERS)
@given(posts=threads())
@settings(deadline=None, max_examples=30)
def test_what_was_written_is_read(
    markup: str, posts: list[Post], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{markup}.html"
    path.write_text(WRITERS[markup](posts), "utf-8", newline="")
    reading = Reading(path)
    rows = [row for frame in reading for row in frame.itertuples()]
    assert reading.format == "html"
    assert not reading.rejects
    found = [
        (r.comment_id, None if pd.isna(r.parent_id) else r.parent_id, r.author, r.text)
        for r in rows
    ]
    assert found == [
        (post.comment_id, parent, post.author, plain(post.fragment))
        for post, parent in all_of(posts)
    ]
    assert [int(r.created_at.timestamp()) for r in rows] == [p.second for p, _ in all_of(posts)]


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_recognised_as_itself_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "input.html"
    data = path.read_bytes()
    assert [known.name for known in FORMATS if known.recognise(Sample(data, ".html"))] == ["html"]
    renamed, packed = tmp_path / "input.csv", tmp_path / "input.html.gz"
    shutil.copy(path, renamed)
    packed.write_bytes(gzip.compress(data))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    expected = read(path)
    for other in (renamed, packed, "-"):
        found = read(other)
        assert found["source"].str.startswith("html:").all()
        assert found["text"].tolist() == expected["text"].tolist()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_layout_is_used_where_it_fits(layout: object) -> None:
    name = getattr(layout, "name", "")
    untried = {"MyBB thread", "vBulletin thread"}
    notes = [note for folder in GOLDEN for note in notes_of(folder / "input.html")]
    assert (f"comments taken from the page's {name}" in notes) != (name in untried)


def notes_of(path: Path) -> list[str]:
    reading = Reading(path)
    list(reading)
    return reading.notes


MYBB = """<div id="posts"><div class="post " id="post_9"><div class="post_author"><div class="author_information">
<strong><span class="largetext"><a href="#">Kiln</a></span></strong></div></div><div class="post_content">
<div class="post_head"><span class="post_date">2015-01-05, 08:30 PM</span></div><div class="post_body" id="pid_9">It cracked.</div></div></div></div>"""
VBULLETIN = """<ol id="posts"><li class="postbitlegacy postcontainer" id="post_44"><div class="posthead"><span class="postdate"><span class="date">05-01-2015, 08:30 PM</span></span></div>
<div class="username_container"><a class="username" href="#"><strong>glaze</strong></a></div><div class="postbody"><blockquote class="postcontent restore ">Cone 6, you fool</blockquote></div></li></ol>"""


@pytest.mark.parametrize(
    ("page", "row"),
    [(MYBB, ("9", "Kiln", "It cracked.")), (VBULLETIN, ("44", "glaze", "> Cone 6, you fool"))],
    ids=["MyBB", "vBulletin"],
)
def test_other_forums(
    page: str, row: tuple[str, str, str], write: Callable[[str | bytes], Path]
) -> None:
    comments = read(write(f"<html><body>{page}</body></html>"))
    assert tuple(comments.loc[0, ["comment_id", "author", "text"]]) == row


def test_the_richest_mark_up_is_taken(write: Callable[[str | bytes], Path]) -> None:
    few, many = json_ld([ONE._replace(replies=[])]), wordpress([ONE])
    comments = read(write(few.replace("</html>", many.replace("<html>", ""))))
    assert len(comments) == 2
    assert "comments taken from the page's WordPress comment list" in comments.attrs["notes"]
    same = read(write(json_ld([ONE]).replace("</html>", many.replace("<html>", ""))))
    assert "comments taken from the page's JSON-LD comments" in same.attrs["notes"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>Just an article</p>", "looked for JSON-LD comments, microdata comments, WordPress"),
        ("<p>Just an article</p>", "copy the comments as text"),
        ('<div id="disqus_thread"></div>', "it loads them later from Disqus"),
        ('<div id="coral_thread"></div>', "it loads them later from Coral"),
        ('<div class="fb-comments" data-href="x"></div>', "it loads them later from Facebook"),
        ("", "no comments in the page"),
    ],
)
def test_a_page_without_comments_says_what_was_looked_for(
    body: str, said: str, write: Callable[[str | bytes], Path]
) -> None:
    with pytest.raises(FormatError, match=re.escape(said)):
        read(write(f"<!DOCTYPE html><html><body>{body}</body></html>"))


def test_json_ld_that_breaks_off_is_rejected_with_its_line(
    write: Callable[[str | bytes], Path],
) -> None:
    page = json_ld([ONE]).replace("<head>", "<head>\n\n").replace("]}]}</script>", "</script>")
    reading = Reading(write(page))
    assert list(reading) == []
    assert [(reject.line, b"Comment" in reject.raw) for reject in reading.rejects] == [(3, True)]
    assert "no valid JSON" in reading.rejects[0].reason


def test_addresses_of_persons_are_not_read(write: Callable[[str | bytes], Path]) -> None:
    page = json_ld([ONE]).replace('"name": "Ann"', '"name": "Ann", "email": "ann@home.example"')
    for keep in (False, True):
        assert "home.example" not in read(write(page), keep_personal=keep).to_csv()


REFUSED = {
    "deep nesting": ("<div>" * 100_000, "Excessive depth"),
    "deep nesting in a list": ("<ul><li>" * 100_000, "Excessive depth"),
    "attributes": (f"<div {' '.join(f'a{n}' for n in range(100_000))}>", "256 attributes"),
    "attributes with values": (f"<div {''.join(f'a{n}=x/ ' for n in range(9_000))}>", "256 attributes"),
    "attributes after a quoted bracket": (f"""<p a=">" b='>'{' '.join(f'a{n}=">"' for n in range(9_000))}>""", "256 attributes"),
    "attributes behind a stray quote": (f"""<p a"b {' '.join(f'a{n}' for n in range(9_000))}>""", "256 attributes"),
    "attributes after an empty comment": (f"<!--><p {' '.join(f'a{n}' for n in range(9_000))}> -->", "256 attributes"),
    "attributes of a script": (f"<script {' '.join(f'a{n}' for n in range(9_000))}></script>", "256 attributes"),
}  # fmt: skip


@pytest.mark.parametrize("attack", REFUSED)
def test_what_would_take_a_parser_forever_is_refused(
    attack: str, write: Callable[[str | bytes], Path]
) -> None:
    markup, said = REFUSED[attack]
    with pytest.raises(InputError, match=said):
        read(write(f"<html><body>{wordpress([ONE])}{markup}"))


def test_a_script_may_look_like_a_crowded_tag(write: Callable[[str | bytes], Path]) -> None:
    script = f"<script>if (a<b && {' '.join(map(str, range(1000)))}) </script>"
    assert len(read(write(wordpress([ONE]).replace("<body>", f"<body>{script}")))) == 2


def test_a_page_that_is_too_large_is_refused(
    write: Callable[[str | bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webpage, "LARGEST", 1000)
    with pytest.raises(InputError, match="save its threads one by one"):
        read(write(wordpress([ONE]) + " " * 1000))


HOSTILE = [
    "<b x=1><p>", "<p><i>", "<option>", "<a href=x>", "<table><tr>", "<li class='comment depth-1'>", "<li>", "</div>",
    "<p class=fn>", "</p>", "<", "&", "&#", "<!--", "<!-->", "<script>", "<title>", "<a b='", '<a b="', "<a b=", "<a ",
    "<div class='comment depth-1'><p class=comment-content>x</p></div> tail ",
    "<div itemscope itemtype='http://schema.org/Comment'><p itemprop=text>x</p></div>",
    "<p class=comment-author><p class=fn>", "<span itemprop=author></span>", "\x00", "\xe9", "]]>", "<?", "<![CDATA[",
    '<script type="application/ld+json">[', '<script type="application/ld+json">{"@type":"Comment"}</script>',
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("size", [10_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_hostile_repetition_takes_linear_time(
    hostile: str, size: int, write: Callable[[str | bytes], Path]
) -> None:
    """Quadratic work on a megabyte of any of these would take hours."""
    many = hostile * (size // len(hostile))
    for page in (f"<html>{many}", wordpress([ONE._replace(fragment=many)])):
        try:
            reading = Reading(write(page.encode("latin-1")), format="html")
            rows = sum(len(frame) for frame in reading)
        except InputError:
            continue
        assert reading.records == rows + len(reading.rejects)


def test_nested_json_ld_without_end(write: Callable[[str | bytes], Path]) -> None:
    deep = '{"@type":"Comment","text":"x","comment":' * 50_000
    page = f'<html><script type="application/ld+json">{deep}</script></html>'
    reading = Reading(write(page))
    assert list(reading) == []
    assert "deeply" in reading.rejects[0].reason


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A golden page with some of its bytes cut out, doubled, swapped or replaced."""
    data = bytearray((draw(st.sampled_from(GOLDEN)) / "input.html").read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.integers(0, 400)))
        other = draw(st.integers(0, len(data)))
        data[begin:end] = draw(
            st.one_of(
                st.binary(max_size=20),
                st.sampled_from([item.encode("latin-1") for item in HOSTILE]),
                st.just(bytes(data[other : other + 200])),
            )
        )
    return bytes(data)


@given(data=damaged())
@settings(deadline=None, max_examples=60)
def test_only_the_tools_own_errors_come_out(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.html"
    path.write_bytes(data)
    try:
        reading = Reading(path, format="html")
        rows = sum(len(frame) for frame in reading)
    except ModerationError:
        return
    assert reading.records == rows + len(reading.rejects)
