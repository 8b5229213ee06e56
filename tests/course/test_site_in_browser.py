"""The site as a browser shows it: built once, every page looked at in light and in dark."""

import re
from html import unescape
from html.parser import HTMLParser

import nbformat
import pytest
from browser import chromium
from pictures import figures

from mpe_lib.course import walk
from mpe_lib.course.site import build

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group(__name__)]  # one worker makes it
PAGES = [f"notebooks/{path.stem}" for path in walk.notebooks()]
TEACHING = [f"notebooks/{path.stem}" for path in walk.NOTEBOOKS.glob("TEACHING.md")]
OTHERS = ["index", "results", "many_gpus", "data/README", "api", "search", *TEACHING]
SCREENS = {"desktop": (1400, 900), "phone": (390, 844)}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"heading-order": {"enabled": True}, "landmark-unique": {"enabled": True}},
    "resultTypes": ["violations"],
}


class Read(HTMLParser):
    """The alternative texts of the figures and the words in the headers of the tables."""

    def __init__(self, path):
        super().__init__()
        self.alts, self.headers, self.tables = [], [], 0
        self.inside = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.inside |= tag == "th"
        self.tables += tag == "table"
        if tag == "th":
            self.headers.append("")
        if tag == "img":
            self.alts.append(dict(attributes).get("alt"))

    def handle_endtag(self, tag):
        self.inside &= tag != "th"

    def handle_data(self, data):
        if self.inside:
            self.headers[-1] += data.strip()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("myst_nb", reason="no Sphinx: pip install -r book/requirements.txt")
    folder = tmp_path_factory.mktemp("my book") / "site"
    build(folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def visit(site, browser):
    """visit(name, screen, scheme) -> the page, its equations set; nothing left the machine."""
    asked, opened = [], []

    def go(name, screen="desktop", scheme="light"):
        width, height = SCREENS[screen]
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        opened.append(page)
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / f"{name}.html").as_uri())
        page.evaluate("window.MathJax ? MathJax.startup.promise.then(() => 0) : 0")
        return page

    yield go
    for page in opened:
        page.close()
    assert asked and not [url for url in asked if not url.startswith(("file:", "data:"))]


def test_every_page_is_there(site):
    found = {str(path.relative_to(site).with_suffix("")) for path in site.rglob("*.html")}
    assert found == {*PAGES, *OTHERS}


@pytest.mark.parametrize("path", walk.notebooks(), ids=lambda path: path.stem)
def test_figures_have_their_text_and_tables_their_headers(site, path):
    alts = [unescape(each["alt"]) for each in figures(nbformat.read(path, as_version=4))]
    page = Read(site / "notebooks" / f"{path.stem}.html")
    assert alts and page.alts == alts
    assert all(page.headers) and len(page.headers) >= page.tables


@pytest.mark.parametrize("name", OTHERS)
def test_other_pages_too(site, name):
    page = Read(site / f"{name}.html")
    assert all(page.alts) and all(page.headers) and len(page.headers) >= page.tables


@pytest.mark.parametrize("screen, scheme", [("desktop", "light"), ("phone", "dark")])
@pytest.mark.parametrize("name", [*PAGES, *OTHERS])
def test_nothing_stands_in_a_readers_way(visit, name, screen, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core")
    page = visit(name, screen, scheme)
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert not found, [(each["id"], each["nodes"][0]["html"][:200]) for each in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "too wide"
    assert page.evaluate("document.querySelectorAll('.math:not(:has(mjx-container))').length") == 0
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0


def test_the_axe_is_sharp(visit):
    """The same rules find what is wrong on a page that was spoiled."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core")
    page = visit("notebooks/00_start_here")
    page.evaluate("document.querySelector('article img').removeAttribute('alt')")
    page.evaluate("document.querySelector('article p').style.color = '#aaaaaa'")
    page.evaluate("document.querySelector('article h2').outerHTML = '<h5>too deep</h5>'")
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert {each["id"] for each in found} == {"image-alt", "color-contrast", "heading-order"}


def test_the_sidebar_is_in_reading_order(visit):
    page = visit("index")
    links = page.locator(".sidebar-tree a").evaluate_all("all => all.map(a => a.href)")
    names = [re.sub(r".*/site/(.*)\.html", r"\1", link) for link in links]
    assert names == [*PAGES, "results", "many_gpus", "data/README", "api", *TEACHING]


def test_search_finds_the_page(visit):
    page = visit("index")
    page.locator("input[name=q]").fill("rheobase")
    page.keyboard.press("Enter")
    page.locator("#search-results li").first.wait_for()
    assert "01 The LIF neuron" in page.locator("#search-results").inner_text()


WIDE = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.tabIndex)"
FOCUS = "document.activeElement.getBoundingClientRect()"


def test_the_keyboard_reaches_what_scrolls_and_opens_a_solution(visit):
    page = visit("notebooks/02_estimate_the_membrane", "phone")
    for kind in ("article .highlight pre", "mjx-container[display=true]", ".table-wrapper"):
        wide = page.locator(kind).evaluate_all(WIDE)
        assert wide and set(wide) == {0}, kind
    assert page.locator("p mjx-container[tabindex]").count() == 0  # no stop at every symbol
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] pre").first.is_visible()


@pytest.mark.parametrize("screen", SCREENS)
def test_the_focus_is_always_in_sight(visit, screen):
    page = visit("notebooks/02_estimate_the_membrane", screen)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to content"
    for _ in range(60):
        page.wait_for_function(f"{FOCUS}.left >= 0 && {FOCUS}.right <= innerWidth")
        page.wait_for_function(f"{FOCUS}.top < innerHeight && {FOCUS}.bottom > 0")
        page.keyboard.press("Tab")


def test_downloads_are_notebooks(visit, site):
    page = visit("notebooks/01_the_lif_neuron")
    links = page.locator("a.download").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    works = [(site / "notebooks" / link).read_text(encoding="utf-8") for link in links]
    assert ["BEGIN SOLUTION" in text for text in works] == [False, True]
    assert all(nbformat.reads(text, 4) for text in works)
