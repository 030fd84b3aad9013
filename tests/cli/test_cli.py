from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation import __version__, cli

THREAD = """id,author,body
a,Ann,Thank you for the clear answer.
b,Bo,"You stupid idiot, nobody asked you."
c,Cy,"Fine by me, see you on Thursday."
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process: exit code, stdout, stderr."""

    def running(*arguments: object) -> tuple[int, str, str]:
        code = cli.run([str(argument) for argument in arguments])
        return code, *capfd.readouterr()

    return running


@pytest.fixture
def thread(tmp_path: Path) -> Path:
    path = tmp_path / "thread.csv"
    path.write_text(THREAD, "utf-8")
    return path


def test_a_pipe_gets_json_lines_in_the_order_of_the_input(run: Run, thread: Path) -> None:
    code, out, _ = run("score", thread)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["comment_id"] for row in rows] == ["a", "b", "c"]
    assert [row["action"] for row in rows] == ["approve", "review", "approve"]
    assert rows[1]["reasons"][0]["spans"]


def test_a_person_gets_a_table_worst_first(run: Run, thread: Path) -> None:
    code, out, _ = run("score", thread, "--to", "table")
    assert code == 0
    assert "Bo" in out
    assert "insults a person" in " ".join(out.replace("│", " ").split())
    assert "Ann" not in out
    assert out.splitlines()[-1] == "3 comments: 1 to review, 2 approved"


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_files_hold_every_row_and_can_be_read_again(run: Run, thread: Path, kind: str) -> None:
    import moderation

    written = thread.with_name(f"scored.{kind}")
    code, out, err = run("score", thread, "-o", written)
    assert (code, out) == (0, "")
    assert "3 comments: 1 to review, 2 approved" in err
    assert list(moderation.read(written)["comment_id"]) == ["a", "b", "c"]
    assert {path.name for path in thread.parent.iterdir()} == {written.name, thread.name}


def test_check_says_by_its_exit_code_whether_something_is_flagged(
    run: Run, thread: Path, tmp_path: Path
) -> None:
    quiet = tmp_path / "quiet.csv"
    quiet.write_text("body\nGood morning to you all.\n", "utf-8")
    assert run("score", thread, "--check")[0] == 1
    assert run("score", quiet, "--check")[0] == 0


def test_a_policy_of_ones_own_decides(run: Run, thread: Path, tmp_path: Path) -> None:
    policy = tmp_path / "ours.toml"
    policy.write_text('[rule.all]\naction = "reject"\ntoxicity.at_least = 0.0\n', "utf-8")
    _, out, _ = run("score", thread, "--policy", policy)
    rows = [json.loads(line) for line in out.splitlines()]
    assert {row["action"] for row in rows} == {"reject"}
    assert all(row["policy"].startswith("ours@1 ") for row in rows)


def make_folder(path: Path) -> None:
    path.mkdir()


def make_bomb(path: Path) -> None:
    path.write_bytes(gzip.compress(b"id,text\n" + b"0" * (101 << 20), 1))


def make_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../comments.csv", THREAD)


LAUGHS = '<!DOCTYPE disqus [<!ENTITY ha "ha"><!ENTITY haha "&ha;&ha;">]><disqus><post/></disqus>'
OUTSIDE = '<!DOCTYPE disqus [<!ENTITY x SYSTEM "file:///etc/passwd">]><disqus><post/></disqus>'

