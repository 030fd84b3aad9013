from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import moderation
from moderation import columns, policy
from moderation.formats.frames import to_pandas
from moderation.scoring import SIZE_LIMIT, Scorer

KIND, RUDE, VIOLENT = "Thanks, that helped me a lot.", "You stupid idiot!", "I will kill you, scum."
ADDED = [column.name for column in columns.COLUMNS if column.stage != "read"]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load()


def frame(*texts: str | None, **others: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"text": pd.array(texts, columns.pandas_type("string")), **others})


def test_rows_order_and_columns_are_kept(scorer: Scorer) -> None:
    given_rows = frame(RUDE, KIND, RUDE, section=["a", "b", "c"])
    given_rows.index = pd.Index([7, 7, 2])
    scored = scorer.score(given_rows)
    assert list(scored.columns) == ["text", "section", *ADDED]
    assert list(scored["section"]) == ["a", "b", "c"]
    assert list(scored["action"]) == ["review", "approve", "review"]
    assert scored.index.equals(pd.RangeIndex(3))


def test_what_is_said_of_a_frame_and_columns_of_one_name_are_kept(scorer: Scorer) -> None:
    given_rows = pd.concat(
        [frame(KIND, section=["a"]), frame(KIND, section=["b"])[["section"]]], axis=1
    )
    given_rows.attrs["notes"] = ["read as UTF-16"]
    scored = scorer.score(given_rows)
    assert list(scored.columns) == ["text", "section", "section", *ADDED]
    assert scored["section"].to_numpy().tolist() == [["a", "b"]]
    assert scored.attrs == given_rows.attrs


def test_columns_have_the_types_of_the_table(scorer: Scorer) -> None:
    for scored in (scorer.score(frame(RUDE)), scorer.score(frame())):
        for name in ADDED:
            expected = columns.pandas_type(columns.column(name).kind)
            assert scored[name].dtype == expected, name


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("state", pd.Categorical(["spam", None])),
        ("state", [1.5, np.nan]),
        ("likes", [-1.0, np.nan]),
        ("likes", pd.array([-1, None], "Int64")),
        ("likes", pd.Series([-1, None], dtype=object)),
        ("author", pd.Categorical(["Ann", None])),
    ],
)
def test_any_pandas_type_will_do(scorer: Scorer, column: str, values: object) -> None:
    rules = policy.parse('[rule.a]\nlikes.below = 0\n[rule.b]\nauthor.is = "Ann"')
    blank = {"likes": [0, 0], "author": ["Bo", "Bo"], "state": [None, None]}
    rows = pd.DataFrame({"text": [KIND, KIND], **blank, column: values})
    first = {"likes": "review", "author": "review", "state": "approve"}[column]
    skipped = isinstance(values, pd.Categorical) and column == "state"
    scored = Scorer(scorer.model, rules).score(rows)
    assert scored["action"].tolist() == ["skip" if skipped else first, "approve"]


def test_a_table_comes_to_the_same_as_a_frame(scorer: Scorer) -> None:
    rows = frame(RUDE, None, KIND, HOSTILE[1], toxicity=[1, 2, 3, 4], state=[None, "a", "spam", ""])
    table = scorer.score_table(pa.Table.from_pandas(rows, preserve_index=False))
    pd.testing.assert_frame_equal(
        to_pandas(table), to_pandas(pa.Table.from_pandas(scorer.score(rows)))
    )


def test_a_row_does_not_depend_on_its_neighbours(scorer: Scorer) -> None:
    rows = frame(
        RUDE, "", KIND, None, VIOLENT, "Das ist doch wirklich nicht zu glauben, oder?", "ok"
    )
    whole = scorer.score(rows)
    pieces = pd.concat([scorer.score(rows.iloc[[i]]) for i in range(len(rows))], ignore_index=True)
    pd.testing.assert_frame_equal(whole, pieces)


def test_a_column_that_bears_our_name_is_kept_as_input(scorer: Scorer) -> None:
    scored = scorer.score(frame(KIND, toxicity=[0.99], action=["reject"]))
    assert scored[["input_toxicity", "input_action"]].to_numpy().tolist() == [[0.99, "reject"]]
    assert scored["toxicity"][0] < 0.5


@pytest.mark.parametrize("state", ["deleted", "spam", "rejected"])
def test_what_is_decided_is_skipped(scorer: Scorer, state: str) -> None:
    scored = scorer.score(frame(VIOLENT, VIOLENT, state=[state, "published"]))
    assert list(scored["action"]) == ["skip", "review"]
    assert scored["priority"][0] == 0
    assert list(scored["reasons"][0]) == []


