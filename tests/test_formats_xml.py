"""XML exports: real files, round trips, every known fault, attacks, and whatever else comes."""

from __future__ import annotations

import gzip
import html
import io
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.errors import InputError, ModerationError
from moderation.formats import Reading, read, xmlrecords, xmltree
from moderation.formats.markup import plain
from moderation.formats.registry import FORMATS
from moderation.formats.samples import Sample

GOLDEN = Path(__file__).parent / "formats"
EXPORTS = ["disqus-xml", "wordpress-wxr"]


class Post(NamedTuple):
    comment_id: str
    thread_id: str
    parent_id: str | None
    author: str
    second: int
    fragment: str
    state: str


def disqus(posts: list[Post], message: Callable[[str], str] | None = None) -> str:
    """Comments as Disqus exports them."""
    threads = "".join(
        f'<thread dsq:id="{thread}"><id/><isDeleted>false</isDeleted></thread>'
        for thread in sorted({post.thread_id for post in posts})
    )
    written = "".join(
        f"""
  <post dsq:id="{post.comment_id}">
    <message>{(message or _cdata)(post.fragment)}</message>
    <createdAt>{_time(post.second, "%Y-%m-%dT%H:%M:%SZ")}</createdAt>
    <isDeleted>{str(post.state == "deleted").lower()}</isDeleted>
    <isSpam>{str(post.state == "spam").lower()}</isSpam>
    <author><email>a@b.example</email><name>{html.escape(post.author)}</name></author>
    <ipAddress>192.0.2.1</ipAddress>
    <thread dsq:id="{post.thread_id}" />
    {f'<parent dsq:id="{post.parent_id}"/>' if post.parent_id else ""}
  </post>"""
        for post in posts
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<disqus xmlns="http://disqus.com" '
        f'xmlns:dsq="http://disqus.com/disqus-internals">{threads}{written}\n</disqus>'
    )


def wordpress(posts: list[Post], message: Callable[[str], str] | None = None) -> str:
    """Comments as WordPress exports them."""
    states = {"published": "1", "pending": "0", "spam": "spam", "deleted": "trash"}
    items = []
    for thread in dict.fromkeys(post.thread_id for post in posts):
        comments = "".join(
            f"""
  <wp:comment>
    <wp:comment_id>{post.comment_id}</wp:comment_id>
    <wp:comment_author>{html.escape(html.escape(post.author))}</wp:comment_author>
    <wp:comment_author_email>a@b.example</wp:comment_author_email>
    <wp:comment_author_IP>192.0.2.1</wp:comment_author_IP>
    <wp:comment_date_gmt>{_time(post.second, "%Y-%m-%d %H:%M:%S")}</wp:comment_date_gmt>
    <wp:comment_content>{(message or _cdata)(post.fragment)}</wp:comment_content>
    <wp:comment_approved>{states[post.state]}</wp:comment_approved>
    <wp:comment_type>comment</wp:comment_type>
    <wp:comment_parent>{post.parent_id or 0}</wp:comment_parent>
  </wp:comment>"""
            for post in posts
            if post.thread_id == thread
        )
        items.append(f"<item><link>{thread}</link>{comments}</item>\n")
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<rss version="2.0" '
        'xmlns:wp="http://wordpress.org/export/1.2/"><channel><link>https://blog.example</link>'
        f"{''.join(items)}</channel></rss>"
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _time(second: int, spelling: str) -> str:
    return pd.Timestamp(second, unit="s").strftime(spelling)


WRITERS = {"disqus-xml": disqus, "wordpress-wxr": wordpress}
ONE = Post("1", "t1", None, "Ann", 1_600_000_000, "<p>Well said</p>", "published")
TWO = Post("2", "t1", "1", "Ben", 1_600_000_060, "<p>Not at all</p>", "published")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "export.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


