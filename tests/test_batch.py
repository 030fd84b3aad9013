"""A whole job: the same rows however it runs, and nothing half done."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from moderation import batch
from moderation.batch.lock import claimed
from moderation.errors import ModerationError
from moderation.formats import Reading
from moderation.scoring import Scorer

SAYINGS = (
    "Thank you for this, I had wondered how the council decides.",
    "You are a stupid liar and everybody here knows it.",
    "I will find you, you sc.um, and you will be sorry 😡",
    "Das ist doch wirklich nicht zu glauben, oder was meint ihr dazu?",
    "",
    "Buy at http://a.example http://b.example http://c.example http://d.example",
    "ok",
)
ROWS = 600


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load()


@pytest.fixture(scope="module")
def comments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Comments with extra columns, and a broken line in every hundred."""
    path = tmp_path_factory.mktemp("batch") / "comments.jsonl"
    with path.open("w") as out:
        for number in range(ROWS):
            text = f"{SAYINGS[number % len(SAYINGS)]} ({number})"
            row = {"id": f"c{number}", "body": text, "section": "city", "stars": number % 5}
            out.write(json.dumps(row) + "\n")
            if number % 100 == 50:
                out.write('{"id": broken\n')
    return path


def rows(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path, dtype_backend="pyarrow")


@pytest.fixture(scope="module")
def expected(comments: Path, scorer: Scorer) -> pd.DataFrame:
    """What one frame with all rows comes to."""
    out = comments.with_name("expected.parquet")
    assert batch.run(Reading(comments), scorer, out).rows == ROWS
    return rows(out)


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("chunk", [7, 64, ROWS])
def test_rows_are_the_same_for_any_chunk_and_jobs(
    comments: Path, scorer: Scorer, expected: pd.DataFrame, tmp_path: Path, jobs: int, chunk: int
) -> None:
    out = tmp_path / "out.parquet"
    tally = batch.run(
        Reading(comments, rows=chunk), scorer, out, jobs=jobs, part_rows=90 if chunk > 7 else ROWS
    )
    pd.testing.assert_frame_equal(rows(out), expected)
    assert (tally.rows, tally.rejected) == (ROWS, 6)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "out.parquet",
        "out.parquet.rejects.jsonl",
    ]
    rejects = (tmp_path / "out.parquet.rejects.jsonl").read_text().splitlines()
    assert [json.loads(line)["line"] for line in rejects] == [52 + 101 * i for i in range(6)]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_parts_join_to_the_bytes_of_one(
    comments: Path, scorer: Scorer, tmp_path: Path, kind: str
) -> None:
    for name, part_rows in (("one", ROWS), ("many", 100)):
        out = tmp_path / f"{name}.{kind}"
        batch.run(Reading(comments, rows=50), scorer, out, part_rows=part_rows)
    assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"many.{kind}").read_bytes()


class StopError(Exception):
    """Something that goes wrong half way."""


def stopping_at(count: int) -> Callable[[batch.Progress], None]:
    def watch(progress: batch.Progress) -> None:
        if progress.tally.rows >= count:
            raise StopError

    return watch


def interrupted(comments: Path, scorer: Scorer, out: Path, after: int) -> None:
    with pytest.raises(StopError):
        batch.run(
            Reading(comments, rows=50), scorer, out, part_rows=100, watch=stopping_at(after), jobs=2
        )