MISTAKES: list[tuple[str, Callable[[Path], object], list[str], str]] = [
    ("wrong path", lambda path: path.unlink(missing_ok=True), [], "there is no such file"),
    ("folder", make_folder, [], "folder"),
    ("empty", lambda path: path.write_bytes(b""), [], "empty"),
    ("binary", lambda path: path.write_bytes(bytes(range(256)) * 20), [], "no comments"),
    ("no text column", lambda path: path.write_text("a,b\n1,2\n"), [], "--text-column"),
    ("wrong text column", lambda path: path.write_text("a,b\n1,2\n"), ["--text-column", "c"], '"c"'),
    ("wrong column", lambda path: path.write_text(THREAD), ["--column", "likes=up"], "--column likes="),
    ("half a column", lambda path: path.write_text(THREAD), ["--column", "author"], "author=Who"),
    ("no column of ours", lambda path: path.write_text(THREAD), ["--column", "mood=id"], "parent_id"),
    ("unknown format", lambda path: path.write_text(THREAD), ["--format", "cvs"], "csv"),
    ("unknown kind", lambda path: path.write_text(THREAD), ["--to", "xml"], "parquet"),
    ("unknown suffix", lambda path: path.write_text(THREAD), ["-o", "out.doc"], ".csv"),
    ("packed bomb", make_bomb, [], "as only a bomb does"),
    ("path in an archive", make_archive, [], "leads out of it, '../../comments.csv'"),
    ("XML bomb", lambda path: path.write_text(LAUGHS), [], ":1: declares entities"),
    ("external entity", lambda path: path.write_text(OUTSIDE), [], ":1: declares entities"),
    ("deep page", lambda path: path.write_text("<html>" + "<div>" * 9999), [], "Excessive depth"),
    ("no jobs", lambda path: path.write_text(THREAD), ["--jobs", "0"], "--jobs"),
    ("unknown option", lambda path: path.write_text(THREAD), ["--polcy", "x"], "--polcy"),
    ("nothing to resume", lambda path: path.write_text(THREAD), ["--resume"], "name it with -o"),
    ("no policy", lambda path: path.write_text(THREAD), ["--policy", "no.toml"], "no.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "options", "words"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])  # fmt: skip
def test_a_mistake_is_one_line_that_says_how_to_mend_it(
    run: Run, tmp_path: Path, make: Callable[[Path], object], options: list[str], words: str
) -> None:
    path = tmp_path / "comments.csv"
    make(path)
    code, out, err = run("score", path, *options)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert words in err


LETTERS = """Nr,Who,Mail,Body
7,Ann,ann@paper.example,Thank you for the clear answer.
8,Bo,bo@paper.example,"Fine by me, see you on Thursday."
"""


def test_columns_are_guessed_and_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text(LETTERS, "utf-8")
    _, _, err = run("score", path)
    assert 'note: columns: text from "Body"\n' in err
    assert "note: personal columns left out: Mail (--keep-personal" in err
    named = ["--column", "author=Who", "--column", "comment_id=Nr", "--keep-personal"]
    _, out, err = run("score", path, *named)
    assert 'note: columns: author from "Who", comment_id from "Nr", text from "Body"\n' in err
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["comment_id"], row["author"], row["Mail"]) for row in rows] == [
        ("7", "Ann", "ann@paper.example"),
        ("8", "Bo", "bo@paper.example"),
    ]