# --- real files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ids", "threads", "parents", "states"),
    [
        ("isso-disqus.xml", "4 5 6 8 9 11", 3, {"5": "4", "11": "9"}, "ppppdp"),
        (
            "isso-wordpress.xml",
            "2 6 7 8 9 10 11 11",
            2,
            {"7": "6", "8": "7", "9": "7"},
            "pppppppp",
        ),
        ("remark42-disqus.xml", _R := "299619020 299744309 299986072 12345678890 299986073 x299986073", 2, {}, "pppps-"),
        ("remark42-disqus-deleted-post.xml", _R, 2, {}, "dppps-"),
        ("remark42-disqus-deleted-thread.xml", _R, 2, {}, "ddppsd"),
    ],
)  # fmt: skip
def test_real_exports(
    shared: Path, name: str, ids: str, threads: int, parents: dict[str, str], states: str
) -> None:
    comments = read(shared / "exports" / name)
    assert " ".join(comments["comment_id"]) == ids
    assert comments["thread_id"].nunique() == threads
    found = comments.dropna(subset=["parent_id"])
    assert dict(zip(found["comment_id"], found["parent_id"], strict=True)) == parents
    assert "".join(comments["state"].fillna("-").str[0]) == states
    assert comments.attrs["rejected"] == 0
    assert not re.search(r"@|<p>|\d+\.\d+\.\d+\.\d+", comments.to_csv())


# --- round trips ------------------------------------------------------------------------------

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30
)
PARTS = st.one_of(
    WORDS.map(html.escape),
    st.sampled_from(["]]>", "<br>", "<p>", "</p>", "<blockquote>so</blockquote>", "&amp;", "<!--", "-->", "</i>", "\n"]),
)  # fmt: skip


@st.composite
def threads(draw: st.DrawFn) -> list[Post]:
    """Posts of some threads, each answering any other that does not lead back to it."""
    count = draw(st.integers(1, 6))
    order = draw(st.permutations(range(count)))
    posts = []
    for place, number in enumerate(order):
        above = draw(st.one_of(st.none(), st.sampled_from(order[:place]))) if place else None
        posts.append(
            Post(
                f"c{number}",
                f"t{draw(st.integers(1, 2))}",
                None if above is None else f"c{above}",
                draw(WORDS),
                draw(st.integers(0, 2**32)),
                "".join(draw(st.lists(PARTS, max_size=5))),
                draw(st.sampled_from(["published", "spam", "deleted"])),
            )
        )
    return sorted(posts, key=lambda post: (post.thread_id, post.comment_id))


