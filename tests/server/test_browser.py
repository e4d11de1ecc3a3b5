"""The pages in a real browser: accessible, quiet, and usable at every width."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from graph.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

CHROMIUM = Path("/usr/bin/chromium")
ARTIFACTS = ROOT / "artifacts" / "pages"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
RULES = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
]
#: What can differ between the colour schemes; the rest is checked in the light one.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
SELECT = "SELECT ?thing ?path ?value WHERE { ?thing ?path ?value } LIMIT 30"
PAGES = {
    "home": "/",
    "body": "/doc/organisatie/lrt",
    "meeting": "/doc/overleg/lrt-2021-11-18",
    "person": "/doc/persoon/broekers-knol-a",
    "document": "/doc/document/brief-2021-12-20-jenv-lrt",
    "concept": "/doc/begrip/rol-lid",
    "list": "/doc/document",
    "sparql": "/sparql",
    "result": f"/sparql?query={quote(SELECT)}",
    "search": "/search?q=regietafel",
    "graphs": "/graph",
    "graph": "/graph/bron/brief-2021-12-20-jenv-lrt",
    "ontology": "/def/overleg",
    "shapes": "/def/overleg-shapes",
    "on-day": "/op-datum?datum=2021-11-18",
    "timeline": "/tijdlijn/lrt?peildatum=2021-11-18",
    "meetings": "/overleggen",
    "agreements": "/afspraken",
    "commitments": "/toezeggingen",
    "numbers": "/cijfers",
    "dossier": "/doc/dossier/35210-vi",
    "sources": "/bronnen",
    "contradictions": "/tegenspraken",
    "quality": "/kwaliteit",
    "together": "/samen",
    "company": "/samen?persoon=klijnsma-j",
}
#: Pages whose status is an error, which a browser reports on its console itself.
ERRORS = {
    "unknown": "/doc/organisatie/onbekend",
    "syntax-error": f"/sparql?query={quote('SELECT * WHERE { foaf:a ?b')}",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser; skipped where there is none, except where CI promised one."""
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


class Visit:
    """A page in the browser, and all that happened on it that should not."""

    def __init__(self, page: Page, address: str) -> None:
        """Listen to the console, to errors, and to requests of other hosts."""
        self.page = page
        self.faults: list[str] = []
        self._address = address
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._watch)

    def go(self, path: str) -> None:
        """Open a path of the server."""
        self.page.goto(self._address + path)

    def _hear(self, message: ConsoleMessage) -> None:
        expected = "the server responded with a status of 40" in message.text
        if not expected:
            self.faults.append(message.text)

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self._address).netloc:
            self.faults.append(f"request of {request.url}")


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """Return a colour scheme."""
    return str(request.param)


