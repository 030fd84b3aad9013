"""Tables: columns found, told and kept; malformed rows set aside; hostile input survived."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from unittest import mock

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.errors import ColumnError, FormatError, InputError, ModerationError
from moderation.formats import Reading, Reject, lines, quoting, read

FOLDERS = sorted(path for path in Path(__file__).parent.joinpath("formats").iterdir())


def saved(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("header", "text", "author"),
    [
        ("body,author", "body", "author"),
        ("Comment Text,User Name", "Comment Text", "User Name"),
        ("commentText,userName", "commentText", "userName"),
        ("comment,text", "text", None),
        ("COMMENT_CONTENT;comment_author", "COMMENT_CONTENT", "comment_author"),
        ("name|message", "message", "name"),
        ("id\tcontent", "content", None),
        ('"post ""text""",title', 'post "text"', None),
    ],
)
def test_columns_are_known_by_usual_names(
    header: str, text: str, author: str | None, tmp_path: Path
) -> None:
    path = saved(
        tmp_path, "a.csv", f"{header}\n" + header.replace('"', "").replace("text", "x") + "\n"
    )
    reading = Reading(path)
    (frame,) = reading
    said = " ".join(reading.notes)
    assert f'text from "{text}"' in said or text == "text"
    assert (author is None or author == "author") or f'author from "{author}"' in said
    assert frame["author"].notna().all() == (author is not None)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": "bdy"}, 'no column "bdy"; try --text-column body'),
        ({"author": "Wo"}, 'no column "Wo"; try --column author=who'),
        ({"txt": "body"}, '"txt" is no column to read; use text, comment_id'),
    ],
)
def test_a_wrong_column_is_named_with_the_nearest(
    columns: dict[str, str], message: str, tmp_path: Path
) -> None:
    path = saved(tmp_path, "a.csv", "body,who\nx,y\n")
    with pytest.raises(ColumnError) as caught:
        Reading(path, columns=columns)
    assert message in str(caught.value)


def test_named_columns_win_and_others_of_our_names_step_aside(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "text,body,toxicity,source,error\na,b,0.5,s,e\n")
    frame = read(path, text_column="body")
    assert frame["text"].tolist() == ["b"]
    held = ["input_text", "input_toxicity", "input_source", "input_error"]
    assert frame[held].iloc[0].tolist() == ["a", "0.5", "s", "e"]


def test_names_that_repeat_or_lack_are_kept_apart(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "text,x,x,,source,input_source\nt,1,2,3,4,5\n")
    assert list(read(path).columns)[9:] == [
        "x",
        "x_2",
        "column_4",
        "input_source",
        "input_source_2",
    ]


def test_the_user_is_told_which_of_two_columns_of_one_name_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "text,id,text\nfirst,1,second\n")
    reading = Reading(path)
    (frame,) = reading
    assert frame["text"].tolist() == ["first"]
    assert 'repeated names: column 3, "text", is text_2' in reading.notes
    assert read(path, text_column="text_2")["text"].tolist() == ["second"]
    assert "repeated" not in " ".join(Reading(saved(tmp_path, "b.csv", "text, x,\na,b,c\n")).notes)


@pytest.mark.parametrize("name", ["email", "E-Mail", "author_email", "userEmail", "ip", "IP address",
                                  "comment_author_IP", "remote_addr", "ip_v4"])  # fmt: skip
