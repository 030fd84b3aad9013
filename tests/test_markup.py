"""HTML fragments as plain text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.formats.markup import plain


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a < b and 3 <4 & so", "a < b and 3 <4 & so"),
        ("I <3 you", "I <3 you"),
        ("&lt;b&gt; &amp;amp; &eacute; &#8217; &#x1F600;", "<b> &amp; é ’ 😀"),
        ("&unknown; &", "&unknown; &"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One.<p>Two.", "One.\n\nTwo."),
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("one<br><br><br><br>two", "one\n\ntwo"),
        ("<p>a\n  b\tc</p>", "a b c"),
        ("first\n\nsecond <b>bold</b>\nthird", "first\n\nsecond bold\nthird"),
        ("un<b>believ</b>able", "unbelievable"),
        ("<b>a</b> <i>b</i>", "a b"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<blockquote><p>You lie.</p></blockquote><p>No.</p>", "> You lie.\n\nNo."),
        ("<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n>\n> > c\n\nd"),
        ('<a href="https://example.org/a">here</a>', "here (https://example.org/a)"),
        ("<a href='https://example.org/a'>https://example.org/a</a>", "https://example.org/a"),
        (
            "<a href=https://example.org/abc/def>example.org/abc/…</a>",
            "https://example.org/abc/def",
        ),
        ('<a href="https://www.example.org/">example.org</a>', "example.org"),
        ('<a href="https://example.org/here">here</a>', "here (https://example.org/here)"),
        ('<a rel="x" href="https://s.example/@ann" class="u-url">@<span>ann</span></a>', "@ann"),
        ('<a href="https://s.example/tags/cats">#<span>cats</span></a>', "#cats"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ('<a href="https://example.org/?a=1&amp;b=2"></a>', "https://example.org/?a=1&b=2"),
        ('<a href="mailto:a@example.org">a@example.org</a>', "a@example.org"),
        ("a<script>alert('<p>')</script>b<style>p{}</style>c", "abc"),
        ("a<script>never closed", "a"),
        ("a<!-- hidden <b> -->b", "ab"),
        ("a<!-- never closed", "a"),
        ("<![CDATA[a]]>b", "b"),
        ('look <img src="x.png" alt="a cat"> there', "look a cat there"),
        ('<img class="wp-smiley" alt=":-)">', ":-)"),
        ("<pre>  two\n    lines</pre>", "two\n    lines"),
        ("<h2>Title</h2>text", "Title\n\ntext"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("no\u00a0break<p></p>", "no break"),
        ("</p></div></blockquote>text", "text"),
        ("<p>&#99999999999; &#xFFFFFFFFF; &#0;</p>", "\ufffd \ufffd \ufffd"),
        ("NUL \0 stays<br>", "NUL \0 stays"),
        ("\r\nlines\r\nend<b></b>", "lines\nend"),
    ],
)
def test_text_reads_as_on_the_page(fragment: str, text: str) -> None:
    assert plain(fragment) == text


@given(st.text(st.sampled_from("<>/&;#!-\"'= \n\0abpr1é")) | st.text())
def test_any_text_gives_a_text(fragment: str) -> None:
    text = plain(fragment)
    assert text == text.strip()


@given(st.text(st.characters(exclude_characters="<&\r", exclude_categories=["Cs"])))
def test_text_without_markup_stays(text: str) -> None:
    assert plain(text) == text.strip()


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<b id={}><p>",
        "<a href=http://x>y",
        "<a href=http://x>y</a>",
        "<",
        "<!--",
        "<!",
        "<script>",
        "<script></script",
        "<style><script>",
        "<blockquote>x",
        "</b>",
        "&amp",
        "&#9",
        "&#0",
        "<a b='",
        "<pre>\n",
        "\n ",
        "<a",
        "<a href",
    ],
)
@pytest.mark.usefixtures("no_collections")
def test_time_is_linear(piece: str) -> None:
    seconds = []
    for count in (2_000, 16_000):
        fragment = piece * count + "<b>"
        begin = time.process_time()
        plain(fragment)
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 24 * max(seconds[0], 0.005)  # linear is 8 times, quadratic 64


def test_one_endless_tag_takes_no_time() -> None:
    begin = time.process_time()
    assert plain("<" + "a" * 1_000_000).startswith("<aaa")
    assert time.process_time() - begin < 2
