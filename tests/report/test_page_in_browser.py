"""The page in a real browser, opened from the disk: nothing runs, nothing is fetched, all of it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.report.writing import write_report

pytestmark = pytest.mark.browser

SORTS = ["right", "partly", "raised", "fault", "unreadable", "self_check", "written", "figures", "quick", "measured", "hostile"]
WIDTHS = [360, 1280]

# The elements, in order, whose text has too little contrast (WCAG 2.1, 1.4.3: 4.5 to 1), with what was measured.
LOW_CONTRAST = """() => {
  const channels = colour => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    return {rgb: [r, g, b], alpha: a};
  };
  const linear = value => value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = rgb => [0.2126, 0.7152, 0.0722].reduce((sum, part, i) => sum + part * linear(rgb[i]), 0);
  const behind = element => {
    if (!element) return [255, 255, 255];
    const {rgb, alpha} = channels(getComputedStyle(element).backgroundColor);
    if (alpha === 1) return rgb;
    const below = behind(element.parentElement);
    return rgb.map((value, i) => value * alpha + below[i] * (1 - alpha));
  };
  const contrast = (front, back) => {
    const [high, low] = [luminance(front), luminance(back)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const low = [];
  const judge = (element, style, back) => {
    const colour = channels(element instanceof SVGElement ? style.fill : style.color).rgb;
    const ratio = contrast(colour, back);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 80)}`);
  };
  let judged = 0;
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility()) continue;
    const hasText = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (hasText) { judge(element, getComputedStyle(element), behind(element)); judged += 1; }
    const before = getComputedStyle(element, "::before");
    if (before.content !== "none") judge(element, before, channels(before.backgroundColor).rgb);
  }
  return {judged, low};
}"""

CAN_HAVE_FOCUS = "a[href], summary, [tabindex='0']"


@pytest.fixture(scope="module")
def folder(reports, tmp_path_factory) -> Path:
    """A folder with the page of every sort of report."""
    folder = tmp_path_factory.mktemp("reports")
    for sort in SORTS:
        write_report(reports[sort], folder / sort)
    return folder


@pytest.fixture
def open_page(browser, folder):
    """Open the page of one sort of report, by default as wide as a desk's screen and light."""
    contexts = []

    def open_page(sort, width=1280, scheme="light", listen=lambda page: None):
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme))
        page = contexts[-1].new_page()
        listen(page)
        page.goto((folder / sort / "index.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def _unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")


@pytest.mark.parametrize("sort", SORTS)
def test_nothing_runs_nothing_is_fetched_and_the_console_stays_empty(open_page, sort):
    heard = []
    asked = []

    def listen(page):
        page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))

    page = open_page(sort, listen=listen)
    _unfold(page)
    for element in page.locator("summary, a, code, h1").all()[:40]:
        element.dispatch_event("mouseover")
    page.wait_for_timeout(50)
    assert heard == []
    assert [url.split(":")[0] for url in asked] == ["file"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("sort", SORTS)
def test_the_page_never_scrolls_sideways(open_page, sort, width):
    page = open_page(sort, width=width)
    _unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        """() => [...document.body.querySelectorAll("*:not(.scrolls *):not(svg *)")]
            .filter(element => element.checkVisibility() && !element.matches(".skip, thead, thead *"))
            .filter(element => {
              const around = (element.parentElement.closest(".card") ?? document.body).getBoundingClientRect();
              return element.getBoundingClientRect().right > around.right + 0.5;
            })
            .map(element => element.outerHTML.slice(0, 80))"""
    )
    assert beyond == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sort", SORTS)
def test_all_text_has_enough_contrast(open_page, sort, scheme):
    page = open_page(sort, scheme=scheme)
    _unfold(page)
    found = page.evaluate(LOW_CONTRAST)
    assert found["low"] == []
    assert found["judged"] > 20


def test_light_and_dark_are_two_palettes(open_page):
    shades = [
        open_page("right", scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert shades == ["rgb(247, 246, 242)", "rgb(19, 21, 25)"]


@pytest.mark.parametrize("sort", ["partly", "fault", "hostile"])
def test_the_keyboard_reaches_everything_and_opens_what_is_folded(open_page, sort):
    page = open_page(sort)
    count = page.locator(CAN_HAVE_FOCUS).count()
    page.evaluate(
        "wanted => document.querySelectorAll(wanted).forEach((element, i) => element.dataset.place = i)", CAN_HAVE_FOCUS
    )
    reached = []
    for _ in range(count):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("Number(document.activeElement.dataset.place ?? -1)"))
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
    assert reached == list(range(count))


def test_the_first_tab_shows_the_skip_link_and_enter_follows_it(open_page):
    page = open_page("partly")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#overview")
    page.wait_for_function("Math.abs(document.querySelector('#overview').getBoundingClientRect().top) < 100")


def test_one_click_selects_the_whole_snippet(open_page):
    page = open_page("partly")
    snippet = page.locator(".snippet pre").nth(1)
    snippet.click()
    assert page.evaluate("getSelection().toString()").strip() == snippet.inner_text().strip()


@pytest.mark.parametrize("sort", ["partly", "hostile"])
def test_print_unfolds_and_wraps_everything(open_page, sort):
    page = open_page(sort, scheme="dark")
    page.emulate_media(media="print")
    unseen = page.evaluate(
        """[...document.querySelectorAll("details > :not(summary)")]
            .filter(element => !element.checkVisibility()).length"""
    )
    assert unseen == 0
    assert page.evaluate("[...document.querySelectorAll('pre')].every(pre => pre.scrollWidth <= pre.clientWidth)")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