def test_personal_columns_leave_only_when_asked_for(name: str, tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", f"text,{name}\nx,secret\n")
    assert "secret" not in read(path).to_csv()
    assert "secret" in read(path, keep_personal=True).to_csv()


@pytest.mark.parametrize("name", ["chip", "zip", "recipe", "emailed_times"])
def test_other_columns_are_not_personal(name: str, tmp_path: Path) -> None:
    assert name in read(saved(tmp_path, "a.csv", f"text,{name}\nx,y\n")).columns


@pytest.mark.parametrize(
    ("author", "known"),
    [
        ("203.0.113.80", False),
        ("2001:DB8:0:0:0:0:0:1", False),
        ("2001:db8::1", False),
        ("ann@paper.example", False),
        ("@ann@social.example", True),
        ("Ann", True),
        ("Ann @ the pier", True),
        ("10.5", True),
        ("12:30", True),
    ],
)
def test_an_author_known_by_an_address_is_kept_only_when_asked_for(
    author: str, known: bool, tmp_path: Path
) -> None:
    path = saved(tmp_path, "a.csv", f"text,author\nx,{author}\ny,\n")
    comments = read(path)
    assert comments["author"].dropna().tolist() == [author] * known
    assert any("known only by an address" in note for note in comments.attrs["notes"]) != known
    assert read(path, keep_personal=True)["author"].dropna().tolist() == [author]


def test_ids_spoilt_into_floats_still_join(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [1, 2], "parent_id": [None, 1], "text": ["a", "b"]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    for name in ("a.csv", "a.parquet", "a.jsonl"):
        assert read(tmp_path / name)["parent_id"].fillna("").tolist() == ["", "1"], name


def test_parquet_keeps_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": ["x", None],
            "score": pa.array([1.5, None], pa.float32()),
            "day": pa.array([1, None], pa.date32()),
            "tags": pa.array([["a"], None], pa.list_(pa.string())),
            "raw": pa.array([b"\xff", None], pa.binary()),
            "kind": pa.array(["k", "k"]).dictionary_encode(),
            "none": pa.nulls(2),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    reading = Reading(tmp_path / "a.parquet", rows=1)
    kept = [str(reading.schema.field(name).type) for name in table.column_names[1:]]
    assert kept == ["float", "date32[day]", "list<element: string>", "binary", "string", "null"]
    assert [len(frame) for frame in reading] == [1, 1]


def test_parquet_with_broken_text_is_read(tmp_path: Path) -> None:
    broken = pa.array([b"caf\xe9", b"fine"], pa.binary()).cast(pa.string(), safe=False)
    pq.write_table(pa.table({"text": broken, "note": broken}), tmp_path / "a.parquet")
    frame = read(tmp_path / "a.parquet")
    assert frame["text"].tolist() == frame["note"].tolist() == ["caf\ufffd", "fine"]


@pytest.mark.parametrize("kind", [pa.int64(), pa.list_(pa.string())])
def test_a_column_of_no_text_is_no_text(kind: pa.DataType, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([], kind), "x": ["y"][:0]}), tmp_path / "a.parquet")
    with pytest.raises(ColumnError):
        read(tmp_path / "a.parquet", text_column="text")


