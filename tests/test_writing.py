"""What is written can be read again; and a file is whole or not there."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation import columns
from moderation.errors import FormatError, ModerationError
from moderation.formats import Reading, Reject, read
from moderation.formats.encoders import restored
from moderation.formats.frames import read_schema, schema_of, to_arrow, to_pandas
from moderation.formats.writing import Rejects, Whole, Writer, join, kind_of

KINDS = ("csv", "jsonl", "parquet")

SIGNS = st.characters(exclude_categories=["Cs"])
NAMES = st.text(SIGNS, min_size=1, max_size=12).filter(lambda name: not name.endswith(".0"))
COMMENT = st.fixed_dictionaries(
    {
        "comment_id": NAMES,
        "thread_id": NAMES,
        "parent_id": st.none() | NAMES,
        "author": st.none() | NAMES,
        "created_at": st.none()
        | st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
        "text": st.text(SIGNS, max_size=60)
        | st.sampled_from(["=1+1", "'=1", "''@x", "+49 30", "-", '"', '""', "a\r\nb", "\r", "\t-"]),
        "state": st.none() | st.sampled_from(columns.STATES),
        "likes": st.none() | st.integers(-(2**63), 2**63 - 1),
    }
)
THREADS = st.lists(COMMENT, min_size=1, max_size=8)
OWN = [name for name in columns.READ if name != "source"]


def thread(comments: list[dict[str, Any]]) -> pd.DataFrame:
    table = pa.Table.from_pylist(
        [{**comment, "source": "made"} for comment in comments], read_schema()
    )
    return to_pandas(table)


def written(frame: pd.DataFrame, kind: str) -> bytes:
    out = io.BytesIO()
    with Writer(out, kind) as writer:
        writer.write(frame)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(comments=THREADS)
def test_what_is_written_is_read_again(kind: str, comments: list[dict[str, Any]]) -> None:
    frame = thread(comments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"thread.{kind}")
        path.write_bytes(written(frame, kind))
        again = read(path)
    if kind == "csv":
        for name in again.columns[again.dtypes == frame["text"].dtype]:
            again[name] = again[name].map(restored, na_action="ignore").astype(frame["text"].dtype)
    pd.testing.assert_frame_equal(again[OWN], frame[OWN], check_exact=True)


@pytest.mark.parametrize("kind", KINDS)
def test_extra_columns_travel(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{kind}"
    frame = thread([{"comment_id": "1", "thread_id": "t", "text": "x"}] * 2).assign(
        shift=pd.array(["early", None], "string"), rating=[1.5, 2.0], seen=[True, False]
    )
    path.write_bytes(written(frame, kind))
    again = read(path)
    assert again["shift"].tolist() == ["early", pd.NA] or again["shift"].isna().tolist() == [
        False,
        True,
    ]
    expected = ["1.5", "2"] if kind == "csv" else [1.5, 2.0]
    assert again["rating"].tolist() == expected


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_has_its_kind_in_every_output(kind: str) -> None:
    reason = {"rule": "r", "column": "toxicity", "value": "0.9", "bound": "0.5"}
    reasons = [{**reason, "spans": [{"begin": 0, "end": 4}]}]
    held = {"string": "x", "float": 0.5, "integer": 3, "reasons": reasons}
    row = {c.name: held.get(c.kind, datetime(2020, 1, 2, tzinfo=UTC)) for c in columns.COLUMNS}
    schema = pa.schema([(c.name, columns.arrow_type(c.kind)) for c in columns.COLUMNS])
    out = written(to_pandas(pa.Table.from_pylist([row], schema)), kind)
    if kind == "parquet":
        assert pq.read_table(io.BytesIO(out)).schema.equals(schema)
        return
    line = json.loads(out) if kind == "jsonl" else next(csv.DictReader(io.StringIO(out.decode())))
    assert line["created_at"] == "2020-01-02T00:00:00Z"
    assert (line["reasons"] if kind == "jsonl" else json.loads(line["reasons"])) == reasons
    assert float(line["toxicity"]) == 0.5


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@me", "'@me"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        (" =1", " =1"),
        ("", ""),
    ],
)
def test_no_cell_of_a_csv_is_a_formula(text: str, cell: str) -> None:
    out = written(thread([{"comment_id": "1", "thread_id": text or "t", "text": text}]), "csv")
    row = next(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert row["text"] == cell
    assert restored(row["text"]) == text


def test_no_column_of_a_csv_is_a_formula() -> None:
    out = written(pd.DataFrame({"text": ["x"], "=cmd()": [1]}), "csv")
    assert out.decode().splitlines()[0] == '''"text","'=cmd()"'''


def test_numbers_of_a_csv_stay_numbers() -> None:
    out = written(pd.DataFrame({"text": ["x"], "sentiment": [-0.5], "likes": [-3]}), "csv")
    assert out.decode().splitlines()[1] == '"x",-0.5,-3'


def test_what_is_missing_is_empty_or_null() -> None:
    frame = pd.DataFrame({"text": ["x"], "sentiment": [float("nan")], "author": [None]})
    assert written(frame, "csv").decode().splitlines()[1] == '"x",,'
    assert json.loads(written(frame, "jsonl")) == {"text": "x", "sentiment": None, "author": None}


@pytest.mark.parametrize("kind", KINDS)
def test_without_rows_there_is_still_a_table(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{kind}"
    with Writer(path, schema=read_schema()):
        pass
    assert path.exists()
    if kind != "jsonl":
        assert read(path).empty


@pytest.mark.parametrize("kind", KINDS)
def test_parts_are_joined(kind: str, tmp_path: Path) -> None:
    frames = [
        thread([{"comment_id": f"{i}\n{j}", "thread_id": "t", "text": "x"} for j in range(3)])
        for i in range(3)
    ]
    frames = [frame.assign(**{"a\nb": "c"}) for frame in frames]
    parts = [tmp_path / f"{number}.part" for number in range(3)]
    for part, frame in zip(parts, frames, strict=True):
        part.write_bytes(written(frame, kind))
    join(parts, tmp_path / f"whole.{kind}")
    again = read(tmp_path / f"whole.{kind}")
    assert again["comment_id"].tolist() == pd.concat(frames)["comment_id"].tolist()


def test_small_frames_make_large_row_groups(tmp_path: Path) -> None:
    frame = thread([{"comment_id": "1", "thread_id": "t", "text": "x"}] * 1000)
    with Writer(tmp_path / "out.parquet") as writer:
        for _ in range(150):
            writer.write(frame)
    assert writer.rows == 150_000
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups == 3
    join([tmp_path / "out.parquet"] * 2, tmp_path / "joined.parquet")
    assert pq.ParquetFile(tmp_path / "joined.parquet").num_row_groups == 3


def test_a_failure_leaves_what_stood_before(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("precious")
    writer = Writer(path)
    writer.write(pd.DataFrame({"text": ["x"]}))
    with pytest.raises(ValueError, match="not those of the first"), writer:
        writer.write(pd.DataFrame({"other": ["x"]}))
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed_and_usual_rights_are_given(tmp_path: Path) -> None:
    target = tmp_path / "real.jsonl"
    target.write_text("")
    link = tmp_path / "link.jsonl"
    link.symlink_to(target)
    with Writer(link) as writer:
        writer.write(thread([{"comment_id": "1", "thread_id": "t", "text": "x"}]))
    assert link.is_symlink()
    assert json.loads(target.read_text())["comment_id"] == "1"
    usual = tmp_path / "usual"
    usual.write_text("")
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


def test_a_device_is_written_at_once() -> None:
    with Writer(os.devnull, "jsonl") as writer:
        writer.write(thread([{"comment_id": "1", "thread_id": "t", "text": "x"}]))
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "absent/out.csv",
            "cannot be written: No such file or directory; name another place with -o",
        ),
        (
            "out.xls",
            "its suffix names no kind of output; end it in .csv, .jsonl, .parquet, or name",
        ),
        ("folder.csv", "cannot be written: Is a directory"),
    ],
)
def test_a_target_that_cannot_be_is_named(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ModerationError) as caught:
        Writer(tmp_path / name)
    assert message in str(caught.value)
    assert name in str(caught.value)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(FormatError, match='no kind of output is called "xml"; there are csv'):
        kind_of("out.csv", "xml")


def test_a_frame_with_other_columns_is_refused() -> None:
    writer = Writer(io.BytesIO(), "csv")
    writer.write(pd.DataFrame({"text": ["x"]}))
    with pytest.raises(ValueError, match="not those of the first one: author"):
        writer.write(pd.DataFrame({"text": ["x"], "author": ["y"]}))


def test_rejects_are_kept_byte_for_byte(tmp_path: Path) -> None:
    out = tmp_path / "scored.csv.gz"
    source = tmp_path / "comments.jsonl"
    source.write_bytes(b'{"text": "x"}\n{"text": \n["\xc3\xa9"]\n')
    rejects = Rejects(out)
    reading = Reading(source, on_reject=rejects)
    assert sum(len(frame) for frame in reading) == 1
    rejects(Reject("broken", b"\xff\x00", byte=7))
    rejects.close()
    lines = [json.loads(line) for line in rejects.path.read_text().splitlines()]
    assert rejects.path.name == "scored.csv.gz.rejects.jsonl"
    assert [line.get("line") for line in lines] == [2, 3, None]
    assert lines[1] == {
        "source": "comments.jsonl",
        "line": 3,
        "reason": "no JSON object",
        "raw": '["é"]',
    }
    assert lines[2] == {"byte": 7, "reason": "broken", "raw_base64": "/wA="}
    assert (rejects.count, reading.rejected, reading.rejects) == (3, 2, [])


def test_without_rejects_there_is_no_file(tmp_path: Path) -> None:
    out = tmp_path / "scored.csv"
    stale = tmp_path / "scored.csv.rejects.jsonl"
    stale.write_text("of an earlier run")
    Rejects(out).close()
    assert not stale.exists()


def test_whole_file_is_not_there_before_it_is_closed(tmp_path: Path) -> None:
    file = Whole(tmp_path / "note")
    file.stream.write(b"x")
    assert not file.path.exists()
    file.discard()
    assert list(tmp_path.iterdir()) == []


def test_the_schema_of_a_frame_is_ours_for_our_columns() -> None:
    frame = pd.DataFrame({"text": [None], "likes": [1.0], "other": [None], "count": [1]})
    schema = schema_of(frame)
    assert [str(kind) for kind in schema.types] == ["string", "int64", "string", "int64"]
    assert to_arrow(frame, schema).schema.equals(schema)
