"""The whole table, on a small model over small files, and on what Perspective itself scored."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from moderation.columns import HEADS
from moderation.errors import InputError
from moderation.evaluation import (
    MEASURES,
    Bench,
    Results,
    evaluate,
    holdout,
    measures,
    reliability_points,
)
from moderation.evaluation.holdout import CONTRASTS, SETS, load_set
from moderation.lexicon import Entry, Lexicon

if TYPE_CHECKING:
    from tests.evaluation.conftest import Toy

TIMED = ("speed", "speed.ratio")
QUICK = [measure for measure in MEASURES if measure.name not in TIMED]

#: What the toy must come out at, by hand: it finds every rude word and no disguised one.
BY_HAND = {
    "test.toxicity.auc": 1.0,
    "insults.auc": 1.0,
    "context.with.difference": 0.4,
    "perspective.spearman": 1.0,
    "templates.bpsn.worst": 1.0,
    "templates.harmless": 0.0,
    "swapped.bnsp.mean": 1.0,
    "swapped.change": 0.0,
    "swapped.flips": 0.0,
    "disguise": 3 / 4,  # of four flagged and labelled toxic, "1d10t" slips through
    "buried": 1.0,  # its score is that of the rudest word, whatever stands around it
    "pairs": 1 / 2,  # a rewrite that keeps the rude word ties, which is no win
    "spans.f1": 1.0,
    "natural.toxicity.auc": 1.0,
    "natural.insult.skill": 1 - 0.01 / 0.25,
    "natural.threat.ece": 0.5,
    "news.false_alarms": 0.0,
    "surge.auc": 1.0,
    "votes.spearman": 1.0,
    "foreign.english": 0.0,
    "refused.english": 0.0,
    "named.german": 1 / 2,
    "refused.german": 1 / 2,
    "size": 2.0,
}


@pytest.fixture(scope="module")
def results(labelled: Path, toy_once: Toy) -> Results:
    return evaluate(Bench(toy_once, labelled), measures=QUICK)


def test_rewrites_that_say_the_same_are_no_pairs_and_counted_beside_them(results: Results) -> None:
    pairs = next(row.figure for row in results.rows if row.measure.name == "pairs")
    counted = re.fullmatch(r"(\d+) pairs; with (\d+) unchanged ones (0\.\d+)", pairs.note)
    assert counted is not None
    kept, unchanged = int(counted[1]), int(counted[2])
    assert kept == 2 * unchanged > 0
    assert float(counted[3]) == pytest.approx(pairs.value * kept / (kept + unchanged), abs=5e-4)


def test_contrasts_say_what_the_harmless_and_the_harmful_ones_come_to(
    labelled: Path, toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["You idiot!", "I am such an idiot", "Clown nose, size L?", "Go back home", "Hi", "Bye"]
    frame = pd.DataFrame({"kind": ["self"] * 4 + ["calm"] * 2, "text": texts})
    frame.assign(harmful=[1, 0, 0, 1, 0, 1]).to_csv(tmp_path / "held_out.csv", index=False)
    monkeypatch.setattr(holdout, "WRITTEN", tmp_path)
    contrasts = [measure for measure in MEASURES if measure.file == CONTRASTS]
    auc, harmless, harmful = (
        row.figure for row in evaluate(Bench(toy, labelled), measures=contrasts).rows
    )
    # Of nine pairs one is won, four are lost to "idiot" and "Clown", and four are ties.
    assert (auc.value, auc.note) == (pytest.approx(3 / 9), "self 0.25, calm 0.50")
    assert (harmless.value, harmful.value) == (pytest.approx(2 / 3), pytest.approx(1 / 3))


def test_every_plain_word_of_the_lexicon_is_thrown_at_somebody(
    labelled: Path, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (
        Entry("idiot", "insult", 2, False, ("idiot", "idiots")),
        Entry("twit", "insult", 1, False, ("twit", "utter twit")),
        Entry("clown", "insult", 1, True, ("clown",)),
        Entry("lecher", "sexual", 2, False, ("lecher",)),
    )
    monkeypatch.setattr(Lexicon, "load", lambda: Lexicon(rows))
    figure = measures.listed(Bench(toy, labelled))
    assert (figure.value, figure.n) == (1 / 2, 4)  # "clown" and the phrase are not asked about
    assert figure.note == "insult 0.67, sexual 0.00"


@pytest.mark.parametrize(("name", "expected"), BY_HAND.items())
def test_figures_are_as_worked_out_by_hand(results: Results, name: str, expected: float) -> None:
    figure = next(row.figure for row in results.rows if row.measure.name == name)
    assert figure.value == pytest.approx(expected, abs=1e-9)
    assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9
    assert figure.n > 0


def test_every_measure_has_a_name_of_its_own() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)


def test_each_text_is_scored_once(labelled: Path, toy: Toy) -> None:
    natural = [measure for measure in QUICK if measure.name.startswith("natural.")]
    evaluate(Bench(toy, labelled), measures=natural)
    assert toy.asked == len(load_set(labelled, "jigsaw_natural_dev"))


def test_rows_are_told_as_they_come(labelled: Path, toy: Toy) -> None:
    told: list[str] = []
    evaluate(
        Bench(toy, labelled), measures=QUICK[:3], each=lambda row: told.append(row.measure.name)
    )
    assert told == [measure.name for measure in QUICK[:3]]


def test_what_cannot_be_measured_is_said_so(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "results.json")
    saved = json.loads((tmp_path / "results.json").read_text("utf-8"))
    threat = saved["rows"]["natural.threat.auc"]
    assert (threat["value"], threat["reached"]) == (None, False)
    assert saved["model"] == "toy@1 abc"
    assert set(saved["files"]) > {f"{name}.parquet" for name in SETS if name != CONTRASTS}
    assert "held_out.csv" in saved["files"]


def test_table_puts_the_aim_beside_the_figure(results: Results) -> None:
    header, rule, *lines = results.markdown().splitlines()
    assert [cell.strip() for cell in header.split("|")[1:5]] == ["what", "set", "n", "figure"]
    assert set(rule) <= set("|- ")
    assert len(lines) == len(QUICK)
    alarms = next(line for line in lines if "healthy" in line)
    cells = [cell.strip() for cell in alarms.split("|")[3:8]]
    assert cells == ["30", "0.000", "0.000 … 0.000", "≤ 0.03", "yes"]
    assert len({len(line) for line in [header, rule, *lines]}) == 1


def test_missing_folder_is_a_mistake_to_mend(toy: Toy, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="MODERATION_DATA"):
        evaluate(Bench(toy, tmp_path), measures=QUICK[:1])


def test_reliability_points_of_labels_and_votes(labelled: Path, toy: Toy) -> None:
    points = reliability_points(Bench(toy, labelled))
    assert set(points["against"]) == {"labels", "votes"}
    votes = points[points["against"] == "votes"]
    assert votes["observed"].max() == pytest.approx(0.6)
    assert votes["count"].sum() == 60


def test_refused_text_stands_in_the_middle(labelled: Path, toy: Toy) -> None:
    head = Bench(toy, labelled).head("german_comments_1000", "toxicity")
    assert head.tolist() == [0.5, 0.1]


@pytest.mark.slow
def test_speed_is_measured_beside_scikit_learn(shared_data: Path, toy: Toy) -> None:
    timed = [measure for measure in MEASURES if measure.name in TIMED]
    rate, ratio = (row.figure for row in evaluate(Bench(toy, shared_data), measures=timed).rows)
    assert 0 < rate.low <= rate.value <= rate.high
    assert ratio.value > 1  # one short word list is faster than a million features
    assert not any(measure.has_floor for measure in timed)


class Perspective:
    """Perspective's previous version, where the files hold its scores."""

    model, size = "TOXICITY@5", 0

    def __init__(self, data: Path) -> None:
        self.scores = load_set(data, "perspective_wikipedia_2k")["TOXICITY@5"].to_numpy()

    def score(self, texts: list[str]) -> pd.DataFrame:
        here = self.scores if len(texts) == len(self.scores) else np.full(len(texts), 0.5)
        return pd.DataFrame(dict.fromkeys(HEADS, here))


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("context.without.perspective", 0.939),
        ("context.with.perspective", 0.799),
        ("perspective.spearman", 0.88),
    ],
)
def test_published_figures_of_perspective_are_met(
    shared_data: Path, name: str, published: float
) -> None:
    chosen = [measure for measure in MEASURES if measure.name == name]
    bench = Bench(Perspective(shared_data), shared_data)  # type: ignore[arg-type]
    found = evaluate(bench, measures=chosen)
    assert found.rows[0].figure.value == pytest.approx(published, abs=0.005)
