"""JSON formats: what is broken, what is hostile, what comes round; the golden folders tell the rest."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.errors import InputError, ModerationError
from moderation.formats import Reading
from moderation.formats.documents import Record, records
from moderation.formats.reading import Reading as Read
from moderation.formats.registry import FORMATS, named
from moderation.formats.samples import Sample
from moderation.formats.sources import Source
from tests.json_exports import EXPORTS, PAGE, Export, Post

GOLDEN = Path(__file__).parent / "formats"
FOLDERS = (
    "commento", "convokit", "coral", "coral-csv", "disqus-api", "facebook", "hackernews",
    "hackernews-firebase", "hackernews-search", "isso", "isso-api", "mastodon", "reddit",
    "remark42", "remark42-tree", "wordpress-api", "youtube",
)  # fmt: skip
DOCUMENTS = tuple(name for name in FOLDERS if list(GOLDEN.glob(f"{name}/input.json")))
GENERAL = {"json", "jsonl", "csv", "tsv", "page"}

folder = pytest.mark.parametrize("name", FOLDERS)
every = pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.write.__name__)
document = pytest.mark.parametrize("name", DOCUMENTS)


def fuzz(examples: int) -> settings:
    """How often a property is tried; each try writes the same file anew."""
    same_folder = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, suppress_health_check=same_folder)


def golden(name: str) -> bytes:
    return next(GOLDEN.glob(f"{name}/input.*")).read_bytes()


def format_of(name: str) -> str:
    return {"isso-api": "isso", "remark42-tree": "remark42"}.get(name, name)


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "input"
    path.write_bytes(data)
    return path


def rows(reading: Read) -> list[dict[str, object]]:
    """Every comment, without the column that names the file; the counts add up."""
    found = [row for table in reading.tables() for row in table.drop_columns("source").to_pylist()]
    assert reading.records == len(found) + len(reading.rejects)
    return found


def read(tmp_path: Path, data: bytes, name: str) -> Read:
    return Reading(written(tmp_path, data), format=format_of(name))


def ids(found: list[dict[str, object]]) -> list[object]:
    return [row["comment_id"] for row in found]


# Recognised ------------------------------------------------------------------------------------


@folder
def test_a_format_is_recognised_as_itself_and_as_no_other(name: str) -> None:
    knowing = {known.name for known in FORMATS if known.recognise(Sample(golden(name)))}
    assert knowing - GENERAL == {format_of(name)}


@folder
def test_a_format_is_recognised_packed_misnamed_and_from_a_pipe(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = rows(Reading(written(tmp_path, golden(name))))
    misnamed = tmp_path / "input.xml"
    misnamed.write_bytes(gzip.compress(golden(name)))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(golden(name))))
    for path in (misnamed, "-"):
        reading = Reading(path)
        assert reading.format == format_of(name)
        assert ids(rows(reading)) == ids(plain)


# Real exports ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "format_name", "count", "parents", "digest"),
    [
        ("isso-generic.json", "isso", 2, 0, "b2d132158fff"),
        ("remark42-commento.json", "commento", 3, 1, "1117e0676989"),
        ("remark42-tree.json", "remark42", 12, 8, "191982420733"),
    ],
)
def test_real_exports_are_read(
    shared: Path, file: str, format_name: str, count: int, parents: int, digest: str
) -> None:
    reading = Reading(shared / "exports" / file)
    found = rows(reading)
    assert (reading.format, reading.rejects, len(found)) == (format_name, [], count)
    assert sum(row["parent_id"] is not None for row in found) == parents
    content = "\n".join(str((row["comment_id"], row["text"], row["created_at"])) for row in found)
    assert hashlib.sha256(content.encode()).hexdigest()[:12] == digest


# What is broken --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"next": 2, "items": [{"a": 1}, {"a": 2}], "x": {"y": [1]}}', [1, 2]),
        (b'[{"a": 1}, {"a": 2}, {"a": 3, "te', [1, 2, b'{"a": 3, "te']),
        (b'[{"a": 1},\n{"a": 2 "b": 3},\n{"a": 3}]', [1, b'{"a": 2 "b": 3}', 3]),
        (b'[{"a": 1}]\nand so on', [1, b"and so on"]),
        (b'[{"a": 1, "b": "5" tall"},\n{"a": 2}]', [b'{"a": 1, "b": "5" tall"},\n', 2]),
        (b'[{"a": 1, "b": "x",\n{"a": 2},\n{"a": 3}]', [b'{"a": 1, "b": "x",\n', 2, 3]),
        (b'[{"a": 1, "in": [{"a": 2}, {"a": 3, "in": [{"a": 4}, {"a', [1, 2, 3, 4, b'{"a']),
        (b'[{"a": 1, "in": [{"a": 2, "b": 1e}, {"a": 3}], "c": 4}, {"a": 5}]', [1, b'{"a": 2, "b": 1e}', 3, 5]),
        (b'[1, null, {"a": 1}, "x"]', [b"1", b"null", 1, b'"x"']),
        (b'[[{"a": 1}], [{"a": 2}]]', [1, 2]),
        (b'[{"items": [{"a": 1}]}, {"items": [{"a": 2}]}]', [1, 2]),
        (b'{"a": 1}\n{"a": 2\n{"a": 3}\n[]\n{"items": [{"a": 4}, 5]}\n', [1, b'{"a": 2', 3, 4, b"5"]),
        (b'{\n"a": 1}{"a": 2}\n{"items": [\n{"a": 3}]}', [1, 2, 3]),
        (b'[{"a": 1}]]]}}\n{"a": 2}', [1, 2]),
        (b'\xef\xbb\xbf[{"a": "caf\xe9 \xc3\xa9"}, {"a": "\x01\n"}]', ["café é", "\x01\n"]),
        (b'[{"a": "\\ud83d"}, {"a": NaN, "a": 1e999}]', ["\ufffd", float("inf")]),
        (b'[' + b'{"a":' * 500 + b"1" + b"}" * 500 + b', {"a": 2}]', [b'{"a":' * 500 + b"1" + b"}" * 500, 2]),
        ('[{"a": "é"}]'.encode("utf-16"), ["é"]),
    ],
)  # fmt: skip
def test_what_can_be_read_is_read(tmp_path: Path, data: bytes, expected: list[object]) -> None:
    found = records(Source(written(tmp_path, data)), ["items"])
    assert [item.value["a"] if isinstance(item, Record) else item.raw for item in found] == expected


def test_rejects_say_where_they_stand(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf[\r\n{"a": 1},\r\n{"a": oops},\r\n{"b": 2}]'
    found = list(records(Source(written(tmp_path, data))))
    assert [(item.line, item.byte) for item in found] == [(2, 6), (3, 17), (4, 31)]
    for item in found:
        assert data[item.byte :].startswith(item.raw)


@folder
def test_marks_line_ends_and_encodings_change_nothing(name: str, tmp_path: Path) -> None:
    data = golden(name)
    plain = rows(read(tmp_path, data, name))
    crlf = data.replace(b"\n", b"\r\n") if name != "coral-csv" else data
    for other in (b"\xef\xbb\xbf" + data, crlf, data.decode().encode("utf-16"), data + b"\n \n"):
        assert rows(read(tmp_path, other, name)) == plain


@document
def test_garbage_after_the_end_is_one_reject(name: str, tmp_path: Path) -> None:
    plain = rows(read(tmp_path, golden(name), name))
    reading = read(tmp_path, golden(name) + b"<!-- served in 0.3 s -->", name)
    assert rows(reading) == plain
    assert [reject.raw.strip() for reject in reading.rejects] == [b"<!-- served in 0.3 s -->"]


@folder
def test_a_truncated_export_gives_what_came_before(name: str, tmp_path: Path) -> None:
    data = golden(name)
    whole = ids(rows(read(tmp_path, data, name)))
    known = len(read(tmp_path, data, name).rejects)
    for end in range(len(data) // 5, len(data), 97):
        reading = read(tmp_path, data[:end], name)
        found = ids(rows(reading))
        assert found == whole[: len(found)]
        assert len(reading.rejects) <= known + 2
    assert len(found) >= len(whole) - 2


SAID = "say the word"


def spoken(export: Export, words: bytes) -> bytes:
    """An export of three comments, of which the second holds these words, whatever they are."""
    state = export.states[0] if export.states else ""
    texts = ("before it", SAID, "after it")
    posts = [Post(at, None, "Ann", text, at, 0, state) for at, text in enumerate(texts)]
    return export.write(posts).replace(SAID.encode(), words)


@every
def test_a_comment_that_is_not_utf_8_is_read_all_the_same(export: Export, tmp_path: Path) -> None:
    reading = Reading(written(tmp_path, spoken(export, b"caf\xe9")))
    assert [row["text"] for row in rows(reading)] == ["before it", "café", "after it"]
    assert any("Windows-1252: 1, the first is " in note for note in reading.notes)


@every
def test_control_characters_are_part_of_the_text(export: Export, tmp_path: Path) -> None:
    reading = Reading(written(tmp_path, spoken(export, b"be\x07ep\x01")))
    assert [row["text"] for row in rows(reading)] == ["before it", "be\aep\x01", "after it"]


def mostly_slow(export: Export) -> object:
    quick = export.format in {"disqus-api", "reddit"}
    return pytest.param(export, id=export.format, marks=() if quick else pytest.mark.slow)


@pytest.mark.parametrize("export", [*map(mostly_slow, EXPORTS)])
def test_a_comment_of_ten_megabytes_is_read(export: Export, tmp_path: Path) -> None:
    huge = "very " * (2 << 20) + "long"
    reading = Reading(written(tmp_path, spoken(export, huge.encode())))
    assert [row["text"] for row in rows(reading)] == ["before it", huge, "after it"]


@folder
def test_addresses_stay_unless_they_are_kept(name: str, tmp_path: Path) -> None:
    personal = re.compile(r"[\w.]+@example\.org|192\.0\.2\.\d+|198\.51\.100\.\d+|203\.0\.113\.\d+")
    there = set(personal.findall(golden(name).decode())) - {"203.0.113.80"}  # a speaker's own name
    shown = str([list(row.values()) for row in rows(read(tmp_path, golden(name), name))])
    assert not [address for address in there if address in shown]
    kept = Reading(written(tmp_path, golden(name)), keep_personal=True)
    columns = {row[column] for row in rows(kept) for column in ("email", "ip")} - {None}
    assert there <= columns | {"f@example.org" if name == "commento" else ""}


def test_strict_stops_at_the_first_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, golden("hackernews-firebase"))
    with pytest.raises(ModerationError, match="input:6: no JSON object"):
        rows(Reading(path, strict=True))


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ({"id": 1}, "no text"),
        ({"id": 1, "text": {"deep": 1}}, "its text is no text"),
        ({"id": 1, "text": ["a"]}, "its text is no text"),
        ({}, "no text"),
    ],
)
def test_a_record_without_a_text_is_rejected(tmp_path: Path, held: object, reason: str) -> None:
    reading = read(tmp_path, json.dumps([held, {"id": 2, "text": 5}]).encode(), "isso")
    assert [row["text"] for row in rows(reading)] == ["5"]
    assert [reject.reason for reject in reading.rejects] == [reason]


def test_circles_are_opened_and_later_parents_found(tmp_path: Path) -> None:
    links = {"a": "b", "b": "a", "c": "d", "d": None, "e": "e"}
    data = "".join(
        json.dumps({"id": key, "pid": above, "text": "x", "locator": {"url": "p"}, "time": 1})
        + "\n"
        for key, above in links.items()
    )
    reading = read(tmp_path, data.encode(), "remark42")
    parents = {row["comment_id"]: row["parent_id"] for row in rows(reading)}
    assert parents == {"a": None, "b": "a", "c": "d", "d": None, "e": None}
    assert "circles of comments that answer each other, now opened: 2" in reading.notes


# What comes round ------------------------------------------------------------------------------

WORDS = st.lists(
    st.text(st.sampled_from("abzéß<>&\"'{}[]\\,:;🥐字/@#*_-=+0"), min_size=1, max_size=8),
    min_size=1,
    max_size=12,
).map(" ".join)


@st.composite
def threads(draw: st.DrawFn, export: Export) -> list[Post]:
    """Posts of one page, in the order in which they were written."""
    posts: list[Post] = []
    levels: list[int] = []
    for number in range(draw(st.integers(1, 8))):
        answered = [at for at, level in enumerate(levels) if level < export.levels]
        parent = draw(st.sampled_from([None, *answered]))
        levels.append(1 if parent is None else levels[parent] + 1)
        author, text = draw(WORDS), draw(WORDS)
        likes = draw(st.integers(-5, 2**40))
        state = draw(st.sampled_from(export.states or ("",)))
        posts.append(Post(number, parent, author, text, draw(st.integers(0, 10**6)), likes, state))
    return posts


@every
@given(data=st.data())
@fuzz(15)
def test_threads_come_round(export: Export, data: st.DataObject, tmp_path: Path) -> None:
    posts = data.draw(threads(export))
    reading = Reading(written(tmp_path, export.write(posts)))
    found = {str(row["comment_id"]).removeprefix(f"{PAGE}_"): row for row in rows(reading)}
    assert (reading.format, reading.rejects) == (export.format, [])
    assert set(found) == {post.name for post in posts}
    for post in posts:
        row = found[post.name]
        above = row["parent_id"]
        assert row["thread_id"] == PAGE
        assert (above and str(above).removeprefix(f"{PAGE}_")) == post.above
        assert (row["author"], row["text"]) == (post.author, post.text)
        assert row["created_at"] == post.time
        assert row["state"] == post.state or not export.states
        assert row["likes"] == (post.likes if export.likes else None)


# What is hostile -------------------------------------------------------------------------------


JUNK = st.binary(max_size=6) | st.sampled_from(
    [b"{", b"]", b'"', b"null", b"[]", b"{}", b"1e999", b"\\", b"-", b"\xff", b","]
)
CUTS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.integers(0, 2), JUNK), min_size=1, max_size=6
)


def mutated(content: bytes, cuts: list[tuple[float, int, int, bytes]]) -> bytes:
    """Content with stretches left out, doubled, or made into junk."""
    for place, length, times, junk in cuts:
        begin = int(place * len(content))
        stretch = content[begin : begin + length]
        content = content[:begin] + junk + stretch * times + content[begin + length :]
    return content


def reads_or_refuses(tmp_path: Path, data: bytes, name: str) -> None:
    with contextlib.suppress(ModerationError):
        rows(read(tmp_path, data, name))


@folder
@given(cuts=CUTS)
@fuzz(10)
def test_only_our_own_errors_come_out(
    name: str, cuts: list[tuple[float, int, int, bytes]], tmp_path: Path
) -> None:
    reads_or_refuses(tmp_path, mutated(golden(name), cuts), name)


@pytest.mark.slow
@folder
@given(cuts=CUTS)
@fuzz(500)
def test_only_our_own_errors_come_out_at_length(
    name: str, cuts: list[tuple[float, int, int, bytes]], tmp_path: Path
) -> None:
    reads_or_refuses(tmp_path, mutated(golden(name), cuts), name)


MEMBERS = ("id", "text", "snippet", "replies", "children", "comments", "data", "message", "parent", "user", "type", "title", "metadata", "revisions", "mode", "account")  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=5)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("name", sorted({format_of(name) for name in FOLDERS}))
@given(value=VALUES)
@fuzz(10)
def test_members_of_any_type_are_survived(name: str, value: object, tmp_path: Path) -> None:
    reads_or_refuses(tmp_path, json.dumps([value, {"id": 1}]).encode(), name)


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "open arrays": lambda size: b"[" * size,
    "open objects": lambda size: b'{"id":' * (size // 6),
    "records that never close": lambda size: b'[{"id":1,"text":"a",' * (size // 20),
    "lists that never close": lambda size: b'{"id":1,"text":"a","replies":[' * (size // 30),
    "replies in replies": lambda size: b'[' + b'{"id":1,"text":"a","replies":[' * (size // 32) + b"]}" * (size // 32) + b"]",
    "quotes": lambda size: b'[{"id":1,"text":"' + b'"' * size,
    "backslashes": lambda size: b'[{"id":1,"text":"' + b"\\" * size,
    "blanks": lambda size: b'[{"id":' + b" " * size + b"{",
    "commas": lambda size: b"[" + b"," * size,
    "keys": lambda size: b'[{' + b'"a":1,' * (size // 6),
    "colons before objects": lambda size: b'[{"id":1,"x":' + b"    {" * (size // 5),
    "one digit after another": lambda size: b'[{"id":' + b"9" * size + b',"text":"a"}]',
    "surrogates": lambda size: b'[{"id":1,"text":"' + b"\\ud83d" * (size // 6) + b'"}]',
}  # fmt: skip


def seconds_to_read(tmp_path: Path, data: bytes, name: str) -> float:
    begin = time.perf_counter()
    with contextlib.suppress(ModerationError):
        for _ in read(tmp_path, data, name).tables():
            pass
    return time.perf_counter() - begin


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_input_is_read_at_once(attack: str, tmp_path: Path) -> None:
    for name in ("isso", "disqus-api"):
        assert seconds_to_read(tmp_path, HOSTILE[attack](1 << 16), name) < 2


@pytest.mark.slow
@pytest.mark.parametrize("attack", HOSTILE)
def test_time_grows_with_the_input_and_no_faster(attack: str, tmp_path: Path) -> None:
    """What is quadratic would take an hour for eight megabytes."""
    assert seconds_to_read(tmp_path, HOSTILE[attack](8 << 20), "isso") < 60


@pytest.mark.parametrize("opened", [b"[", b'{"id":', b'[{"replies":'])
def test_absurd_depth_is_refused_at_once(opened: bytes, tmp_path: Path) -> None:
    data = b'[{"id":1,"text":"a"},\n' + opened * 2_000_000
    begin = time.perf_counter()
    with pytest.raises(InputError, match=r"input:2: nested more than 50,000 levels deep, as only"):
        rows(read(tmp_path, data, "isso"))
    assert time.perf_counter() - begin < 5


def test_a_chain_of_replies_is_read_as_deep_as_it_may_go(tmp_path: Path) -> None:
    def chain(depth: int) -> bytes:
        opened = b"".join(b'{"id":%d,"text":"a","replies":[' % at for at in range(depth))
        return b"[" + opened + b"]}" * depth + b"]"

    assert len(rows(read(tmp_path, chain(190), "isso"))) == 190
    reading = read(tmp_path, chain(2_000), "isso")
    assert 0 < len(rows(reading)) < 2_000
    assert {reject.reason for reject in reading.rejects} == {"nested more than 400 levels deep"}


def test_all_formats_here_are_registered() -> None:
    for name in FOLDERS:
        assert named(format_of(name)).name == format_of(name)