@pytest.mark.parametrize("text", ["", "   \n\t", None, "\u2003"])
def test_no_text_is_skipped(scorer: Scorer, text: str | None) -> None:
    assert list(scorer.score(frame(text))["action"]) == ["skip"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("word " * (SIZE_LIMIT // 5 + 1), "longer than 1,000,000 bytes"),
        ("Das ist doch eine Schande, und niemand hier hat das jemals gewollt.", "German"),
    ],
)
def test_what_cannot_be_scored_goes_to_review(scorer: Scorer, text: str, error: str) -> None:
    row = scorer.score(frame(text)).iloc[0]
    assert error in row["error"]
    assert (row["action"], row["priority"]) == ("review", 0.5)
    assert row[[*columns.SENTIMENT, *columns.HEADS]].isna().all()


def test_reasons_mark_the_words(scorer: Scorer) -> None:
    text = "Well, 😀 Ann, you are a stupid IDIOT and you know it."
    [insult] = [r for r in scorer.score(frame(text))["reasons"][0] if r["rule"] == "insult"]
    words = {text[span["begin"] : span["end"]] for span in insult["spans"]}
    assert any("IDIOT" in word for word in words)
    assert not any("Ann" in word for word in words)


def test_disguised_words_are_marked_where_they_stand(scorer: Scorer) -> None:
    text = "oh you f\u200bu\u200bc\u200bking 1d1ot, really"
    row = scorer.score(frame(text)).iloc[0]
    assert row["evasions"] >= 1
    words = {text[s["begin"] : s["end"]] for r in row["reasons"] for s in r["spans"]}
    assert any("1d1ot" in word for word in words)
    assert all("really" not in word for word in words)


def test_links_are_marked_where_they_stand(scorer: Scorer) -> None:
    links = ["https://a.example/1", "www.b.example", "http://c.example", "https://d.example/x?y=1"]
    text = "Grüße 😀 " + " und ".join(links) + "."
    [reason] = [r for r in scorer.score(frame(text))["reasons"][0] if r["rule"] == "links"]
    assert [text[span["begin"] : span["end"]] for span in reason["spans"]] == links


HOSTILE = [
    "\ud800 lone \udfff surrogates",
    "nul\0nul",
    "😀" * 4000,
    "a" * 900_000,
    "\u202egnirts desrever\u202c",
    "e" + "\u0301" * 50_000,
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "but " * 20_000,
    "f u c k " * 20_000,
    "*" * 100_000,
    "\ufffe\uffff\U0010ffff",
]


def test_hostile_texts_get_a_score_or_an_error() -> None:
    scored = moderation.score(HOSTILE)
    assert len(scored) == len(HOSTILE)
    scores = scored[list(columns.HEADS)].to_numpy()
    known = scored["error"].isna().to_numpy()
    assert ((scores >= 0) & (scores <= 1))[known].all()
    assert np.isnan(scores[~known]).all()
    assert (scored["action"][~known] == "review").all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_contract(texts: list[str]) -> None:
    scored = moderation.score(texts)
    assert len(scored) == len(texts)
    assert scored["action"].isin(columns.ACTIONS).all()
    assert scored["priority"].between(0, 1).all()
    for text, reasons in zip(texts, scored["reasons"], strict=True):
        for reason in reasons:
            spans = [(span["begin"], span["end"]) for span in reason["spans"]]
            assert all(0 <= begin < end <= len(text) for begin, end in spans)
            assert spans == sorted(spans)


def test_explanation(scorer: Scorer) -> None:
    explanation = scorer.explain(RUDE)
    assert explanation.action == "review"
    assert any(reason.startswith("insults a person") for reason in explanation.reasons)
    marked = [RUDE[begin:end] for begin, end in explanation.spans["insult"]]
    assert any("idiot" in word for word in marked)
    adds = explanation.contributions("insult")
    assert adds.shape == (len(RUDE),)
    assert adds[4:16].sum() > 0
    assert "idiot" in str(explanation)
    with pytest.raises(ValueError, match="no head 'rudeness'"):
        explanation.contributions("rudeness")
    with pytest.raises(TypeError, match="takes texts or a frame, not a str"):
        moderation.score("You idiot")
    with pytest.raises(TypeError, match="takes a text, not int"):
        scorer.explain(3)  # type: ignore[arg-type]  # what a notebook user may do


def test_explanation_in_a_notebook_is_escaped(scorer: Scorer) -> None:
    shown = scorer.explain("<img src=x onerror=alert(1)> you stupid idiot")._repr_html_()
    assert "<img" not in shown
    assert "<mark" in shown


def test_explanation_of_what_cannot_be_scored(scorer: Scorer) -> None:
    explanation = scorer.explain("Niemand hier hat jemals gesagt, dass das eine gute Idee ist.")
    assert explanation.action == "review"
    assert "German" in str(explanation)
    assert not explanation.spans


#: What a community editor would make of the real page: authors who need a person, and who do not.
REVIEWED = {"Dave", "freemind"}
APPROVED = {"Black Swan", "Djago", "Alitstar", "TxPatriot53"}


def test_the_real_page_as_an_editor_would_judge_it(scorer: Scorer, shared: Path) -> None:
    page = shared / "threads" / "002_1e21bf31337da23f.txt"
    scored = scorer.score(moderation.read(page)).set_index("author")
    assert set(scored.index[scored["action"] == "review"]) >= REVIEWED
    assert set(scored.index[scored["action"] == "approve"]) >= APPROVED
    assert "threat" in {reason["rule"] for reason in scored.loc["freemind", "reasons"]}
    assert scored["priority"].idxmax() in REVIEWED