@pytest.fixture(params=[320, 1280])
def width(request: pytest.FixtureRequest) -> int:
    """Return a width of the window; 320 is also 1280 at 400 % zoom."""
    return int(request.param)


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Return a visit with a usual window; it fails on any fault."""
    with browser.new_context(locale="nl-NL") as context:
        visit = Visit(context.new_page(), address)
        yield visit
    assert visit.faults == []


@pytest.mark.parametrize("name", [*PAGES, *ERRORS])
def test_a_page_is_accessible_at_every_width_and_in_both_schemes(
    browser: Browser, address: str, name: str, scheme: str, width: int
) -> None:
    """No violation of WCAG 2.2 AA that axe finds, and nothing wider than the window."""
    with browser.new_context(
        locale="nl-NL",
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        visit = Visit(context.new_page(), address)
        visit.go((PAGES | ERRORS)[name])
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        picture = ARTIFACTS / f"{name}-{width}-{scheme}.png"
        visit.page.screenshot(path=picture, full_page=True)
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        rules = {"type": "tag", "values": RULES}
        if scheme == "dark":
            rules = {"type": "rule", "values": OF_COLOUR}
        found = Axe().run(visit.page, options={"runOnly": rules})

    assert found.response["violations"] == [], found.generate_report()
    assert wide <= width
    assert visit.faults == []


def test_the_sources_open_accessibly(visit: Visit) -> None:
    """What is folded away is as accessible as what is seen."""
    visit.go(PAGES["body"])
    for summary in visit.page.locator("details.source > summary").all():
        summary.click()

    found = Axe().run(visit.page)
    assert found.response["violations"] == [], found.generate_report()


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    """The first stop is the link past the menu, and it works."""
    visit.go(PAGES["body"])
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"

    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "content"


def test_the_keyboard_leaves_the_query(visit: Visit) -> None:
    """Tab in the field goes on to the button."""
    visit.go("/sparql")
    visit.page.locator("#query").focus()
    visit.page.keyboard.press("Tab")

    assert visit.page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_everything_works_without_javascript(browser: Browser, address: str) -> None:
    """Search, follow a hit, open a source, ask a query."""
    with browser.new_context(java_script_enabled=False, locale="nl-NL") as context:
        visit = Visit(context.new_page(), address)
        page = visit.page
        visit.go("/")
        page.get_by_label("Zoek op naam of trefwoord").fill("broekers")
        page.get_by_role("button", name="Zoek").click()
        page.get_by_role("main").get_by_role("link", name="Broekers-Knol").first.click()
        heading = page.get_by_role("heading", level=1).inner_text()
        source = page.locator("details.source").first
        source.locator("summary").click()
        opened = source.locator(".source-one").first.is_visible()
        visit.go("/sparql")
        page.get_by_label("Query", exact=True).fill("ASK { ?a ?b ?c }")
        page.get_by_role("button", name="Voer uit").click()
        answer = page.get_by_role("status").inner_text()

    assert heading == "Ankie Broekers-Knol"
    assert opened
    assert answer == "Ja"
    assert visit.faults == []


def test_text_may_be_spaced_out(browser: Browser, address: str) -> None:
    """With the spacing of WCAG 1.4.12 nothing gets wider than the window."""
    spacing = (
        "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; "
        "word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }"
    )
    with browser.new_context(
        viewport={"width": 320, "height": 900}, bypass_csp=True
    ) as context:
        visit = Visit(context.new_page(), address)
        widths = {}
        for name, path in PAGES.items():
            visit.go(path)
            visit.page.add_style_tag(content=spacing)
            script = "document.documentElement.scrollWidth"
            widths[name] = visit.page.evaluate(script)

    assert {name: wide for name, wide in widths.items() if wide > 320} == {}


def test_who_chaired_on_a_date_is_found_by_a_date_alone(visit: Visit) -> None:
    """From the start page: fill in a day, choose the table, and read a name."""
    page = visit.page
    visit.go("/")
    page.get_by_label("Dag", exact=True).fill("2021-11-18")
    page.get_by_label("Tafel", exact=True).select_option(
        label="Landelijke Regietafel Migratie en Integratie"
    )
    page.get_by_role("button", name="Wie zat er?").click()
    chair = page.get_by_role("region", name="Wie zat voor op 18 november 2021?")
    answer = chair.get_by_role("status").inner_text()
    chair.locator("details.source > summary").first.click()

    assert answer.startswith("Kajsa Ollongren zat Landelijke Regietafel")
    assert chair.locator("details.source a[href*='/doc/document/']").first.is_visible()


def test_what_was_agreed_and_where_it_is_written_is_found_by_clicks(
    visit: Visit,
) -> None:
    """From the start page to the meeting, its agreements, and the document."""
    page = visit.page
    visit.go("/")
    page.get_by_role("link", name="Wanneer kwam de tafel bijeen?").click()
    page.locator(".calendar").get_by_role(
        "link", name="Landelijke Regietafel, 18 november 2021"
    ).click()
    agreed = page.get_by_role("region", name="Wat is afgesproken").inner_text()
    where = page.get_by_role("region", name="Waar het staat")
    where.get_by_role("link", name="Kritieke weken").first.click()
    heading = page.get_by_role("heading", level=1).inner_text()
    original = page.get_by_role("main").locator("a[href^='https://www.rijksoverheid']")

    assert "Nog 1.200 reguliere opvangplekken in 2021" in agreed
    assert "tot en met 31 december 2021" in agreed
    assert heading.startswith("Kritieke weken")
    assert original.count() >= 1


def test_a_drawing_can_be_walked_with_the_keyboard(visit: Visit) -> None:
    """Its frame scrolls, its rows are links with a name, and the table opens."""
    visit.go("/tijdlijn/lrt")
    page = visit.page
    frame = page.get_by_role("region", name="Tekening: Voorzitters door de tijd")
    frame.focus()
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/lidmaatschap/**")

    assert name.startswith("Kajsa Ollongren: ")
