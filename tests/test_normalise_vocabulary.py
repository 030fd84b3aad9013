"""What the normaliser knows of words; ``python -m tests.test_normalise_vocabulary`` learns it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from moderation.columns import HEADS
from moderation.normalise.learning import words_in_use
from moderation.normalise.vocabulary import LEARNT

Frame = pd.DataFrame

SOURCES: tuple[tuple[str, str, Callable[[Frame], pd.Series]], ...] = (
    ("jigsaw_train", "text", lambda frame: frame[list(HEADS)].max(axis=1) > 0),
    ("civil_graded", "text", lambda frame: frame["frac_not_toxic"] < 0.5),
    ("stormfront_sentences", "text", lambda frame: frame["label"] == "hate"),
    ("davidson_tweets", "text", lambda frame: frame["label"] != 2),
    ("hatexplain_binary", "text", lambda frame: frame["label"] == 1),
    ("identity_benign_wikipedia", "comment", lambda frame: frame["is_toxic"]),
    ("paradetox_pairs", "toxic", lambda frame: frame["toxic"].notna()),
    ("paradetox_pairs", "neutral1", lambda frame: frame["neutral1"].isna()),
)
"""Files of comments, the column of their texts, and which are toxic."""


def comments(folder: Path) -> Iterator[tuple[str, bool]]:
    """Every labelled comment to learn words from, and whether it is toxic."""
    for name, column, is_toxic in SOURCES:
        frame = pd.read_parquet(folder / f"{name}.parquet")
        yield from zip(frame[column].fillna(""), is_toxic(frame), strict=True)


@pytest.mark.slow
def test_the_words_in_use_are_those_of_the_labelled_comments(shared_data: Path) -> None:
    assert LEARNT.read_text(encoding="ascii").split() == words_in_use(comments(shared_data))


def test_a_word_is_in_use_where_harmless_comments_have_it_often_enough() -> None:
    rows = [("naïve ideas @name b2b", False)] * 5 + [("rare", False)] * 4
    rows += [("ideas idjit", True)] * 5 + [("idjit", False)] * 4
    assert words_in_use(rows) == ["ideas", "naive"]


if __name__ == "__main__":
    WORDS = words_in_use(comments(Path(os.environ.get("MODERATION_DATA", "../shared/data"))))
    LEARNT.write_text("\n".join(WORDS) + "\n", encoding="ascii")