def test_a_stopped_job_goes_on_where_it_stood(
    comments: Path, scorer: Scorer, expected: pd.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    interrupted(comments, scorer, out, 250)
    assert not out.exists()
    assert batch.unfinished(out)
    seen: list[batch.Progress] = []
    reading = Reading(comments, rows=50)
    tally = batch.run(reading, scorer, out, part_rows=100, resume=True, watch=seen.append)
    assert [progress.new for progress in seen] == [50 * i for i in range(1, 9)]
    assert (tally.rows, tally.rejected) == (ROWS, 6)
    pd.testing.assert_frame_equal(rows(out), expected)
    assert not batch.unfinished(out)


def test_what_stopped_before_its_first_part_leaves_nothing(
    comments: Path, scorer: Scorer, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    out.write_bytes(b"of an earlier run")
    interrupted(comments, scorer, out, 50)
    assert list(tmp_path.iterdir()) == [out]
    assert out.read_bytes() == b"of an earlier run"


def test_an_unfinished_job_is_not_thrown_away(
    comments: Path, scorer: Scorer, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    interrupted(comments, scorer, out, 250)
    with pytest.raises(ModerationError, match=r"2 finished parts .* go on with --resume"):
        batch.run(Reading(comments, rows=50), scorer, out)
    assert batch.unfinished(out)


OTHERS: dict[str, Callable[[Path], Reading]] = {
    "rows": lambda path: Reading(path, rows=60),
    "strict": lambda path: Reading(path, rows=50, strict=True),
    "columns": lambda path: Reading(path, rows=50, columns={"author": "section"}),
    "inputs": lambda path: Reading(path, path, rows=50),
}


@pytest.mark.parametrize("other", OTHERS)
def test_parts_of_another_job_are_not_gone_on_with(
    comments: Path, scorer: Scorer, tmp_path: Path, other: str
) -> None:
    out = tmp_path / "out.parquet"
    interrupted(comments, scorer, out, 250)
    with pytest.raises(ModerationError, match=f"the interrupted job had other {other}"):
        batch.run(OTHERS[other](comments), scorer, out, resume=True)


def test_two_jobs_do_not_write_to_one_place(comments: Path, scorer: Scorer, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    interrupted(comments, scorer, out, 250)
    folder = tmp_path / "out.parquet.parts"
    before = sorted(folder.iterdir())
    with (
        claimed(folder),
        pytest.raises(ModerationError, match="another job writes here; wait for it"),
    ):
        batch.run(Reading(comments, rows=50), scorer, out, resume=True)
    assert sorted(folder.iterdir()) == before
    assert batch.run(Reading(comments, rows=50), scorer, out, resume=True).rows == len(rows(out))


def test_a_pipe_cannot_be_resumed(tmp_path: Path) -> None:
    script = (
        "from moderation import batch\nfrom moderation.formats import Reading\n"
        "from moderation.scoring import Scorer\n"
        f"batch.run(Reading('-'), Scorer.load(), {str(tmp_path / 'out.csv')!r}, resume=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input='{"body": "hello"}', capture_output=True, text=True
    )
    assert "--resume cannot read a pipe again; save it to a file" in done.stderr


def test_no_rows_are_a_file_with_columns(scorer: Scorer, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("id,text\n")
    out = tmp_path / "out.parquet"
    assert batch.run(Reading(empty), scorer, out).rows == 0
    assert {"comment_id", "toxicity", "reasons"} <= set(rows(out).columns)
    assert len(rows(out)) == 0


def test_an_earlier_runs_rejects_are_taken_away(scorer: Scorer, tmp_path: Path) -> None:
    page, out = tmp_path / "page.jsonl", tmp_path / "out.csv"
    page.write_text('{"body": "Well said"}\n')
    rejects = tmp_path / "out.csv.rejects.jsonl"
    rejects.write_text("of an earlier run")
    batch.run(Reading(page), scorer, out)
    assert not rejects.exists()


def test_items_are_read_no_faster_than_they_are_taken() -> None:
    begun = 0

    def items() -> Iterator[int]:
        nonlocal begun
        while True:
            begun += 1
            yield begun

    results = batch.mapped(abs, items(), jobs=2)
    assert [next(results) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert begun <= 5 + 3
    results.close()  # type: ignore[attr-defined]  # it is a generator


JOB = """
import sys
from moderation import batch
from moderation.formats import Reading
from moderation.scoring import Scorer
print("ready", flush=True)
source, out, resume = sys.argv[1:]
batch.run(Reading(source, rows=200), Scorer.load(), out, jobs=2, part_rows=1000, resume=resume == "resume")
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_a_killed_job_leaves_no_half_file_and_goes_on(
    scorer: Scorer, tmp_path: Path, kind: str
) -> None:
    source, out, whole = (tmp_path / f"{n}.{kind}" for n in ("in", "out", "whole"))
    source = source.with_suffix(".jsonl")
    count = 40_000
    lines = ({"id": str(i), "body": f"{SAYINGS[i % 7]} {i}"} for i in range(count))
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    batch.run(Reading(source, rows=200), scorer, whole, part_rows=1000)
    draw = random.Random(kind)  # noqa: S311  # the same moments on every run
    kills = finished = 0
    mode = "anew"
    while not finished:
        command = [sys.executable, "-c", JOB, source, out, mode]
        job = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert job.stdout
        job.stdout.readline()
        if kills < 12:
            time.sleep(draw.uniform(0.2, 3.0))
            job.send_signal(signal.SIGKILL)
        finished = job.wait() == 0
        job.stdout.close()
        kills += not finished
        assert out.exists() or not finished
        if out.exists():  # killed after the last rename it is there already, and whole
            assert_same_rows(out, whole)
        mode = "resume"
    assert kills
    assert not batch.unfinished(out)


def assert_same_rows(out: Path, whole: Path) -> None:
    if out.suffix == ".parquet":
        pd.testing.assert_frame_equal(rows(out), rows(whole))
    else:
        assert out.read_bytes() == whole.read_bytes()
