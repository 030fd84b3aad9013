from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import marks
from moderation.marks import Mark, Segment

MARKS = st.lists(
    st.builds(
        Mark,
        st.integers(-5, 30),
        st.integers(-5, 30),
        st.text(max_size=8),
        st.floats(0, 1),
    ),
    max_size=8,
)
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=25)


class Reader(HTMLParser):
    """What a browser would take from the markup: its text, the marked parts, its tags."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.marked, self.tags = "", "", set[str]()
        self._inside = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.tags.add(tag)
        self._inside = True

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._inside = False

    def handle_data(self, data: str) -> None:
        self.text += data
        self.marked += data if self._inside else ""


@pytest.mark.parametrize(
    ("text", "given_marks", "expected"),
    [
        ("", [], []),
        ("", [Mark(0, 4)], []),
        ("calm", [], [Segment("calm")]),
        ("calm", [Mark(0, 4, "all")], [Segment("calm", "all", 1.0)]),
        ("ab cd", [Mark(3, 5)], [Segment("ab "), Segment("cd", "", 1.0)]),
        ("abc", [Mark(2, 3), Mark(0, 1)], [Segment("a", "", 1), Segment("b"), Segment("c", "", 1)]),
        ("abcd", [Mark(0, 2, "x"), Mark(2, 4)], [Segment("ab", "x", 1), Segment("cd", "", 1)]),
        ("abcdef", [Mark(0, 6, "x", 0.2), Mark(2, 3, "y", 0.7)], [Segment("abcdef", "x; y", 0.7)]),
        ("abcdef", [Mark(0, 4, "x"), Mark(2, 6, "x")], [Segment("abcdef", "x", 1.0)]),
        ("abc", [Mark(-9, 99)], [Segment("abc", "", 1.0)]),
        ("abc", [Mark(2, 1), Mark(1, 1), Mark(0, 3, "", 0.0)], [Segment("abc")]),
        ("🤬 né", [Mark(0, 1)], [Segment("🤬", "", 1.0), Segment(" né")]),
    ],
)  # fmt: skip
def test_segments(text: str, given_marks: list[Mark], expected: list[Segment]) -> None:
    assert marks.segments(text, given_marks) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢 🤬\n\ttabs and lines", "plain é 漢 🤬\n\ttabs and lines"),
        ("nul\0", "nul␀"),
        ("\x1b[31mred\x07", "␛[31mred␇"),
        ("over\rwritten", "over written"),
        ("\u202egnp.exe\u202c \u2066x\u2069", "⇄gnp.exe⇄ ⇄x⇄"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("\x7f\x9b2J", "␡\ufffd2J"),
        ("family 👩‍👩‍👧 stays joined", "family 👩‍👩‍👧 stays joined"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert marks.visible(text) == shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</mark></bdi><img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "' onfocus='alert(1)",
        "<!-- --><style>*{display:none}</style>",
        "&lt;b&gt; &amp;amp;",
    ],
)
def test_hostile_text_and_titles_stay_text(hostile: str) -> None:
    page = Reader(marks.html(hostile, [Mark(0, 3, hostile)]))
    assert page.text == hostile
    assert page.tags == {"mark"}


@pytest.mark.parametrize(("strength", "level"), [(0.01, 1), (1 / 3, 1), (0.5, 2), (0.9, 3), (7, 3)])
def test_levels(strength: float, level: int) -> None:
    assert f'data-strength="{level}"' in marks.html("fool", [Mark(0, 4, "", strength)])


@given(TEXTS, MARKS)
def test_segments_say_the_whole_text_in_order(text: str, given_marks: list[Mark]) -> None:
    pieces = marks.segments(text, given_marks)
    assert "".join(piece.text for piece in pieces) == marks.visible(text)
    assert all(piece.text for piece in pieces)


@given(TEXTS, MARKS)
def test_a_character_is_marked_when_some_mark_covers_it(text: str, given_marks: list[Mark]) -> None:
    covered = {
        at for mark in given_marks if mark.strength > 0 for at in range(mark.begin, mark.end)
    }
    marked = [
        bool(piece.strength) for piece in marks.segments(text, given_marks) for _ in piece.text
    ]
    assert marked == [at in covered for at in range(len(text))]


@given(TEXTS, MARKS)
def test_html_can_be_sent_and_reads_back(text: str, given_marks: list[Mark]) -> None:
    markup = marks.html(text, given_marks)
    markup.encode()
    page = Reader(markup)
    assert page.text == marks.visible(text)
    assert page.tags <= {"mark"}
