"""What is written of the benchmark follows from its figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import figures
from tests.benchmarks.figures import Figure

FOUND: dict[str, Figure | None] = {
    "job": Figure(50_000, 10_000_000, 400_000_000),
    "spark": Figure(40_000, 8_000_000, 2_000_000_000),
    "vader": Figure(5_000, 1_000_000, 50_000_000),
    "detoxify": None,
}


def test_the_table_has_a_row_for_each_with_its_ratio() -> None:
    labels = {name: name.title() for name in FOUND}
    rows = figures.markdown(labels, FOUND, "9 comments").splitlines()[2:]
    assert rows[0] == "| Job | 50,000 | 10 | 400 MB | 10 |"
    assert rows[2] == "| Vader | 5,000 | 1 | 50 MB | 1 |"
    assert rows[3] == "| Detoxify | not installed here | | | |"
    assert rows[5].startswith("9 comments. ")
    assert "GiB of memory" in rows[5]


def test_costs_are_worked_out_from_the_rates() -> None:
    lines = figures.costs(FOUND).splitlines()
    assert "50,000 comments a second" in lines[0]
    assert "on Spark, started and warm, 20,000 (200 bytes of text each)" in lines[0]
    assert lines[4] == "| 100 million | 0.56 | 4 minutes | 1.4 | 12 seconds |"
    assert lines[5] == "| 10 billion | 56 | 7 hours | 139 | 21 minutes |"
    assert "| 10 billion | 56 | 7 hours | ? | ? |" in figures.costs({**FOUND, "spark": None})


def test_text_is_put_between_markers_again_and_again(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- x -->\nold\n<!-- /x -->\nb\n", "utf-8")
    for text in ("new\n", "newer\n"):
        figures.write(page, "x", text)
        assert page.read_text("utf-8") == f"a\n<!-- x -->\n{text}<!-- /x -->\nb\n"
    with pytest.raises(ValueError, match="not enough values"):
        figures.write(page, "y", "text")
