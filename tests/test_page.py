"""Text copied from pages: what is a comment, what is not, and how long it takes."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from moderation.formats import Reading, read
from moderation.formats.records import UNPLACED

THREAD = "threads/002_1e21bf31337da23f.txt"
NO_THREAD = "threads/000_a57125713f16358a.txt"

# sha256 of "author|body" of the comments of a real page, taken from its text by hand
DIGESTS = [
    "5613e7dab21d9930e53fbe7ed07ac9a7db7a60d43fa1762c111e70fe276a1b60",
    "7a243b071a63df2b2b92fab61ff4425de03b00a7f4ae0da99279ab1e9d90f205",
    "e9e5b3e155db97a9ab826119273e0e1961a91627bb977b909e69ea2fc495a6ed",
    "ba0afde8e2e7dbc7305e55c3e39c3166fed81b147142f38384d30f2e0b0c66eb",
    "dd8309e0ca9c12b16eb9b011c258cc955118d042e6b86e475d3fcbf6e8f02c92",
    "67649dae98d58c26d67c269958ed58d1ec6508f88144019c8eae0d482887135e",
    "2c67f6799e384d56665e0bd9e277a2d6554db686c7925597c0c3661077eb3a39",
    "2246a903778e7537fb4575e386ecddc913e824f566b7ac648626fce4dbe1012e",
    "34d89df3fa9923209c3489716b8fb8610d6a9269716ce6deb80fed1037feedb7",
    "7292e24186cdbb5580e8aebc0ca977865d1efdb02fff86aea782f2a27dc60641",
    "b270a1f1a27c95bece5ed6b11e187e59fbfcdd967b26982704c3d236dd3d0650",
]


def comments(text: str, folder: Path) -> list[tuple[str, str]]:
    path = folder / "page.txt"
    path.write_text(text, encoding="utf-8")
    frame = read(path, format="page")
    return list(zip(frame["author"], frame["text"], strict=True))


def test_a_real_thread_is_read_exactly(shared: Path) -> None:
    frame = read(shared / THREAD)
    pairs = zip(frame["author"], frame["text"], strict=True)
    assert [hashlib.sha256(f"{a}|{t}".encode()).hexdigest() for a, t in pairs] == DIGESTS
    assert frame["parent_id"].isna().all()


def test_a_real_page_without_thread_gives_no_rows_and_says_so(shared: Path) -> None:
    reading = Reading(shared / NO_THREAD)
    assert list(reading) == []
    assert reading.notes[0].startswith(f"no comment thread found in {Path(NO_THREAD).name}")
    assert len(reading.unplaced) == reading.skipped[UNPLACED] == 12


def test_lines_that_are_no_comment_can_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(
        "A headline\n\nAn article.\n\n  • Ann\n\n    Hear, hear.\n\n  • Bo\n\n    No.\n\nBye\n"
    )
    reading = Reading(path)
    list(reading)
    assert [(line.line, line.raw) for line in reading.unplaced] == [
        (1, b"A headline"),
        (3, b"An article."),
        (13, b"Bye"),
    ]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("  • Ann\n\n    One.\n\n  • Bo\n\n    Two.", [("Ann", "One."), ("Bo", "Two.")]),
        (
            "\t- Ann\r\n\r\n\t\tOne.\r\n\r\n\t- Bo\r\n\r\n\t\tTwo.",
            [("Ann", "One."), ("Bo", "Two.")],
        ),
        (
            "\u00a0·\u00a0Ann\n\n\u00a0\u00a0\u00a0One.\n\n\u00a0·\u00a0Bo\n\n\u00a0\u00a0\u00a0Two.",
            [("Ann", "One."), ("Bo", "Two.")],
        ),
        ("  • Ann\n\n    One.", []),  # one alone is chance
        ("1 Comment\n\n  • Ann\n\n    One.", [("Ann", "One.")]),
        ("  • Author:\n\n    Ann\n\n  • Updated:\n\n    Today", []),
        ("  • Ann\n\nNot indented.\n\n  • Bo\n\nNeither.", []),
        ("  • https://example.org\n\n    One.\n\n  • Bo!\n\n    Two.", []),
        ("Ann • 1 day ago\nOne.\nReply • Share ›", [("Ann", "One.")]),
        ("By Ann • June 3, 2016\n\nAn article about trees.", []),
        ("Ann says:\nthat it rains.", []),
        ("Ann says:\nJune 3, 2016 at 4:12 pm\nIt rains.\nReply", [("Ann", "It rains.")]),
        ("Ann\n2 hours ago\nIt rains.", []),
        ("Ann\n2 hours ago\nIt rains.\nReply", [("Ann", "It rains.")]),
        ("Ann • 1 day ago\n7\nReply • Share ›", [("Ann", "7")]),
        ("Ann • 1 day ago\nReply • Share ›", []),
        (f"Ann • 1 day ago\nNo.\n{'9' * 5000}\nReply • Share ›", [("Ann", "No.")]),
        (
            "Also on this site\nA title\n3 comments • a year ago\nAnn • a year ago\nReply • Share ›",
            [],
        ),
    ],
)
def test_what_is_a_comment(page: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    assert comments(page, tmp_path) == expected


def test_the_same_words_twice_have_ids_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("  • Ann\n\n    +1\n\n  • Ann\n\n    +1\n")
    assert read(path)["comment_id"].is_unique


@pytest.mark.parametrize(
    "line",
    [
        "  • Ann\n\n    One.\n\n",
        "    " * 50 + "• Ann\n\n",
        "Ann • 2 years ago\n",
        "Ann\n2 hours ago\n",
        "Ann says:\nJune 3, 2016 at 4:12 pm\n",
        "1 " * 5_000 + "\n",
        " • " * 5_000 + "\n",
        "reply " * 5_000 + "\n",
        " " * 20_000 + "x",
        "x\n\n",
    ],
)
@pytest.mark.usefixtures("no_collections")
def test_time_is_linear(line: str, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    seconds = []
    for size in (40_000, 320_000):
        path.write_text(line * (size // len(line)), encoding="utf-8")
        begin = time.process_time()
        for _ in Reading(path, format="page"):
            pass
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 24 * max(seconds[0], 0.01)  # linear is 8 times, quadratic 64