def test_parquet_damaged_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [random.Random(seed).randbytes(40).hex() for seed in range(5000)]  # noqa: S311  # not a secret
    pq.write_table(pa.table({"text": texts}), path, use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[4:4000] = bytes(3996)
    path.write_bytes(content)
    with pytest.raises(ModerationError, match="damaged after record 0"):
        read(path)


def test_a_text_that_every_row_repeats_is_no_way_to_take_all_memory(tmp_path: Path) -> None:
    once = pa.DictionaryArray.from_arrays(pa.array([0] * 9_000, pa.int32()), ["x" * (1 << 17)])
    path = tmp_path / "a.parquet"
    options = {"compression": "zstd", "store_schema": False, "write_statistics": False}
    pq.write_table(pa.table({"text": once}), path, **options)
    assert path.stat().st_size < 1 << 16
    with pytest.raises(InputError, match="a batch of rows unpacks to more than 1 GiB"):
        read(path)


def test_a_table_of_absurd_width_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", "text" + ",a" * 100_000 + "\n")
    with pytest.raises(FormatError, match="has 100,001 columns"):
        read(path)


def test_keys_without_end_become_no_columns(tmp_path: Path) -> None:
    path = saved(
        tmp_path, "a.jsonl", "".join(f'{{"text": "x", "k{n}": {n}}}\n' for n in range(5000))
    )
    frame = read(path)
    assert frame.shape[1] < 300
    assert frame["extra"].tolist()[-1] == '{"k4999":4999}'


def test_what_does_not_fit_its_column_goes_to_extra(tmp_path: Path) -> None:
    first = '{"text": "x", "votes": 1, "mood": 0.5, "new": true, "tags": ["a"]}\n' * 70_000
    later = (
        '{"text": "y", "votes": "many", "mood": 1, "new": null, "tags": 3, "late": {"a": "é"}}\n'
    )
    reading = Reading(saved(tmp_path, "a.jsonl", first + later))
    last = pd.concat(list(reading)).iloc[-1]
    assert json.loads(last["extra"]) == {"votes": "many", "late": {"a": "é"}}
    assert (last["mood"], last["tags"], pd.isna(last["votes"])) == (1.0, "3", True)


def test_lines_may_be_blank_or_end_in_any_way(tmp_path: Path) -> None:
    content = '\ufeff{"text": "a"}\r\n\r\n{"text": "b"}\n  \n{"text": "c"}'
    assert read(saved(tmp_path, "a.jsonl", content))["text"].tolist() == ["a", "b", "c"]
    assert read(saved(tmp_path, "a.csv", "text\ra\rb"))["text"].tolist() == ["a", "b"]
    assert read(saved(tmp_path, "b.csv", "\n\r\ntext\n\na\n\n"))["text"].tolist() == ["a"]


def test_a_line_whose_text_is_a_list_is_set_aside_and_the_others_are_read(tmp_path: Path) -> None:
    lines = ['{"text": "a"}', '{"text": ["You idiot"]}', '{"text": {"b": 1}}', '{"text": "c"}']
    reading = Reading(saved(tmp_path, "a.jsonl", "\n".join(lines)))
    assert pd.concat(reading)["text"].tolist() == ["a", "c"]
    assert [(reject.line, reject.raw) for reject in reading.rejects] == [
        (line, lines[line - 1].encode()) for line in (2, 3)
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv"])
def test_a_comment_of_ten_megabytes_is_a_comment(name: str, tmp_path: Path) -> None:
    long = "no " * 3_500_000
    content = (
        f'{{"text": "{long}"}}\n{{"text": "b"}}\n' if name == "a.jsonl" else f'text\n"{long}"\nb\n'
    )
    assert read(saved(tmp_path, name, content))["text"].str.len().tolist() == [len(long), 1]


def test_a_line_without_end_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "a"}\n{"text": "')
        for _ in range(70):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n{"text": "b"}\n')
    reading = Reading(path)
    assert [text for frame in reading for text in frame["text"]] == ["a", "b"]
    (reject,) = reading.rejects
    assert reject.line == 2
    assert "64 MiB" in reject.reason
    assert len(reject.raw) < 1 << 17


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_every_usual_encoding_is_read(encoding: str, name: str, tmp_path: Path) -> None:
    said = "naïve – “so” €"
    text = f'text\n"{said}"\n' if name == "a.csv" else f'{{"text": "{said}"}}\n'
    assert read(saved(tmp_path, name, text.encode(encoding)))["text"].tolist() == [said]


def test_control_characters_are_read_as_they_stand(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jsonl", '{"text": "be\x07ep\tso"}\n{"text": "b"}\n')
    assert read(path)["text"].tolist() == ["be\x07ep\tso", "b"]


def test_blocks_do_not_change_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = FOLDERS[0].parent.joinpath("csv-malformed", "input.csv").read_bytes()
    path = saved(tmp_path, "a.csv", content)
    whole = Reading(path)
    expected = list(whole)
    for size in range(1, 60, 7):
        monkeypatch.setattr(lines, "BLOCK", size)
        parts = Reading(path)
        pd.testing.assert_frame_equal(pd.concat(list(parts), ignore_index=True), expected[0])
        assert parts.rejects == whole.rejects
        assert parts.notes == whole.notes


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt", "a.tsv"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.binary(max_size=400)
    | st.text('ab,;\t|"\n\r{}[]:\\•- 1', max_size=200).map(str.encode)
)
def test_any_bytes_give_rows_or_an_error_of_ours(name: str, content: bytes, tmp_path: Path) -> None:
    survive(saved(tmp_path, name, b"text,id\n" + content if name == "a.csv" else content))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_spoilt_file_gives_rows_or_an_error_of_ours(
    folder: Path, data: st.DataObject, tmp_path: Path
) -> None:
    golden = next(folder.glob("input.*"))
    content = bytearray(golden.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.sampled_from([0, 0, 1, 2, 30, len(content)]))
        content[at : at + cut] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b'"', b"<", b"\x00"])
        )
    survive(saved(tmp_path, golden.name, bytes(content)), Reading(golden).format)


