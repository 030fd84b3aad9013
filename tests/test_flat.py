"""Flat JSON objects, straight into columns: the same as msgspec reads them, or given up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.formats import Reading, jsonlines
from moderation.formats.flat import Flat
from moderation.formats.lines import Block

KINDS: dict[str, Any] = {"a": str, "b": str, "né": int, "d": float, "e": bool, "f": str | int}
ROW = msgspec.defstruct(
    "Row",
    [(f"f{number}", kind | None, None) for number, kind in enumerate(KINDS.values())],
    rename={f"f{number}": key for number, key in enumerate(KINDS)},
    forbid_unknown_fields=True,
)


def block(data: bytes) -> Block:
    return Block(1, data.count(b"\n") + (not data.endswith(b"\n")), data)


def found(data: bytes) -> list[list[Any]] | None:
    columns = Flat(KINDS).read(block(data))
    return columns and [c if isinstance(c, list) else c.to_pylist() for c in columns]


def expected(data: bytes) -> list[list[Any]] | None:
    """What msgspec makes of the same lines, one object each; None where it refuses one."""
    try:
        rows = [
            msgspec.json.decode(line, type=ROW) for line in data.removesuffix(b"\n").split(b"\n")
        ]
    except msgspec.MsgspecError:
        return None
    return [list(column) for column in zip(*map(msgspec.structs.astuple, rows), strict=True)]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (b'{"a":"x","b":"","n\xc3\xa9":-7,"d":1.5e3,"e":true,"f":"y"}', ["x", "", -7, 1500.0, True, "y"]),
        (b'\t{ "e" :false , "f": 3,\t"a":  null }  \r', [None, None, None, None, False, 3]),
        (rb'{"a":"\"\\\/\b\f\n\r\t","b":"\u0041\u00e9\u20AC\ud83d\udE00\u0000."}',
         ['"\\/\b\f\n\r\t', "Aé€😀\0.", None, None, None, None]),
        (b'{"f":"\\ud83d\\ude00 \\"it\\"","d":2,"a":"]},{"}', ["]},{", None, None, 2.0, None, '😀 "it"']),
        (b'{"a":null,"a":"\x7f\xf0\x9f\x99\x84"}', ["\x7f🙄", None, None, None, None, None]),
    ],
)  # fmt: skip
def test_usual_lines_are_read(line: bytes, values: list[Any]) -> None:
    for data in (line, line + b"\n", b'{"b":"before"}\n' + line + b"\n"):
        columns = found(data)
        assert columns == expected(data)
        assert columns
        assert [column[-1] for column in columns] == values


@pytest.mark.parametrize(
    "line",
    [
        b"", b" ", b"{}", b"[]", b"null", b'"a"', b'{"a"}', b'{"a":}', b'{"a":"x"', b'{"a":"x', b'{"a":"x\\',
        b'{"a":"x\\"}', b'{"a":"x",}', b'{,"a":"x"}', b'{"a":"x"}}', b'{"a":"x"} {"a":"y"}', b'{"a" "x"}',
        b'{"a":"x" "b":"y"}', b'{"a":nul}', b'{"a":nulls}', b'{"a":[]}', b'{"a":{}}', b'{"a":1}', b'{"a":true}',
        b'{"a":"x","a":"y"}', b'{"other":"x"}', b'{"a ":"x"}', b'{"\\u0061":"x"}', b"{'a':'x'}", b'{"a":"\x01"}',
        rb'{"a":"\x41"}', rb'{"a":"\u12"}', rb'{"a":"\u123g"}', rb'{"a":"\ud83d"}', rb'{"a":"\ude00"}', rb'{"a":"\u"}',
        rb'{"a":"\ud83d\n"}', rb'{"a":"\ud83d\u0041"}', rb'{"a":"\ud83d\ud83d"}', rb'{"a":"\ud83d\ude0"}',
        b'{"d":01}', b'{"d":1.}', b'{"d":NaN}', b'{"d":-}', b'{"d":1e999}', b'{"e":1}', b'{"e":"true"}',
        b'{"n\xc3\xa9":1.5}', b'{"f":1.5}', rb'{"f":"\x"}', b'{"f":1,2}', b'{"f":]}', b'\xef\xbb\xbf{"a":"x"}',
    ],
)  # fmt: skip
def test_unusual_lines_are_given_up(line: bytes) -> None:
    for data in (line, line + b"\n", b'{"b":"before"}\n' + line + b'\n{"b":"behind"}'):
        if data:
            assert found(data) is None


texts = st.text(st.sampled_from('ab"\\/é€😀🙄\n\t\0\x7f{}[]:,') | st.characters(codec="utf-8"))
values = {
    "a": texts,
    "b": texts,
    "né": st.integers(-(2**63), 2**64),
    "d": st.floats(allow_nan=False, allow_infinity=False),
}
values |= {"e": st.booleans(), "f": texts | st.integers(-9, 9)}
objects = st.fixed_dictionaries({}, optional={k: v | st.none() for k, v in values.items()})
spellings = st.tuples(
    objects.filter(bool),
    st.booleans(),
    st.sampled_from([",", " , "]),
    st.sampled_from([":", " :\t"]),
)


def spelt(held: dict[str, Any], ascii_only: bool, comma: str, colon: str) -> bytes:
    members = [f'"{k}"{colon}{json.dumps(v, ensure_ascii=ascii_only)}' for k, v in held.items()]
    return f"{{{comma.join(members)}}}".encode()


@given(st.lists(spellings, min_size=1, max_size=5))
def test_flat_objects_are_read_as_msgspec_reads_them(held: list[Any]) -> None:
    data = b"\n".join(spelt(*each) for each in held)
    assert found(data) == expected(data)


@given(st.lists(spellings, min_size=1, max_size=3), st.data())
@settings(max_examples=300)
def test_what_is_read_of_spoilt_lines_is_what_msgspec_reads(
    held: list[Any], data: st.DataObject
) -> None:
    lines = bytearray(b"\n".join(spelt(*each) for each in held))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        sign = data.draw(st.sampled_from(b'"\\,:{}[]\nu \r0de1-+.tnf\x01\x7f'))
        lines[at : at + data.draw(st.integers(0, 2))] = bytes([sign])
    try:
        lines.decode()
    except UnicodeDecodeError:  # never asked: a block is UTF-8
        return
    columns = found(bytes(lines))
    assert columns is None or columns == expected(bytes(lines))


def test_a_file_is_the_same_whatever_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = [
        {"id": f"c{n}", "body": f'He said "{n}"\n', "likes": n, "w": n / 8} for n in range(200)
    ]
    odd = [
        {"id": 7, "body": "x"},
        {"body": ["x"]},
        {"other": 1, "body": "z"},
        {"likes": "many"},
        [],
    ]
    rows = [odd[n % 5] if n % 61 == 60 else row for n, row in enumerate(usual)]
    path = tmp_path / "comments.jsonl"
    path.write_bytes(b"\n".join(map(msgspec.json.encode, rows)))
    monkeypatch.setattr(jsonlines, "BLOCK", 2000)
    monkeypatch.setattr(jsonlines, "_BATCH", 2000)
    monkeypatch.setattr(jsonlines, "_PIECE", 500)
    asked: list[bool] = []
    read = Flat.read

    def watched(self: Flat, lines: Block) -> list[Any] | None:
        asked.append((columns := read(self, lines)) is not None)
        return columns

    def all_rows() -> tuple[list[Any], list[Any]]:
        reading = Reading(path)
        return [row for table in reading.tables() for row in table.to_pylist()], reading.rejects

    monkeypatch.setattr(Flat, "read", watched)
    quickly = all_rows()
    monkeypatch.setattr(Flat, "read", lambda *_: None)
    assert quickly == all_rows()
    assert {True, False} == set(asked)
