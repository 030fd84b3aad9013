"""Opening inputs: what is wrong is said in one line; archives are unpacked, bombs refused."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import zstandard

from moderation.errors import FormatError, InputError, ModerationError
from moderation.formats import Reading, compression, read, reading
from moderation.formats.sources import Source

LINES = b'{"id": "1", "text": "Hear, hear"}\n{"id": "2", "text": "No"}\n'


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


PACKED = {
    "plain": LINES,
    "gz": gzip.compress(LINES),
    "gz of two": gzip.compress(LINES[:34]) + gzip.compress(LINES[34:]),
    "zst": zstandard.compress(LINES),
    "zst of two": zstandard.compress(LINES[:34]) + zstandard.compress(LINES[34:]),
    "zip": zipped({"comments.jsonl": LINES}),
    "zip of a folder": zipped({"a/": b"", "a/b.jsonl": LINES, "__MACOSX/a/._b.jsonl": b"x"}),
}


@pytest.mark.parametrize("content", PACKED.values(), ids=PACKED.keys())
def test_packed_or_not_the_rows_are_the_same(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "comments.jsonl"  # known by content, not by suffix
    path.write_bytes(content)
    assert read(path)["text"].tolist() == ["Hear, hear", "No"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", PACKED.values(), ids=PACKED.keys())
def test_standard_input_is_as_good_as_a_file(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    frame = read("-")
    assert frame["text"].tolist() == ["Hear, hear", "No"]
    assert set(frame["source"]) == {"jsonl:stdin"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(LINES,))
    writer.start()
    assert len(read(pipe)) == 2
    writer.join()


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.XML.gz", ".xml"), ("a.jsonl", ".jsonl"), ("a.csv.zst", ".csv"), ("a.zip", ""), ("a", "")],
)
def test_the_suffix_is_the_content_s(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    assert Source(path).suffix == suffix


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(LINES * 900)[:-30], "ended before the end-of-stream marker"),
        (gzip.compress(LINES * 9000) + b"garbage", "Not a gzipped file"),
        (zstandard.compress(LINES * 90000)[:-30], "the last frame has no end"),
        (zstandard.compress(LINES) + b"garbage", "damaged"),
    ],
)
def test_what_comes_before_damage_is_read(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "comments.jsonl"
    path.write_bytes(content)
    reading = Reading(path)
    rows = sum(len(frame) for frame in reading)
    assert rows > 0
    assert reason in reading.rejects[-1].reason
    assert reading.records == rows + reading.rejected


BOMB = zipped({"a.csv": b"id,text\n" + b"0" * (compression.TRUSTED_BYTES + 2_000_000)})


@pytest.mark.parametrize(
    "bomb",
    [
        BOMB,
        gzip.compress(b"id,text\n" + b"0" * (compression.TRUSTED_BYTES + 2_000_000), 1),
        zstandard.compress(b"id,text\n" + b"0" * (compression.TRUSTED_BYTES + 2_000_000)),
    ],
    ids=["zip", "gz", "zst"],
)
def test_bombs_are_refused(bomb: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv"
    path.write_bytes(bomb)
    with pytest.raises(InputError, match="unpacks to more than 200 times its size, as only a bomb"):
        read(path)


def test_a_small_archive_is_unpacked_in_small_steps(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.zst"
    packer = zstandard.ZstdCompressor().compressobj()
    path.write_bytes(packer.compress(b"\0" * (1 << 30)) + packer.flush())
    assert path.stat().st_size < 1 << 16
    tracemalloc.start()
    with pytest.raises(FormatError, match="not a text file"):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 200 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.zip",
            zipped({"a.csv": b"x", "b.csv": b"y"}),
            "the .zip holds 2 files, not one; unpack",
        ),
        ("a.zip", zipped({}), "the .zip holds 0 files, not one"),
        ("a.zip", b"PK\x03\x04 and nothing more", "a damaged .zip"),
        (
            "a.zip",
            zipped({"../../etc/passwd": LINES}),
            "a path that leads out of it, '../../etc/pa",
        ),
        ("a.zip", zipped({"/etc/passwd": LINES}), "a path that leads out of it, '/etc/passwd'"),
        ("a.zip", zipped({"a\\..\\..\\b": LINES}), "a path that leads out of it"),
        ("a.zip", zipped({"C:\\a.csv": LINES}), "a path that leads out of it"),
        ("a.gz", gzip.compress(gzip.compress(LINES)), "packed twice; unpack it first"),
        ("a.csv", b"", "the file is empty; name a file with comments"),
        ("a.csv", b" \n\n", "the file is empty"),
        ("a.csv", gzip.compress(b""), "the file is empty"),
        ("a.csv", b"a,b,c\n1,2,3\n", "no text column among a, b, c; try --text-column a"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "holds no comments that can be read: a JPEG"),
        ("a.txt", bytes(range(256)) * 20, "holds no comments that can be read: not a text file"),
        ("a.pdf", b"%PDF-1.7\n%\xe2", "a PDF; copy its text into a .txt file"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Office file; save it as .xlsx or .csv"),
        ("a.json", b"[1, 2, 3]", "no known format fits; name one with --format; the command"),
        ("a.parquet", b"PAR1 is how it began", "no whole Parquet file"),
        (
            "a.xlsx",
            zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
            "no whole w",
        ),
        (
            "a.docx",
            zipped({"[Content_Types].xml": b"<x/>", "word/x.xml": b""}),
            "no .xlsx; save it",
        ),
    ],
)
def test_a_mistake_is_said_in_one_line(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModerationError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "comments.csv").write_text("x")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "coments.csv")
    assert str(caught.value) == (
        f'{tmp_path}/coments.csv: there is no such file; did you mean "{tmp_path}/comments.csv"?'
    )


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; name the files in it"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("id,text\n")
    path.chmod(0)
    with pytest.raises(InputError, match="may not be read; change its permissions, or copy it"):
        read(path)


@pytest.mark.parametrize(
    ("name", "mend"), [("csvv", "did you mean csv?"), ("§", "there are parquet, xlsx, ")]
)
def test_an_unknown_format_is_named_with_the_nearest(name: str, mend: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        read(tmp_path, format=name)
    assert str(caught.value).startswith(f'no format is called "{name}"; {mend}')


def test_a_path_with_a_nul_is_no_defect() -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read("a\0b")


@pytest.mark.parametrize("later", ["missing.csv", "broken.jsonl"])
def test_no_input_stays_open_where_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: str
) -> None:
    made: list[Source] = []

    def opened(path: Path) -> Source:
        made.append(Source(path))
        return made[-1]

    monkeypatch.setattr(reading, "Source", opened)
    first, broken = tmp_path / "first.csv", tmp_path / "broken.jsonl"
    first.write_text("id,text\n" + "1,hello there\n" * 1000)
    broken.write_text('{"body": "well said"}\n{"body": \n')
    with pytest.raises(ModerationError):
        list(Reading(first, tmp_path / later, rows=10, strict=True))
    assert made
    assert all(stream.closed for source in made for stream in source._opened)
