"""Every format against its golden folder: tests/formats/<name>/{input.*, expected.jsonl}.

``python -m tests.test_formats NAME…`` writes the expectations of the named folders anew; read them
before you commit them.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import zstandard

from moderation import columns
from moderation.formats import Reading, markdown, read, table
from moderation.formats.registry import FORMATS, named

FOLDERS = sorted(path for path in Path(__file__).parent.joinpath("formats").iterdir())


def outcome(folder: Path, rows: int = 10_000) -> dict[str, list[dict[str, object]]]:
    """What reading a golden folder's input gives: file name to lines."""
    path = next(folder.glob("input.*"))
    reading = Reading(path, rows=rows)
    frames = list(reading)
    comments = [record for frame in frames for record in _records(frame)]
    assert reading.records == len(comments) + len(reading.rejects)
    rejects = [
        {"line": reject.line, "byte": reject.byte, "reason": reject.reason}
        | {"raw": reject.raw.decode("utf-8", "backslashreplace")}
        for reject in reading.rejects
    ]
    notes: list[dict[str, object]] = [{"note": note} for note in reading.notes]
    return {"expected.jsonl": comments, "rejects.jsonl": rejects, "notes.jsonl": notes}


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as JSON has them; what is missing is left out, so that a diff is short."""
    lines = frame.to_json(orient="records", lines=True, date_format="iso", date_unit="s")
    records = [json.loads(line) for line in lines.splitlines()]
    return [{key: v for key, v in record.items() if v is not None} for record in records]


def _written(lines: list[dict[str, object]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _read(path: Path) -> list[dict[str, object]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_golden(folder: Path) -> None:
    for name, lines in outcome(folder).items():
        assert json.loads(json.dumps(lines)) == _read(folder / name), name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rows_at_a_time_change_nothing(folder: Path) -> None:
    assert outcome(folder, rows=1) == outcome(folder)


DISGUISES: dict[str, Callable[[bytes], bytes]] = {
    "input": bytes,
    "input.dat": bytes,
    "input.gz": gzip.compress,
    "input.xml.zst": zstandard.compress,
    "input.zip": lambda content: zipped(content),
}


def zipped(content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("a/b", content)
    return archive.getvalue()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_input_is_recognised_by_its_content(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = next(folder.glob("input.*"))
    content, known = path.read_bytes(), Reading(path).format
    for name, disguise in DISGUISES.items():
        disguised = tmp_path / name
        disguised.write_bytes(disguise(content))
        assert Reading(disguised).format == known, name
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert Reading("-").format == known


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("disqus-xml", b"\n\n "),
        ("wordpress-wxr", codecs.BOM_UTF8 * 2),  # a plugin with a mark of its own
        ("wordpress-wxr", b"\n" + codecs.BOM_UTF8),
        ("html-wordpress", codecs.BOM_UTF8 * 2),
        ("hackernews-truncated", b"\n\n "),
    ],
)
def test_what_stands_before_the_first_sign_does_not_matter(
    name: str, before: bytes, tmp_path: Path
) -> None:
    path = next(Path(__file__).parent.glob(f"formats/{name}/input.*"))
    late = tmp_path / "input"
    late.write_bytes(before + path.read_bytes())
    expected = read(path)
    found = read(late)
    assert found["text"].tolist() == expected["text"].tolist()
    assert found.attrs["rejected"] == expected.attrs["rejected"]


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_every_format_has_a_golden_folder(known: object) -> None:
    name = getattr(known, "name", "")
    assert any(Reading(next(folder.glob("input.*"))).format == name for folder in FOLDERS)


def test_the_schema_is_ours_then_the_extra_columns() -> None:
    for folder in FOLDERS:
        schema = Reading(next(folder.glob("input.*"))).schema
        assert tuple(schema.names[: len(columns.READ)]) == columns.READ
        assert not set(schema.names[len(columns.READ) :]) & set(columns.NAMES)


def test_the_tables_of_formats_name_each_once() -> None:
    names = [name for name, _, _ in table()]
    assert len(set(names)) == len(names) == len(FORMATS)
    for name in names:
        assert f"| `{name}` |" in markdown()
        assert named(name).name == name


if __name__ == "__main__":
    for chosen in sys.argv[1:]:
        golden = Path(__file__).parent / "formats" / chosen
        for file, content in outcome(golden).items():
            if content:
                golden.joinpath(file).write_text(_written(content), "utf-8")
            else:
                golden.joinpath(file).unlink(missing_ok=True)
