"""The page in a real browser: what runs, what is seen, what a keyboard reaches.

Needs Chromium (Debian's ``chromium``); without it the tests skip, in CI they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from moderation import marks
from moderation.policy import Policy
from moderation.report import render

pytestmark = pytest.mark.slow
sync_api = pytest.importorskip("playwright.sync_api")

Row = dict[str, Any]
Build = Callable[[list[Row]], pd.DataFrame]

HOSTILE = [
    "<script>window.hit = 1</script>",
    "</style></bdi></p></article></ol><script>window.hit = 2</script>",
    '"><img src=x onerror="window.hit = 3"><svg onload=window.hit=4>',
    "<iframe srcdoc='<script>parent.hit = 5</script>'></iframe>",
    "<style>* { display: none }</style><base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    '<a href="javascript:window.hit=6">click</a> <form action=//evil.example><button>',
    "\u202egnirts desrever\u202c \u2067unclosed",
    "nul\0nul \x1b[31m",
    "Z" + "\u0335\u0336\u0337" * 200,
    "w" * 4_000,
]

#: The least contrast of any text with what is behind it, by the definition of WCAG 2.
CONTRAST = """() => {
  const context = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const paint = (colours) => {
    context.clearRect(0, 0, 1, 1);
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1) }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map(part => part / 255)
    .map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
  const worst = {ratio: 21, where: ''};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest('svg')) continue;
    const behind = [];
    for (let at = node; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
    const colours = [light(paint(behind)), light(paint([...behind, getComputedStyle(node).color]))];
    const ratio = (Math.max(...colours) + .05) / (Math.min(...colours) + .05);
    if (ratio < worst.ratio) Object.assign(worst, {ratio, where: node.outerHTML.slice(0, 120)});
  }
  return worst;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        reason = "no Chromium here: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:  # noqa: ANN401
    """Opens a page from its markup; whatever it complains of or asks for ends in ``page.heard``."""
    opened = []

    def open_page(markup: str, width: int = 1200, scheme: str = "light") -> Any:  # noqa: ANN401
        file = tmp_path / "report.html"
        file.write_text(markup, "utf-8")
        viewport = {"width": width, "height": 800}
        page = browser.new_page(viewport=viewport, color_scheme=scheme)
        opened.append(page)
        page.heard = []
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("dialog", lambda dialog: page.heard.append(dialog.message))
        page.on("request", lambda request: page.heard.append(request.url))
        page.goto(file.as_uri())
        assert page.heard == [file.as_uri()]
        page.heard.clear()
        return page

    yield open_page
    for page in opened:
        page.close()


def hostile_frame(rows: list[Row], build: Build) -> pd.DataFrame:
    """The ferry thread, flagged throughout, with hostile names and texts."""
    template = rows[1] | {"parent_id": "f0", "reasons": []}
    made = [
        template | {"comment_id": value, "author": value, "text": value, "thread_id": f"t{n % 2}"}
        for n, value in enumerate(HOSTILE)
    ]
    answers = [
        row | {"comment_id": f"a{n}", "parent_id": row["comment_id"]} for n, row in enumerate(made)
    ]
    return build(made + answers)


def test_hostile_comments_do_nothing(
    rows: list[Row], build: Build, show: Callable[..., Any]
) -> None:
    page = show(render(hostile_frame(rows, build), title=HOSTILE[1]))
    page.wait_for_timeout(200)
    assert page.heard == []
    assert page.evaluate("window.hit") is None
    assert (
        page.locator("script, img, iframe, base, form, button, article a[href^=javascript]").count()
        == 0
    )
    texts = page.locator("article p.text > bdi").all_text_contents()
    short = HOSTILE[:-1]  # the last is folded
    assert texts[: len(short)] == [marks.visible(value) for value in short]
    assert page.locator("h1").text_content() == HOSTILE[1]


@pytest.mark.parametrize("width", [320, 390, 768, 1200])
def test_nothing_is_wider_than_the_window(
    width: int, rows: list[Row], build: Build, show: Callable[..., Any]
) -> None:
    frame = pd.concat([build(rows), hostile_frame(rows, build)], ignore_index=True)
    page = show(render(frame, title="w" * 200), width=width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('svg')).map(e => e.outerHTML.slice(0, 90))"
    assert page.evaluate(wide) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(
    scheme: str, frame: pd.DataFrame, house_policy: Policy, show: Callable[..., Any]
) -> None:
    page = show(render(frame, policy=house_policy), scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.comment')).borderLeftWidth")
        == "5px"
    )
    worst = page.evaluate(CONTRAST)
    assert worst["ratio"] >= 4.5, worst


def test_a_keyboard_gets_everywhere(frame: pd.DataFrame, show: Callable[..., Any]) -> None:
    page = show(render(frame))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "jump"
    page.keyboard.press("Enter")
    assert page.url.endswith("#queue")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.parentElement.className") == "folded":
            break
    page.keyboard.press("Enter")
    assert page.locator("details.folded article").first.is_visible()


def test_a_link_to_a_parent_leads_to_it(frame: pd.DataFrame, show: Callable[..., Any]) -> None:
    page = show(render(frame))
    page.locator("blockquote a").first.click()
    assert page.url.endswith("#comment-f0")
    assert page.locator("#comment-f0").is_visible()  # the browser unfolds what holds it


def test_it_prints(frame: pd.DataFrame, show: Callable[..., Any], tmp_path: Path) -> None:
    page = show(render(frame), scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(CONTRAST)["ratio"] >= 4.5
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 10_000


def test_it_works_without_scripts(frame: pd.DataFrame, browser: Any, tmp_path: Path) -> None:  # noqa: ANN401
    file = tmp_path / "report.html"
    file.write_text(render(frame), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    page.locator("details.folded > summary").click()
    assert page.locator("details.folded article").first.is_visible()
    context.close()
