from __future__ import annotations

from pathlib import Path

import pytest

from moderation.errors import ModelError
from moderation.lexicon import CATEGORIES, LONGEST, Lexicon, expand

GROUP = '[[group]]\ncategory = "insult"\nseverity = 2\nambiguous = false\nterms = "{}"\n'
ENDINGS = '[endings]\ns = "(|s)"\n'

SHIPPED = [  # phrase, category, severity, ambiguous
    ("fucking", "profanity", 3, False),
    ("bullshit", "profanity", 2, False),
    ("damned", "profanity", 1, True),
    ("bitch", "profanity", 2, True),
    ("sluts", "sexual", 2, False),
    ("idiotic", "insult", 2, False),
    ("douchebag", "profanity", 2, False),
    ("douche bag", "profanity", 2, False),
    ("scumbags", "insult", 3, False),
    ("crack", "insult", 1, True),
    ("queer", "slur", 2, True),
    ("faggots", "slur", 3, False),
    ("go back to africa", "dehumanising", 3, False),
    ("kill yourself", "threat", 3, False),
    ("hand him by the neck", "threat", 3, False),
    ("by the neck", "threat", 2, True),
    ("hang him by the", "threat", 3, False),
    ("should be shot", "threat", 3, False),
    ("string them up", "threat", 3, False),
    ("put a bullet in", "threat", 3, False),
    ("bhenchod", "profanity", 2, False),
    ("drongo", "insult", 2, False),
    ("gobshite", "profanity", 2, False),
]

MALFORMED = [  # text of the file, what the error says
    ("endings = 1", "the file lacks group"),
    (ENDINGS + "[[group]]\n", "group 1 lacks ambiguous, category, severity, terms"),
    (ENDINGS + GROUP.format("fool") + "note = 1\n", "group 1 has unknown keys: note"),
    (ENDINGS + GROUP.format("fool").replace("2", '"2"'), "group 1: severity must be int"),
    (ENDINGS + GROUP.format("fool").replace("2", "true"), "group 1: severity must be int"),
    (ENDINGS + GROUP.format("fool").replace("2", "4"), "group 1: severity 4 is not 1, 2 or 3"),
    (ENDINGS + GROUP.format("fool").replace("insult", "rude"), 'category "rude" is none of'),
    (ENDINGS + GROUP.format("fool<z>"), '"fool<z>": unknown ending <z>, known are s'),
    (ENDINGS + GROUP.format("fool(s"), '"fool(s": a bracket has no partner'),
    (ENDINGS + GROUP.format("Fool"), '"Fool" is not folded text'),
    (ENDINGS + GROUP.format("foool"), '"foool" is not folded text'),
    (ENDINGS + GROUP.format("fools, fool<s>"), '"fools" is listed twice'),
    (ENDINGS + GROUP.format("a b c d e f"), '"a b c d e f" has more than 5 words'),
    ("[[", "not a lexicon"),
]


@pytest.mark.parametrize(("phrase", "category", "severity", "ambiguous"), SHIPPED)
def test_what_is_said_of_a_phrase(
    phrase: str, category: str, severity: int, ambiguous: bool
) -> None:
    entry = Lexicon.load().forms()[phrase]
    assert (entry.category, entry.severity, entry.ambiguous) == (category, severity, ambiguous)


@pytest.mark.parametrize("word", ["hello", "scunthorpe", "muslim", "gay", "jew", "black", "women"])
def test_naming_somebody_is_not_abuse(word: str) -> None:
    assert word not in Lexicon.load().forms()


def test_every_category_is_covered_and_every_phrase_is_short() -> None:
    lexicon = Lexicon.load()
    assert {entry.category for entry in lexicon.entries} == set(CATEGORIES)
    assert max(phrase.count(" ") + 1 for phrase in lexicon.forms()) == LONGEST


@pytest.mark.parametrize(("text", "message"), MALFORMED)
def test_a_malformed_file_names_file_and_term(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        Lexicon.load(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.toml: cannot read the lexicon: No such file"):
        Lexicon.load(tmp_path / "none.toml")


def test_forms_of_a_term() -> None:
    endings = {"s": "(|s)", "them": "(him|her)"}
    assert expand("douche(| )bag<s>", endings) == [
        "douchebag", "douchebags", "douche bag", "douche bags",
    ]  # fmt: skip
    assert expand("hang <them> high", endings) == ["hang him high", "hang her high"]


def test_the_digest_follows_the_meaning_only(tmp_path: Path) -> None:
    texts = {
        "plain": ENDINGS + GROUP.format("fool, git"),
        "moved": "# a note\n" + ENDINGS + GROUP.format("git,  fool"),
        "changed": ENDINGS + GROUP.format("fool, git").replace("false", "true"),
    }
    digests = {}
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        digests[name] = Lexicon.load(path).digest
    assert digests["plain"] == digests["moved"] != digests["changed"]
