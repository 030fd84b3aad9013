from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from moderation import columns, policy
from moderation.errors import PolicyError

TWO_RULES = """
name = "two"
version = "7"
[rule.hostile]
reason = "hostile and negative"
toxicity.at_least = 0.5
sentiment.at_most = -0.4
[rule.vile]
action = "reject"
insult.above = 0.9
"""


def comments(**values: list[object]) -> dict[str, pa.Array]:
    rows = len(next(iter(values.values())))
    blank = {"toxicity": [0.0] * rows, "sentiment": [0.0] * rows, "insult": [0.0] * rows}
    return {n: pa.array(each) for n, each in {**blank, "error": [None] * rows, **values}.items()}


def test_bounds_of_a_rule_are_joined_by_and() -> None:
    decided = policy.parse(TWO_RULES).decide(
        comments(toxicity=[0.5, 0.5, 0.49], sentiment=[-0.4, -0.39, -0.9])
    )
    assert decided.action.to_pylist() == ["review", "approve", "approve"]


def test_the_most_severe_action_wins_and_every_rule_is_kept() -> None:
    decided = policy.parse(TWO_RULES).decide(
        comments(toxicity=[0.8], sentiment=[-0.8], insult=[0.95])
    )
    assert decided.action.to_pylist() == ["reject"]
    assert decided.fired[:, 0].tolist() == [True, True]


def test_priority_is_the_highest_score_that_a_fired_rule_looks_at() -> None:
    decided = policy.parse(TWO_RULES).decide(
        comments(toxicity=[0.8, 0.8, 0.99], sentiment=[-0.8, -0.8, 0.0], insult=[0.95, 0.5, 0.0])
    )
    assert decided.priority.tolist() == [0.95, 0.8, 0.0]


def test_unscored_goes_to_review_in_the_middle_of_the_queue() -> None:
    scores = comments(toxicity=[np.nan], sentiment=[np.nan], insult=[np.nan], error=["too long"])
    decided = policy.parse(TWO_RULES).decide(scores)
    assert (decided.action[0].as_py(), decided.priority[0]) == ("review", policy.UNSCORED_PRIORITY)
    assert not decided.fired.any()


def test_nothing_to_judge_is_skipped_whatever_fires() -> None:
    decided = policy.parse(TWO_RULES).decide(comments(insult=[0.99, 0.99]), np.array([True, False]))
    assert decided.action.to_pylist() == ["skip", "reject"]
    assert decided.priority.tolist() == [0.0, 0.99]
    assert decided.fired[:, 0].sum() == 0


@pytest.mark.parametrize(
    ("bound", "values", "held"),
    [
        ("insult.at_least = 0.5", [0.5, 0.49], [True, False]),
        ("insult.above = 0.5", [0.51, 0.5], [True, False]),
        ("insult.at_most = 0.5", [0.5, 0.51], [True, False]),
        ("insult.below = 0.5", [0.49, 0.5], [True, False]),
        ("insult.at_least = 0", [np.nan, 0.0], [False, True]),
        ('author.is = "Ann"', ["Ann", "ann"], [True, False]),
        ('author.in = ["Ann", "Bo"]', ["Bo", None], [True, False]),
        ("links.at_least = 4", [4, 3], [True, False]),
        ("likes.below = -5", [-6, None], [True, False]),
    ],
)
def test_bounds(bound: str, values: list[object], held: list[bool]) -> None:
    rules = policy.parse(f"[rule.one]\n{bound}")
    name = rules.rules[0].bounds[0].column
    column = pa.array(values, columns.arrow_type(columns.column(name).kind))
    scores = {name: column, "error": pa.nulls(len(values))}
    assert [each == "review" for each in rules.decide(scores).action.to_pylist()] == held


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rule.a]\ntoxcity.at_least = 0.5", 'rule.a: unknown key "toxcity"; did you mean "toxicity"?'),
        ("[rule.a]\ntoxicity.atleast = 0.5", 'rule.a.toxicity: unknown key "atleast"; did you mean "at_least"?'),
        ("[rules.a]\ntoxicity.at_least = 0.5", 'the policy: unknown key "rules"; did you mean "rule"?'),
        ("[rule.a]\nacton = 'review'", 'rule.a: unknown key "acton"; did you mean "action"?'),
        ("[rule.a]\naction = 'remove'\ninsult.above = 0.5", """rule.a: action 'remove'; write "review" or "reject\""""),
        ("[rule.a]\naction = 'review'", "rule.a has no bound; add one such as toxicity.at_least = 0.5"),
        ("[rule.a]\ninsult = 0.5", "rule.a: insult has no bound; write insult.at_least = …"),
        ("[rule.a]\ninsult.above = '0.5'", "rule.a: insult.above is no number; write insult.above = 0.5"),
        ("[rule.a]\ninsult.above = true", "rule.a: insult.above is no number; write insult.above = 0.5"),
        ("[rule.a]\ninsult.above = nan", "rule.a: insult.above = nan can never matter; insult lies between 0 and 1"),
        ("[rule.a]\ninsult.at_least = 60", "rule.a: insult.at_least = 60 can never matter; insult lies between 0 and 1"),
        ("[rule.a]\nauthor.is = 3", 'rule.a: author.is is no text; write author.is = "…"'),
        ("[rule.a]\nauthor.in = 'Ann'", 'rule.a: author.in is no list of texts; write author.in = ["…"]'),
        ("[rule.a]\nauthor.at_least = 'Ann'", 'rule.a.author: unknown key "at_least"; did you mean "is"?'),
        ("name = 'empty'", "no rule; add a table such as [rule.rude]"),
        ("rule = 3", "no rule; add a table such as [rule.rude]"),
        ("[rule]\na = 3", "rule.a is not a table; write [rule.a] and its bounds below it"),
    ],
)  # fmt: skip
def test_mistakes_name_the_file_the_rule_and_the_mend(text: str, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy.parse(text, "ours.toml")
    assert str(caught.value) == f"ours.toml: {message}"


def test_broken_toml_names_the_line() -> None:
    with pytest.raises(PolicyError, match=r"ours\.toml: .*line 2"):
        policy.parse("[rule.a]\ninsult.above = = 1", "ours.toml")


@pytest.mark.parametrize("make", ["missing", "folder", "binary"])
def test_unreadable_files(tmp_path: Path, make: str) -> None:
    path = tmp_path / "policy.toml"
    if make == "folder":
        path.mkdir()
    elif make == "binary":
        path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match=r"policy\.toml: .*; name a readable TOML file"):
        policy.load(path)


def test_the_identity_changes_with_the_text(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(TWO_RULES, "utf-8")
    first = policy.load(path).identity
    path.write_text(TWO_RULES.replace("0.9", "0.8"), "utf-8")
    assert first.startswith("two@7 ")
    assert policy.load(path).identity != first


def test_a_policy_may_begin_with_the_mark_that_some_editors_put_there(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(TWO_RULES, "utf-8-sig")
    assert policy.load(path).name == "two"


def test_the_shipped_policy_never_rejects() -> None:
    assert {rule.action for rule in policy.load().rules} == {"review"}
