"""A small model that reads one list of words, and a small folder of labelled texts to try it on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from moderation.columns import HEADS

RUDE = re.compile(r"idiots?|rubbish|shut up|clown", re.IGNORECASE)
CALM = (
    "The bus was late again but the driver kept us laughing",
    "I read the whole report and page nine answers that",
    "Could somebody post the minutes of the last meeting?",
    "Many muslims and christians share this car park on Fridays",
    "A gay couple runs the bakery and the bread is superb",
    "Grandma says the river used to freeze every winter",
)
CROSS = (
    "Only an idiot would vote for that car park",
    "What rubbish, and you know it",
    "Oh shut up and read page nine, will you",
    "That clown in the town hall wants women to pay for it",
    "Idiots, the lot of you, from the mayor down",
    "You write rubbish every winter, Grandpa",
)


@dataclass
class Toy:
    """Scores .9 where it finds a rude word, .1 elsewhere; will not judge what says ``nicht``."""

    model: str = "toy@1 abc"
    size: int = 2_000_000
    asked: int = 0

    def score(self, texts: list[str]) -> pd.DataFrame:
        self.asked += len(texts)
        scores = [np.nan if "nicht" in t else 0.9 if RUDE.search(t) else 0.1 for t in texts]
        return pd.DataFrame({head: np.array(scores) for head in HEADS})

    def heads(self, texts: list[str]) -> pd.DataFrame:
        return self.score(texts)

    def mark(self, texts: list[str], head: str) -> Sequence[Sequence[tuple[int, int]]]:
        assert head in HEADS
        return [[match.span() for match in RUDE.finditer(text)] for text in texts]

    def act(self, texts: list[str]) -> Sequence[str]:
        return ["review" if RUDE.search(text) else "approve" for text in texts]

    def languages(self, texts: list[str]) -> Sequence[str]:
        return ["de" if "nicht" in text else "en" for text in texts]


@pytest.fixture
def toy() -> Toy:
    return Toy()


@pytest.fixture(scope="session")
def toy_once() -> Toy:
    """For what is measured once a session."""
    return Toy()


def _frames() -> dict[str, pd.DataFrame]:
    texts = pd.Series([*CALM, *CROSS] * 5)
    toxic = texts.isin(CROSS).astype(int)
    plain = pd.DataFrame({"text": texts})
    pairs = pd.DataFrame({"toxic": [f"{text} {i}" for i in range(9) for text in CROSS]})
    phrases = [
        f"I {verb} {who}" for verb in ("am", "hate the idiot who is") for who in ("gay", "old")
    ]
    kinds = ["am_identity", "am_identity", "hate_identity", "hate_identity"]
    spans = [
        [place for match in RUDE.finditer(text) for place in range(*match.span())] for text in texts
    ]
    return {
        "jigsaw_natural_dev": plain.assign(**dict.fromkeys(HEADS, toxic)).assign(
            threat=0, identity_attack=0
        ),
        "jigsaw_test_dev": plain.assign(toxicity=toxic),
        "news_insults_dev": plain.assign(insult=toxic),
        "toxic_spans_dev": plain.assign(spans=spans),
        "noisyhate_dev": pd.DataFrame(
            {"clean": CROSS, "perturbed": [t.replace("idiot", "1d10t") for t in CROSS]}
        ).assign(toxicity=[0.9, 0.8, 0.7, 0.8, None, 0.2]),
        "identity_templates_dev": pd.DataFrame(
            {"template": kinds, "phrase": phrases, "toxicity": ["nontoxic"] * 2 + ["toxic"] * 2}
        ),
        "wikipedia_context_perspective": plain.assign(
            toxic_share=toxic,
            has_parent=[False, True] * 30,
            perspective_toxicity=np.linspace(0, 1, 60),
        ),
        "perspective_wikipedia_2k": pd.DataFrame(
            {"comment_text": texts, "TOXICITY@6": toxic * 0.5 + 0.2}
        ),
        "globe_and_mail_dev": pd.DataFrame({"comment": texts, "healthy": 1 - toxic}).assign(
            hostile=toxic, sarcastic=toxic, condescending=toxic
        ),
        "surge_social_1000": plain.assign(is_toxic=np.where(toxic == 1, "Toxic", "Not Toxic")),
        "german_comments_1000": pd.DataFrame({"text": ["Das glaube ich nicht", "Na ja"]}),
        "vader_ground_truth": plain,
        "tweet_sentiment_dev": plain,
        "civil_graded": plain.assign(frac_not_toxic=1 - toxic * 0.6),
        "paradetox_pairs": pairs.assign(
            neutral1="I disagree",
            neutral2=pairs["toxic"].str.upper() + " ",
            neutral3="You idiot, I disagree",
        ),
        **dict.fromkeys(("jigsaw_train", "toxic_spans_train", "davidson_tweets"), plain),
        **dict.fromkeys(("hatexplain_binary", "hatemoji_build", "stormfront_sentences"), plain),
        "identity_benign_wikipedia": pd.DataFrame({"comment": CALM}),
    }


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every labelled file, small, with texts of our own."""
    folder = tmp_path_factory.mktemp("labelled")
    for name, frame in _frames().items():
        frame.to_parquet(folder / f"{name}.parquet")
    return folder
