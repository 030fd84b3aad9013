"""Engines give what one machine gives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moderation import cli, engines
from moderation.errors import ColumnError, InputError, ModerationError
from moderation.scoring import Scorer

TEXTS = [
    "Thank you for this, I had wondered how the council decides.",
    "You are a stupid liar and everybody here knows it 😡",
    "oh you f\u200bu\u200bcking 1d1ot, really",
    "Das ist doch wirklich nicht zu glauben, oder was meint ihr dazu?",
    None,
    "",
    "nul\0nul",
    "but " * 5_000,
    "a" * 1_000_001,
]
FILES, ROWS = 3, 90
NEEDS = {"spark": "pyspark", "dask": "dask.dataframe"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parquet without ids, in several files and row groups, with a column that bears our name."""
    folder = tmp_path_factory.mktemp("comments")
    for number in range(FILES):
        texts = [TEXTS[(number + row) % len(TEXTS)] for row in range(ROWS)]
        table = pa.table(
            {
                "body": pa.array(texts, pa.string()),
                "likes": pa.array(range(ROWS), pa.int64()),
                "state": pa.array(["deleted" if row % 30 == 7 else None for row in range(ROWS)]),
                "toxicity": pa.array([0.5] * ROWS),
            }
        )
        pq.write_table(table, folder / f"part{number}.parquet", row_group_size=40)
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> pd.DataFrame:
    """What one machine makes of the rows."""
    frames = []
    for path in sorted(folder.iterdir()):
        frame = pd.read_parquet(path).rename(columns={"body": "text"})
        frame.insert(0, "comment_id", [f"{path.name}:{row}" for row in range(len(frame))])
        frames.append(frame)
    return Scorer.load().score(pd.concat(frames, ignore_index=True))


def rows(scored: pd.DataFrame) -> list[dict[str, object]]:
    """Rows by id, a missing value always None, whichever way a frame spells it."""
    table = pa.Table.from_pandas(scored, preserve_index=False)
    names = sorted(table.column_names)
    held = table.select(names).sort_by("comment_id").to_pylist()
    return [{name: None if row[name] != row[name] else row[name] for name in names} for row in held]


@pytest.fixture(scope="module", params=NEEDS)
def engine(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    pytest.importorskip(NEEDS[request.param])
    module = import_module(f"moderation.engines.{request.param}")
    yield module
    if request.param == "spark":
        module.session().stop()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # PySpark warns about pandas 3, and leaves sockets open
def test_a_folder_becomes_a_folder_with_the_rows_of_one_machine(
    engine: ModuleType, folder: Path, expected: pd.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "scored"
    name = engine.__name__.rpartition(".")[2]
    command = ["score", folder, "--engine", name, "--text-column", "body", "-o", out]
    assert cli.run([str(word) for word in command]) == 0
    read = pd.read_parquet(out, dtype_backend="pyarrow")
    assert list(read.columns) == list(expected.columns)
    assert rows(read) == rows(expected)
    assert cli.run([str(word) for word in command]) == 2, "it is already there"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_frame_without_ids_is_refused(engine: ModuleType) -> None:
    frame = pd.DataFrame({"text": ["hello"]})
    if engine.__name__.endswith("spark"):
        given = engine.session().createDataFrame([("hello",)], ["text"])
    else:
        given = import_module("dask.dataframe").from_pandas(frame, npartitions=1)
    with pytest.raises(ColumnError, match='no column "comment_id" among text; rename'):
        engine.score(given)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_column_that_is_named_is_scored_and_a_wrong_name_is_refused(
    engine: ModuleType, tmp_path: Path
) -> None:
    named = {"comment_id": ["1"], "body": ["You idiot"], "text": ["Well said"]}
    pq.write_table(pa.table(named), tmp_path / "named.parquet")
    given = str(tmp_path / "*.parquet")
    engine.save(engine.score(given, text_column="body"), tmp_path / "scored")
    (row,) = pd.read_parquet(tmp_path / "scored").to_dict("records")
    assert (row["text"], row["input_text"], row["action"]) == ("You idiot", "Well said", "review")
    with pytest.raises(ColumnError, match='no column "bdoy" among comment_id, body, text; name'):
        engine.score(given, text_column="bdoy")


def test_an_option_that_no_engine_heeds_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "scored")
    given = ["score", "comments", "--engine", "dask", "-o", out, "--check", "--jobs", "2"]
    assert cli.run(given) == 2
    assert "leave out --jobs, --check" in capsys.readouterr().err


@pytest.mark.slow
def test_dask_reads_a_glob_and_says_when_it_is_empty(folder: Path) -> None:
    dask = pytest.importorskip("dask.dataframe") and import_module("moderation.engines.dask")
    assert len(dask.score(str(folder / "*0.parquet"), text_column="body").compute()) == ROWS
    with pytest.raises(InputError, match="no Parquet file is there"):
        dask.score(str(folder / "*.pq"))


def test_the_function_that_runs_on_every_engine(expected: pd.DataFrame) -> None:
    given = expected[["comment_id", "text", "likes", "state"]]
    pieces = [given.iloc[begin : begin + 7] for begin in range(0, len(given), 7)]
    scored = pd.concat(engines.scored(Scorer.load(), pieces), ignore_index=True)
    assert rows(scored) == rows(expected.drop(columns="input_toxicity"))


MISTAKES: list[tuple[list[str], str]] = [
    (["x", "--engine", "sparc", "-o", "out"], "use spark or dask"),
    (["x", "--engine", "dask"], "name it with -o"),
    (["x", "y", "--engine", "dask", "-o", "out"], "one folder or one glob"),
]


@pytest.mark.parametrize(("words", "said"), MISTAKES)
def test_mistakes(words: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["score", *words]) == 2
    assert said in capfd.readouterr().err


@pytest.mark.parametrize(("name", "package"), [("spark", "pyspark"), ("dask", "dask")])
def test_a_missing_engine_is_one_line_with_the_command_that_installs_it(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setitem(sys.modules, f"{package}.sql", None)
    module = import_module(f"moderation.engines.{name}")
    with pytest.raises(ModerationError, match=rf"pip install '\.\[{name}\]' in a checkout"):
        module.score("comments")