@pytest.mark.parametrize("name", EXPORTS)
@given(posts=threads())
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_was_written_is_read(
    name: str, posts: list[Post], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{name}.xml"
    path.write_text(WRITERS[name](posts), "utf-8", newline="")
    reading = Reading(path, keep_personal=True)  # a drawn name may be an address, "0@0.0"
    rows = [row for frame in reading for row in frame.itertuples()]
    assert reading.format == name
    assert not reading.rejects
    assert [(r.comment_id, r.thread_id, r.text, r.state) for r in rows] == [
        (p.comment_id, p.thread_id, plain(p.fragment), p.state) for p in posts
    ]
    assert [None if pd.isna(r.parent_id) else r.parent_id for r in rows] == [
        p.parent_id for p in posts
    ]
    assert [int(r.created_at.timestamp()) for r in rows] == [p.second for p in posts]
    shown = [
        p.author.strip() if name == "disqus-xml" else plain(html.escape(p.author)) for p in posts
    ]
    assert [None if pd.isna(r.author) else r.author for r in rows] == [a or None for a in shown]


# --- faults -----------------------------------------------------------------------------------

FAULTS: dict[str, tuple[Callable[[str], str | bytes], list[str], int]] = {
    # name: what is done to an export of two comments, the texts then read, how many are rejected
    "byte order mark": (lambda xml: "\ufeff" + xml, ["Well said", "Not at all"], 0),
    "UTF-16": (lambda xml: xml.encode("utf-16"), ["Well said", "Not at all"], 0),
    "Windows line ends": (lambda xml: xml.replace("\n", "\r\n"), ["Well said", "Not at all"], 0),
    "old Mac line ends": (lambda xml: xml.replace("\n", "\r"), ["Well said", "Not at all"], 0),
    "on one line": (lambda xml: xml.replace("\n", ""), ["Well said", "Not at all"], 0),
    "Windows-1252": (
        lambda xml: xml.replace("Well", "W\xe9ll").encode("cp1252"),
        ["Wéll said", "Not at all"],
        0,
    ),
    "declared Cyrillic": (
        lambda xml: xml.replace("utf-8", "windows-1251").replace("UTF-8", "windows-1251").replace("Well", "Да").encode("cp1251"),
        ["Да said", "Not at all"],
        0,
    ),
    "declared Latin-1, written UTF-8": (
        lambda xml: xml.replace("utf-8", "iso-8859-1").replace("UTF-8", "iso-8859-1").replace("Well", "Да"),
        ["Да said", "Not at all"],
        0,
    ),
    "declared nonsense": (
        lambda xml: xml.replace("utf-8", "base64").replace("UTF-8", "x-klingon"),
        ["Well said", "Not at all"],
        0,
    ),
    "mixed encodings": (
        lambda xml: xml.replace("Well", "Wéll").encode().replace(b"Not", b"N\xf6t"),
        ["Wéll said", "Nöt at all"],
        0,
    ),
    "control characters": (
        lambda xml: xml.replace("Well", "W\x00e\x1fll"),
        ["W\ufffde\ufffdll said", "Not at all"],
        0,
    ),
    "undefined entities": (
        lambda xml: xml.replace("Ann", "Ann&nbsp;&hearts; &bogus; & co"),
        ["Well said", "Not at all"],
        0,
    ),
    "CDATA never closed": (
        lambda xml: xml.replace("said</p>]]>", "said</p>"),
        ["Well said", "Not at all"],
        0,
    ),
    "CDATA closed too early": (
        lambda xml: xml.replace("Well said", "Well]]> said"),
        ["Well]]> said", "Not at all"],
        0,
    ),
    "the last CDATA never closed": (
        lambda xml: xml.replace("all</p>]]>", "all</p>"),
        ["Well said", "Not at all"],
        0,
    ),
    "duplicate ids": (lambda xml: xml.replace('"2"', '"1"'), ["Well said", "Not at all"], 0),
    "tags that do not match": (lambda xml: xml.replace("Ann", "<b>Ann</i>"), ["Not at all"], 1),
    "nested too deeply": (lambda xml: xml.replace("Ann", "<b>" * 300), ["Not at all"], 1),
    "a prefix of its own": (lambda xml: xml.replace("Ann", "<zz:b>Ann</zz:b>"), ["Not at all"], 1),
    "a second root": (lambda xml: xml + xml, ["Well said", "Not at all"] * 2, 0),
    "rubbish after the end": (lambda xml: xml + "\n\x00 Warning: x\n", ["Well said", "Not at all"], 0),
    "PHP's complaint before": (
        lambda xml: xml.replace("?>", "?>\n<!-- <b>Warning</b>: in /www -->", 1),
        ["Well said", "Not at all"],
        0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_faults(name: str, fault: str, write: Callable[[str | bytes], Path]) -> None:
    damage, texts, rejected = FAULTS[fault]
    path = write(damage(WRITERS[name]([ONE, TWO])))
    reading = Reading(path, rows=1)
    frames = list(reading)
    assert [text for frame in frames for text in frame["text"]] == texts
    assert reading.rejected == rejected
    assert all(reject.line and reject.raw and reject.reason for reject in reading.rejects)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_truncated_export_loses_nothing_silently(
    name: str, write: Callable[[str | bytes], Path]
) -> None:
    whole = WRITERS[name]([ONE, TWO]).encode()
    begin = whole.rindex(b"Ann")
    for end in range(begin, len(whole), 11):
        reading = Reading(write(whole[:end]))
        rows = sum(len(frame) for frame in reading)
        started = whole[:end].count(b"<post ") + whole[:end].count(b"<wp:comment>")
        assert rows + reading.rejected == started
        assert b"".join(reject.raw for reject in reading.rejects) in whole


@pytest.mark.parametrize("name", EXPORTS)
def test_strict_stops_at_the_line(name: str, write: Callable[[str | bytes], Path]) -> None:
    path = write(WRITERS[name]([ONE, TWO]).replace("Ben", "</b>"))
    line = path.read_text().split("Not at all")[0].count("\n")
    with pytest.raises(InputError, match="no valid XML") as caught:
        list(Reading(path, strict=True))
    assert caught.value.line is not None
    assert abs(caught.value.line - line) < 6


@pytest.mark.parametrize(("name", "wrapped"), [(EXPORTS[0], True), (EXPORTS[1], False)])
def test_a_comment_of_ten_megabytes(
    name: str, wrapped: bool, write: Callable[[str | bytes], Path]
) -> None:
    long = "x" * (11 << 20)
    path = write(
        WRITERS[name]([ONE._replace(fragment=long), TWO], _cdata if wrapped else html.escape)
    )
    assert read(path)["text"].tolist() == [long, "Not at all"]


@pytest.mark.parametrize("name", EXPORTS)
def test_a_record_without_an_end_in_sight(
    name: str, write: Callable[[str | bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xmlrecords, "LONGEST", 1 << 12)
    monkeypatch.setattr(xmlrecords, "CHUNK", 1 << 10)
    long = ONE._replace(fragment="so " * (1 << 12))
    reading = Reading(write(WRITERS[name]([long, TWO])))
    assert [text for frame in reading for text in frame["text"]] == ["Not at all"]
    assert ["MiB" in reject.reason for reject in reading.rejects] == [True]


# --- attacks ----------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ATTACKS = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    "external entity": '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % l9 SYSTEM "http://x.example/a.dtd"> %l9;]>',
    "external document": '<!DOCTYPE x SYSTEM "http://x.example/a.dtd">',
    "public document": '<!DOCTYPE x PUBLIC "-//X" "http://x.example/a.dtd">',
}


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_bombs_and_external_entities_are_refused(
    name: str, attack: str, write: Callable[[str | bytes], Path]
) -> None:
    xml = WRITERS[name]([ONE]).replace("Ann", "&l9;")
    xml = xml.replace("?>", "?>" + ATTACKS[attack], 1)
    for encoding in ("utf-8", "utf-16"):
        path = write(xml.encode(encoding))
        with pytest.raises(InputError, match="declares entities or an external document"):
            list(Reading(path, format=name))


@pytest.mark.parametrize("name", EXPORTS)
def test_an_entity_declared_out_of_sight_stays_text(
    name: str, write: Callable[[str | bytes], Path]
) -> None:
    xml = WRITERS[name]([ONE]).replace("Ann", "&l9;")
    far = "<!--" + " " * (1 << 16) + "-->" + ATTACKS["external entity"]
    comments = read(write(xml.replace("?>", "?>" + far, 1)), format=name)
    assert comments["author"].tolist() == ["&l9;"]


HOSTILE = [
    "<![CDATA[", "]]>", "<!--", "-->", "<post ", "</post>", "<wp:comment>", "</wp:comment>", "<item>", "</post> <post ",
    "</thread>", "<message><![CDATA[", "<a><![CDATA[", "&", "&a", "&#1;", "&#55357;", "<a b=1 ", "<a>", "<a/>", "\x00",
    "\xe9", "<", "<wp:comment_content>", "<![CDATA[</post> ", "<thread>", " ",
]  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("size", [10_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_hostile_repetition_takes_linear_time(
    name: str, hostile: str, size: int, write: Callable[[str | bytes], Path]
) -> None:
    """Quadratic work on a megabyte of any of these would take hours."""
    many = hostile * (size // len(hostile))
    for message in (lambda _: many, lambda _: f"<![CDATA[{many}"):
        reading = Reading(write(WRITERS[name]([ONE, TWO], message).encode("latin-1")), format=name)
        for frame in reading:
            assert len(frame)


def test_many_elements_in_one_large_record(
    write: Callable[[str | bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xmltree, "LARGE", 1 << 15)
    reading = Reading(write(disqus([ONE, TWO]).replace("Ann", "<a/>" * 11_000)))
    assert sum(len(frame) for frame in reading) == 1
    assert "elements in one record" in reading.rejects[0].reason


def test_a_comment_cannot_pose_as_another(write: Callable[[str | bytes], Path]) -> None:
    fake = '</message></post><post dsq:id="66"><message>I quit</message></post>'
    comments = read(write(disqus([ONE._replace(fragment=html.escape(fake)), TWO])))
    assert comments["comment_id"].tolist() == ["1", "2"]
    assert comments.loc[0, "text"] == fake


# --- whatever comes ---------------------------------------------------------------------------


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A golden input with some of its bytes cut out, doubled, swapped or replaced."""
    name = draw(st.sampled_from([*EXPORTS, *(f"{name}-broken" for name in EXPORTS)]))
    data = bytearray((GOLDEN / name / "input.xml").read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.integers(0, 400)))
        other = draw(st.integers(0, len(data)))
        data[begin:end] = draw(
            st.one_of(
                st.binary(max_size=20),
                st.sampled_from([item.encode() for item in HOSTILE]),
                st.just(bytes(data[other : other + 200])),
            )
        )
    return bytes(data)


@given(data=damaged())
@settings(deadline=None, max_examples=80)
def test_only_the_tools_own_errors_come_out(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.xml"
    path.write_bytes(data)
    for name in EXPORTS:
        try:
            reading = Reading(path, format=name)
            rows = sum(len(frame) for frame in reading)
        except ModerationError:
            continue
        assert reading.records == rows + len(reading.rejects)


@given(data=damaged(), chunk=st.integers(1, 300))
@settings(deadline=None, max_examples=40)
def test_the_size_of_chunks_changes_nothing(
    data: bytes, chunk: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "chunked.xml"
    path.write_bytes(data)

    def cut() -> list[object]:
        shape = xmlrecords.Shape("channel", "comment", "item", nested=True)
        try:
            return list(xmlrecords.pieces(xmlrecords.Source(path), shape))
        except ModerationError as error:
            return [str(error)]

    whole = cut()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xmlrecords, "CHUNK", chunk)
        assert cut() == whole


# --- being recognised -------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXPORTS)
def test_recognised_as_itself_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = GOLDEN / name / "input.xml"
    own = [
        known.name
        for known in FORMATS
        if known.recognise(Sample(path.read_bytes()[: 1 << 16], ".xml"))
    ]
    assert own == [name]
    renamed, packed = tmp_path / "comments.jsonl", tmp_path / "comments.gz"
    shutil.copy(path, renamed)
    packed.write_bytes(gzip.compress(path.read_bytes()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    expected = read(path).drop(columns="source")
    for other in (renamed, packed, "-"):
        assert Reading(other).format == name if other != "-" else True
        found = read(other).drop(columns="source")
        differing = found["thread_id"] != expected["thread_id"]
        assert not differing.any()
        pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("name", EXPORTS)
def test_addresses_leave_only_when_asked_for(name: str) -> None:
    path = GOLDEN / name / "input.xml"
    without, kept = read(path), read(path, keep_personal=True)
    assert not re.search(r"@|192\.0\.2|198\.51|2001:db8", without.to_csv())
    assert {"email", "ip"} <= set(kept.columns)
    assert kept["email"].str.contains("@").sum() >= 2
    assert kept["ip"].notna().sum() >= 2


def test_an_export_in_several_files(tmp_path: Path) -> None:
    paths = [tmp_path / f"blog.2024-02-11.{number:03}.xml" for number in range(2)]
    paths[0].write_text(wordpress([ONE, TWO]))
    paths[1].write_text(wordpress([ONE._replace(comment_id="7", thread_id="t2")]))
    comments = read(*paths)
    assert comments["comment_id"].tolist() == ["1", "2", "7"]
    assert comments["source"].nunique() == 2


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.0"])
def test_any_version_of_the_name_space(version: str, write: Callable[[str | bytes], Path]) -> None:
    path = write(wordpress([ONE]).replace("export/1.2", f"export/{version}"))
    assert read(path)["author"].tolist() == ["Ann"]


def test_prefixes_that_another_program_gave(write: Callable[[str | bytes], Path]) -> None:
    xml = (
        disqus([ONE, TWO])
        .replace("xmlns=", "xmlns:ns0=")
        .replace("dsq:", "ns1:")
        .replace("xmlns:dsq", "xmlns:ns1")
    )
    for name in (
        "disqus",
        "post",
        "thread",
        "message",
        "author",
        "name",
        "createdAt",
        "parent",
        "isDeleted",
        "isSpam",
        "id",
        "email",
        "ipAddress",
    ):
        xml = (
            xml.replace(f"<{name}>", f"<ns0:{name}>")
            .replace(f"</{name}>", f"</ns0:{name}>")
            .replace(f"<{name} ", f"<ns0:{name} ")
            .replace(f"<{name}/", f"<ns0:{name}/")
        )
    comments = read(write(xml))
    assert comments["comment_id"].tolist() == ["1", "2"]
    assert comments["parent_id"].tolist()[1] == "1"