def split(texts: list[bytes]) -> tuple[list[list[str]], list[Reject]]:
    """Columns and rejects of blocks of lines under a header of two columns."""
    columns: list[list[str]] = [[], []]
    rejects: list[Reject] = []
    parts = [lines.Block(1, 1, b"one,two\n"), *(lines.Block(0, 9, text) for text in texts)]
    for cells, broken in quoting.Splitter(",").batches(parts):
        for column, held in zip(columns, cells, strict=bool(cells)):
            column += held.to_pylist() if hasattr(held, "to_pylist") else held
        rejects += broken
    return columns, rejects


@settings(max_examples=300, deadline=None)
@given(
    texts=st.lists(st.text('ab,"\n', max_size=30), max_size=3), ends=st.sampled_from(["\n", "\r\n"])
)
def test_what_is_read_at_once_is_what_is_read_one_by_one(texts: list[str], ends: str) -> None:
    blocks = [f"{text}\n".replace("\n", ends).encode() for text in texts]
    with mock.patch.object(quoting, "whole_records", return_value=0):
        one_by_one = split(blocks)
    assert split(blocks) == one_by_one


def survive(path: Path, format_name: str | None = None) -> None:
    """Read a file to its end, whatever is in it; the counts must add up."""
    said = ""
    try:
        reading = Reading(path, format=format_name)
        rows = sum(len(frame) for frame in reading)
    except ModerationError as error:
        said = str(error)
    assert "\n" not in said
    assert said or reading.records == rows + len(reading.rejects)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("id,text\n", '1,"never closed\n'),
        ("id,text\n", 'a"b,"\n'),
        ("id,text\n", '"""\n'),
        ("id,text\n", ",\n"),
        ("id,text\n", "\n"),
        ("text\n", '"a"b\n'),
        ("", '{"text": "x"\n'),
        ("", '{"text": "x", "k": {"k": {"k": []}}}\n'),
        ("", "[[[[[[[[[[\n"),
    ],
)
@pytest.mark.usefixtures("no_collections")
def test_time_is_linear(head: str, line: str, tmp_path: Path) -> None:
    name = "a.csv" if head else "a.jsonl"
    begun = "" if head else '{"text": "x"}\n'
    seconds = []
    for size in (40_000, 640_000):
        path = saved(tmp_path, name, head + begun + line * (size // len(line)))
        begin = time.process_time()
        for _ in Reading(path):
            pass
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 64 * max(seconds[0], 0.02)  # linear is 16 times, quadratic 256


def test_a_quote_that_never_closes_costs_one_line(tmp_path: Path) -> None:
    rows = "".join(f"{n},row {n}\n" for n in range(2000))
    reading = Reading(saved(tmp_path, "a.csv", f'id,text\n0,"never closed\n{rows}'))
    assert sum(len(frame) for frame in reading) == 2000
    assert [reject.line for reject in reading.rejects] == [2]
    assert quoting.LONGEST_RECORD > 10_000_000


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_memory_does_not_grow_with_the_file(kind: str, tmp_path: Path) -> None:
    row = (
        '{"text": "' + "word " * 60 + '", "id": 1}\n'
        if kind == "jsonl"
        else "1," + "word " * 60 + "\n"
    )
    path = tmp_path / f"a.{kind}"
    peaks = []
    for megabytes in (20, 200):
        with path.open("w") as file:
            file.write("id,text\n" if kind == "csv" else "")
            for _ in range(megabytes):
                file.write(row * ((1 << 20) // len(row)))
        before = pa.total_allocated_bytes()
        peaks.append(max(pa.total_allocated_bytes() - before for _ in Reading(path).tables()))
    assert peaks[1] < 1.5 * peaks[0]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_how_much_is_read_is_known(kind: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["word " * 100] * 40_000})
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_json(path, orient="records", lines=True)
    reading = Reading(path, path)
    shares = [reading.share or 0.0 for _ in reading]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] == reading.share == 1