def test_rows_and_rejects_add_up_to_the_records(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "comments.jsonl", tmp_path / "out.csv"
    path.write_text('{"body": "Well said"}\n{"body": \n[]\n{"body": "Quite so"}\n', "utf-8")
    _, shown, err = run("score", path)
    assert len(shown.splitlines()) == 2
    assert "rejected: comments.jsonl:3: no JSON object\nrejected: 2 of 4 records\n" in err
    _, _, err = run("score", path, "-o", out)
    assert f"rejected: 2 of 4 records, see {out}.rejects.jsonl\n" in err
    assert len(Path(f"{out}.rejects.jsonl").read_text("utf-8").splitlines()) == 2
    code, _, err = run("score", path, "--strict")
    assert (code, err.splitlines()[-1].startswith(f"error: {path}:2: no valid JSON")) == (2, True)
    code, _, err = run("report", path, "-o", tmp_path / "out.html", "--strict")
    assert code == 2


def test_a_misspelt_key_of_a_policy(run: Run, thread: Path, tmp_path: Path) -> None:
    policy = tmp_path / "ours.toml"
    policy.write_text("[rule.a]\ntoxcity.at_least = 0.5\n", "utf-8")
    code, _, err = run("score", thread, "--policy", policy)
    assert code == 2
    assert err == f'error: {policy}: rule.a: unknown key "toxcity"; did you mean "toxicity"?\n'


def test_explain(run: Run) -> None:
    code, out, _ = run("explain", "You stupid idiot")
    assert code == 0
    assert "→ review" in out
    assert "insults a person or a group" in out


def test_report(run: Run, thread: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    code, _, err = run("report", thread, "-o", page, "--title", "Thursday")
    assert code == 0
    assert str(page) in err
    html = page.read_text("utf-8")
    assert "<h1>Thursday</h1>" in html
    assert "<mark" in html


def test_a_page_without_a_thread(run: Run, shared: Path) -> None:
    code, out, err = run("score", shared / "threads" / "000_a57125713f16358a.txt")
    assert (code, out) == (0, "")
    assert "no comment" in err


def test_formats_model_and_version(run: Run) -> None:
    assert "disqus" in run("formats")[1]
    code, out, _ = run("model")
    assert code == 0
    assert "Not for" in out
    assert run("--version")[1] == f"moderation {__version__}\n"


def test_control_characters_of_a_comment_do_not_reach_the_terminal(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.jsonl"
    comment = {"author": "\x1b[31mred", "body": "you stupid idiot \x1b]0;title\x07 \u202e[bold]"}
    path.write_text(json.dumps(comment) + "\n", "utf-8")
    _, out, _ = run("score", path, "--to", "table")
    assert "\x1b]" not in out
    assert "\u202e" not in out
    assert "[bold]" in out


def test_a_reader_that_stops_early_is_no_fault(thread: Path) -> None:
    many = thread.with_name("many.csv")
    many.write_text(THREAD + "d,Di,Quite so indeed.\n" * 20_000, "utf-8")
    command = f"{sys.executable} -m moderation score {many} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["comment_id"] == "a"
    assert "Traceback" not in done.stderr


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    run: Run, thread: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moderation import batch
    from moderation.cli import progress

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    out = thread.with_name("scored.csv")
    many = thread.with_name("many.csv")
    many.write_text(THREAD + "d,Di,Quite so indeed.\n" * 200, "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(batch.run, "__kwdefaults__", {**batch.run.__kwdefaults__, "part_rows": 1})
        patched.setattr(progress.Display, "__call__", interrupt)
        code, _, err = run("score", many, "-o", out)
    assert code == 130
    assert err.splitlines()[-2:] == [
        "what is done is kept: go on with the same command and --resume",
        "interrupted",
    ]
    assert not out.exists()
    code, _, err = run("score", many, "-o", out)
    assert code == 2
    assert "go on with --resume" in err
    assert run("score", many, "-o", out, "--resume")[0] == 0
    assert out.read_text("utf-8").count("Quite so") == 200


def test_without_floors_nothing_is_measured_as_if_it_held_them(run: Run, tmp_path: Path) -> None:
    code, out, err = run("evaluate", "--data", tmp_path, "--floors", tmp_path / "none.json")
    assert (code, out) == (2, "")
    assert "none.json: no floors; run with --set-floors first" in err


PIPED = {
    "JSON Lines": b'{"id": 1, "text": "You idiot"}\n{"id": 2, "text": "Well said"}\n',
    "a table": b"id,text\n1,You idiot\n2,Well said\n",
    "more than is looked at first": b"id,text\n1,You idiot\n" + b"2,Well said\n" * 20_000,
}


@pytest.mark.parametrize("what", PIPED)
def test_what_comes_through_a_pipe_is_scored(what: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "moderation", "score", "-"]
    done = subprocess.run(command, input=PIPED[what], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["action"] for row in rows[:2]] == ["review", "approve"]
    assert len(rows) == PIPED[what].count(b"\n") - (what != "JSON Lines")
    kept = tmp_path / "scored.parquet"
    done = subprocess.run([*command, "-o", str(kept)], input=PIPED[what], check=False)
    assert done.returncode == 0
    assert kept.is_file()


@pytest.mark.parametrize("command", ["score", "report"])
def test_what_is_read_is_not_written_over(
    run: Run, thread: Path, tmp_path: Path, command: str
) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(thread)
    for out in (thread, link):
        code, _, err = run(command, thread, "-o", out)
        assert code == 2
        assert f"{out}: is read, too; name another place with -o" in err
    assert thread.read_text("utf-8") == THREAD


@pytest.mark.parametrize("arguments", [(), ("--to", "table"), ("-o", "scored.csv")])
def test_a_check_does_not_wave_through_what_cannot_be_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("torn.csv").write_text("id,text\n1,Well said\n2,I will kill you,\n", "utf-8")
    code, _, err = run("score", "torn.csv", "--check", *arguments)
    assert "rejected: 1 of 2 records" in err
    assert code == 1
    assert run("score", "torn.csv", *arguments)[0] == 0
