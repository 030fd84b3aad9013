from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.normalise import Folded, fold
from moderation.normalise.characters import characters, fold_character
from moderation.normalise.folding import _tables
from moderation.normalise.kit import packed
from moderation.normalise.vocabulary import vocabulary
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


ALPHABET = st.sampled_from(list("fuckshitasidiotn 1!0$@*#-._/'\n\t:\u200b\u0301ſｆсаοß💩ſ"))
PIECES = st.sampled_from(
    [
        "fuck",
        "f*ck",
        "sh1t",
        "a$$",
        "stu",
        "pid",
        "f",
        "u",
        "c",
        "k",
        ".",
        "..",
        "-",
        "--",
        "**",
        "*",
        "_",
        "@",
        "$",
        "1",
        "0",
        "uu",
        "iii",
        "ss",
        "K",
        "RAT",
        "repub",
        "LIE",
        "ing",
        "er",
        "s",
        "idi",
        "ot",
        "http://",
        "www.",
        ".com",
        "/x",
        "\u200b",
        "\u0301",
        "\u202e",
        "\x00",
        "с",
        "а",
        "ѕ",
        "ο",
        "💩",
        "é",
        "ß",
        "ﬁ",
        "½",
        "ﷺ",
        "𝐟",
        "\ud800",
    ]
)
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(ALPHABET, max_size=40),
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=12).map(" ".join),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(HOSTILE, max_size=4))
def test_the_contract(texts: list[str]) -> None:
    given_texts = Texts.of(texts)
    folded = fold(given_texts, trace=True)
    assert len(folded.texts) == len(folded.evasions) == len(folded.links) == len(texts)
    assert folded.begin is not None
    assert folded.end is not None
    assert folded.spans is not None
    assert len(folded.begin) == len(folded.end) == len(folded.texts.data)
    assert folded.link_spans is not None
    assert len(folded.spans) == folded.evasions.sum()
    assert len(folded.link_spans) == folded.links.sum()
    assert (folded.evasions >= 0).all()
    assert (folded.links >= 0).all()
    at = linked = 0
    for number, source in enumerate(given_texts):
        start, stop = folded.texts.offsets[number : number + 2]
        boundaries = {0, *np.cumsum([len(character.encode()) for character in source])}
        begin, end = folded.begin[start:stop].tolist(), folded.end[start:stop].tolist()
        assert begin == sorted(begin)
        assert end == sorted(end)
        assert all(first < after for first, after in zip(begin, end, strict=True))
        assert boundaries.issuperset(begin)
        assert boundaries.issuperset(end)
        spans = folded.spans[at : at + folded.evasions[number]].ravel().tolist()
        assert spans == sorted(spans)
        assert boundaries.issuperset(spans)
        at += folded.evasions[number]
        links = folded.link_spans[linked : linked + folded.links[number]].ravel().tolist()
        assert links == sorted(set(links))
        assert boundaries.issuperset(links)
        linked += folded.links[number]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (
            "See www.example.com, and http://b.org/x?y=(1).",
            ["www.example.com", "http://b.org/x?y=(1"],
        ),
        ("é! f.u.c.k (HTTPS://Ex.com/é)", ["HTTPS://Ex.com/é"]),
        ("<https://a.com>: bit.ly/2x\nme@a.com", ["https://a.com", "bit.ly/2x"]),
        ("stuuupid" + "d" * 90 + " a.com sh\u200bit b.net", ["a.com", "b.net"]),
        ("no link. None", []),
    ],
)
def test_links_are_found_where_they_stand(text: str, links: list[str]) -> None:
    folded = fold(Texts.of(["www.before.com", text]), trace=True)
    assert folded.link_spans is not None
    spans = folded.link_spans[1:].tolist()
    assert [text.encode()[begin:end].decode() for begin, end in spans] == links


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_folding_what_was_folded_changes_nothing(text: str) -> None:
    once = fold(Texts.of([text])).texts
    again = fold(once)
    assert again.texts[0] == once[0]
    assert again.evasions[0] == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(HOSTILE, max_size=6))
def test_a_text_folds_the_same_alone_and_untraced(texts: list[str]) -> None:
    together = fold(Texts.of(texts))
    assert list(together.texts) == [fold(Texts.of([text]), trace=True).texts[0] for text in texts]


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Lu", "Ll", "Nd"]), max_size=40))
def test_without_letters_of_ours_folding_is_the_reference(text: str) -> None:
    source = Texts.of([text])[0]
    expected = reference(source)
    if not re.search(r"[a-z0-9\u0370-\u058f\u13a0-\u13ff\ua4d0-\ua4ff\uab70-\uabbf]", expected):
        assert fold(Texts.of([text])).texts[0] == expected


def test_every_character_folds_as_the_reference_says() -> None:
    codes = (
        *range(0xD800),
        *range(0xE000, 0x20000),
        *range(0x2F800, 0x2FA20),
        *range(0xE0000, 0xE0200),
    )
    characters = [chr(code) for code in codes]
    folded = fold(Texts.of([f"¶ {character} ¶" for character in characters]))
    wrong = [
        character
        for character, text in zip(characters, folded.texts, strict=True)
        if text != f"¶ {reference(character)} ¶"
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "unit",
    ["a", "ab", "fuck", "f u c k ", "f.u.c.k.", "a b ", "*", ".", "-", "f*", "f-", "\u200d", "\u0301",
     "a\u0301", "@", "$h1t ", "1", "a1", "stu pid ", "с", "сa", "💩", "f💩", "http://", "www.a.com/",
     "a@", "aA", "LIEs", "𝐟", "\x00", "a\x00"],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    def seconds(size: int) -> float:
        texts = Texts.of([unit * (size // len(unit.encode()))])
        start = time.perf_counter()
        fold(texts)
        return time.perf_counter() - start

    small = min(seconds(10_000) for _ in range(3))
    large = min(seconds(160_000) for _ in range(2))
    assert large < 16 * 4 * small + 0.05


def test_kept_tables_are_those_that_would_be_made() -> None:
    for kept, made in zip(_tables(), packed({**vocabulary(), **characters()}), strict=True):
        np.testing.assert_array_equal(kept, made)


def test_links_are_counted_whether_or_not_something_else_is_undone() -> None:
    folded = fold(Texts.of(["see www.a.com or b.com", "no link", "f.u.c.k www.a.com"]))
    assert folded.links.tolist() == [2, 0, 1]
    assert folded.evasions.tolist() == [0, 0, 1]
