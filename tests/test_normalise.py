from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.normalise import Folded, fold
from moderation.normalise.characters import fold_character
from moderation.texts import Texts

FOLDER = Path(__file__).parent / "normalise"
ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")


def rows(name: str) -> list[list[str]]:
    """The lines of a table of cases, less comments, their fields unescaped."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    kept = (line for line in lines if line and not line.startswith("# "))
    return [
        [
            ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), field)
            for field in line.split("\t")
        ]
        for line in kept
    ]


DISGUISED = [(text, folded, int(count)) for text, folded, count in rows("disguised.txt")]
INNOCENT = [text for (text,) in rows("innocent.txt")]


def reference(text: str) -> str:
    """What the first pass makes of a text, a character at a time."""
    return "".join(fold_character(character)[0] for character in text)


def one(text: str) -> Folded:
    return fold(Texts.of([text]), trace=True)


def test_both_tables_are_large() -> None:
    assert len(DISGUISED) >= 200
    assert len(INNOCENT) >= 200


@pytest.mark.parametrize(("text", "folded", "evasions"), DISGUISED)
def test_a_disguise_is_undone(text: str, folded: str, evasions: int) -> None:
    found = one(text)
    assert (found.texts[0], found.evasions[0]) == (folded, evasions)


@pytest.mark.parametrize("text", INNOCENT)
def test_what_only_looks_like_a_disguise_stays(text: str) -> None:
    found = one(text)
    assert (found.texts[0], found.evasions[0]) == (reference(text), 0)
