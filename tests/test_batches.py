"""What every format gets from one small parser: settled threads, columns, counts, notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import columns
from moderation.errors import FormatError, InputError
from moderation.formats import Comment, Reading, Reject, Skipped, read, registry
from moderation.formats.batches import records
from moderation.formats.records import Item
from moderation.formats.registry import Format
from moderation.formats.sources import Source
from moderation.formats.threads import unsettled

LETTERS = """\
1|-|Ann|2020-01-02T03:04:05+01:00|<p>See <b>this</b>|approved|3
2|9|Bo|2020-01-02|An orphan|live|x
3|4|Cy|soon|A circle|odd|
oops
4|3|Di||closed|spam|-1
5|6|Ed||A parent that comes later|0|
--
6|1||||deleted|
6|1|Flo||The same id|None|
|1|Gus||No id||
"""


def parse(source: Source) -> Iterator[Item]:
    """A format of this test: values between bars."""
    with source.open() as stream:
        for number, line in enumerate(stream, 1):
            fields = line.decode().rstrip("\n").split("|")
            if fields == ["--"]:
                yield Skipped("rule")
            elif len(fields) != 7:
                yield Reject("not seven values", line, line=number)
            else:
                name, parent, author, when, text, state, likes = fields
                yield Comment(
                    text,
                    comment_id=name,
                    parent_id=None if parent == "-" else parent,
                    author=author,
                    created_at=when,
                    state=state,
                    likes=likes,  # type: ignore[arg-type]  # a parser may pass what the source has
                    html=True,
                    extra={"place": number, "mood": 0.5},
                    personal={"email": f"{author}@example.org", "ip": None},
                )


LETTER = Format(
    "letters",
    "letters of this test",
    (".letters",),
    lambda sample: sample.suffix == ".letters",
    records(parse, whole_threads=True, extra={"place": "integer", "mood": "float"}),
    "",
)


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(registry, "FORMATS", (LETTER, *registry.FORMATS))
    path = tmp_path / "a.letters"
    path.write_text(LETTERS)
    return path


def test_comments_become_columns(letters: Path) -> None:
    frame = read(letters)
    assert list(frame.columns) == [*columns.READ, "place", "mood"]
    assert [str(kind) for kind in frame.dtypes] == (
        ["string"] * 4 + ["datetime64[us, UTC]", "string", "string", "Int64", "string", "Int64", "float64"]
    )  # fmt: skip
    assert frame["text"].tolist()[:2] == ["See this", "An orphan"]
    assert frame["created_at"][0] == pd.Timestamp(2020, 1, 2, 2, 4, 5, tz="UTC")
    assert frame["created_at"].isna().tolist() == [False, False] + [True] * 6
    assert frame["state"].fillna("").tolist() == (
        ["published", "published", "", "spam", "pending", "deleted", "published", ""]
    )
    assert frame["likes"].fillna(0).tolist() == [3, 0, 0, -1, 0, 0, 0, 0]
    assert frame["author"].isna().tolist() == [False] * 5 + [True, False, False]
    assert set(frame["thread_id"]) == {"a.letters"}
    assert set(frame["source"]) == {"letters:a.letters"}
    assert frame["place"].tolist() == [1, 2, 3, 5, 6, 8, 9, 10]


def test_threads_are_settled_and_told(letters: Path) -> None:
    reading = Reading(letters)
    (frame,) = reading
    assert frame["parent_id"].fillna("").tolist() == ["", "", "", "3", "6", "1", "1", "1"]
    assert reading.notes == [
        "replies to comments that are not in the file, now roots: 1",
        "circles of comments that answer each other, now opened: 1",
        "comments with an id that an earlier one has: 1",
        "times without a zone, taken as UTC: 1",
        "times that could not be read, now missing: 1",
        "likes that are no whole number, now missing: 1",
        'states that the tool does not know: 1, such as "odd"',
        "left out: 1 rule",
    ]
    assert (reading.rows, reading.rejected, reading.records) == (8, 1, 9)
    assert reading.rejects == [Reject("not seven values", b"oops\n", line=4, source="a.letters")]


def test_a_comment_without_id_has_a_stable_one(letters: Path) -> None:
    names = read(letters)["comment_id"]
    assert names.tolist()[:-1] == ["1", "2", "3", "4", "5", "6", "6"]
    assert len(names.iloc[-1]) == 20
    assert names.tolist() == read(letters)["comment_id"].tolist()


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_rows_at_a_time_change_nothing(letters: Path, rows: int) -> None:
    frames = list(Reading(letters, rows=rows))
    assert max(map(len, frames)) <= rows
    pd.testing.assert_frame_equal(
        pd.concat(frames, ignore_index=True), read(letters), check_exact=True
    )


def test_addresses_leave_only_when_asked_for(letters: Path) -> None:
    assert "example.org" not in read(letters).to_csv()
    frame = read(letters, keep_personal=True)
    assert frame["email"][0] == "Ann@example.org"
    assert frame["ip"].isna().all()


def test_naming_columns_of_what_has_none_is_told(letters: Path) -> None:
    frame = read(letters, text_column="body")
    assert frame.attrs["notes"][0] == "its columns cannot be named: this is no table"


def test_strict_stops_at_the_first_reject(letters: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(letters, strict=True)
    assert str(caught.value) == (
        f"{letters}:4: not seven values; mend it, or leave out --strict to set such records aside"
    )


def test_rejects_can_be_taken_as_they_come(letters: Path) -> None:
    taken: list[Reject] = []
    reading = Reading(letters, on_reject=taken.append)
    list(reading)
    assert ([reject.line for reject in taken], reading.rejects, reading.rejected) == ([4], [], 1)


def test_several_inputs_have_one_schema(letters: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.jsonl"
    other.write_text('{"text": "x", "mood": 1.5, "shift": "late"}\n')
    reading = Reading(letters, other)
    assert reading.schema.names == [*columns.READ, "place", "mood", "shift", "extra"]
    frames = list(reading)
    assert all(list(frame.columns) == reading.schema.names for frame in frames)
    assert frames[-1]["place"].isna().all()
    assert reading.format == "letters, jsonl"
    assert reading.notes[0].startswith(f"{letters}: replies to")


def test_inputs_that_do_not_fit_together_are_named(letters: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.jsonl"
    other.write_text('{"text": "x", "mood": "good"}\n')
    with pytest.raises(FormatError, match=r"do not fit together.*; read them one at a time"):
        Reading(letters, other)


def test_without_input_there_is_an_empty_frame() -> None:
    assert list(read().columns) == list(columns.READ)


def test_lone_surrogates_and_huge_numbers_are_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(_: Source) -> Iterator[Item]:
        yield Comment("cut \ud83d", author="\udfff", likes=10**30, created_at=10**30, state=3)
        yield Comment(
            "x", created_at=datetime(2020, 1, 1, tzinfo=UTC), likes=2, extra={"mood": "bad"}
        )

    opened = records(odd, whole_threads=False, extra={"mood": "float"})
    known = Format("odd", "", (), lambda _: True, opened, "")
    monkeypatch.setattr(registry, "FORMATS", (known,))
    path = tmp_path / "odd"
    path.write_text("x")
    frame = read(path)
    assert frame["text"][0] == "cut \ufffd"
    assert frame["likes"].tolist() == [pd.NA, 2] or frame["likes"].isna().tolist() == [True, False]
    assert frame["mood"].isna().all()


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh") | st.none(), st.sampled_from("abcdefghi") | st.none())
    )
)
def test_after_settling_every_walk_ends_at_a_root(
    links: list[tuple[str | None, str | None]],
) -> None:
    orphans, circles, repeated = unsettled(links)
    first: dict[str | None, int] = {}
    for at, (name, _) in enumerate(links):
        first.setdefault(name, at)
    assert repeated == len(links) - len(first)
    for start in range(len(links)):
        at, steps = start, 0
        while links[at][1] is not None and at not in orphans | circles:
            at, steps = first[links[at][1]], steps + 1
            assert steps <= len(links)
    assert all(links[at][1] not in first for at in orphans)


def test_a_long_chain_is_settled_without_recursion() -> None:
    chain = [(str(number), str(number + 1)) for number in range(200_000)]
    orphans, circles, _ = unsettled(chain)
    assert (orphans, circles) == ({199_999}, set())
    ring = [*chain, ("200000", "0")]
    assert unsettled(ring)[:2] == (set(), {0})
