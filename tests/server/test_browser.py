"""The pages in a real browser: accessible, quiet, and usable at every width."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import html5lib
import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from graph.paths import ROOT

#: A visit of the browser, as `conftest.py` makes it.
Visit = Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    Visits = Callable[..., AbstractContextManager[Visit]]

ARTIFACTS = ROOT / "artifacts" / "pages"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
#: Every rule in one look; in the others those that can tell another thing there.
LOOKS: tuple[tuple[int, Literal["light", "dark"], dict[str, object] | None], ...] = (
    (1280, "light", {"type": "tag", "values": TAGS}),
    (
        1280,
        "dark",
        {"type": "rule", "values": ("color-contrast", "link-in-text-block")},
    ),
    (320, "light", {"type": "rule", "values": ("target-size", "region")}),
    (320, "dark", None),
)
#: Height in pixels of what is pictured; the longest page has ten times as many.
PICTURED = 6000
WIDTH = "document.documentElement.scrollWidth"
SELECT = "SELECT ?thing ?path ?value WHERE { ?thing ?path ?value } LIMIT 30"
COUNTED = (
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ORDER BY DESC(?n) LIMIT 9"
)
DATED = (
    "PREFIX dcterms: <http://purl.org/dc/terms/> "
    "SELECT ?document ?date { ?document dcterms:issued ?date } ORDER BY ?date LIMIT 20"
)
TIED = (
    "PREFIX org: <http://www.w3.org/ns/org#> "
    "SELECT ?member ?body { ?m org:member ?member ; org:organization ?body } LIMIT 20"
)
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
    "bars": f"/sparql?view=bars&query={quote(COUNTED)}",
    "timeline": f"/sparql?view=timeline&query={quote(DATED)}",
    "network": f"/sparql?view=network&query={quote(TIED)}",
    "dataset": "/dataset",
    "releases": "/releases",
    "questions": "/queries",
    "question": "/queries/who-chaired",
    "search": "/search?q=regietafel",
    "graphs": "/graph",
    "graph": "/graph/bron/brief-2021-12-20-jenv-lrt",
    "ontology": "/def/overleg",
    "shapes": "/def/overleg-shapes",
    "on-day": "/op-datum?datum=2021-11-18",
    "body-timeline": "/tijdlijn/lrt?peildatum=2021-11-18",
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
    "api": "/api",
    "about": "/about",
}
#: Pages whose status is an error, which a browser reports on its console itself.
ERRORS = {
    "value": "/queries/chair-on-date?at=gisteren",
    "unknown": "/doc/organisatie/onbekend",
    "syntax-error": f"/sparql?query={quote('SELECT * WHERE { foaf:a ?b')}",
}


@pytest.mark.parametrize("name", [*PAGES, *ERRORS])
def test_a_page_is_accessible_at_every_width_and_in_both_schemes(
    visit: Visit, name: str
) -> None:
    """No violation of WCAG 2.2 AA that axe finds, and nothing wider than the window.

    320 is also the width of a window of 1280 at 400 % zoom.
    """
    found, wide = {}, {}
    visit.go((PAGES | ERRORS)[name])
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for width, scheme, rules in LOOKS:
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.page.emulate_media(color_scheme=scheme)
        picture = ARTIFACTS / f"{name}-{width}-{scheme}.png"
        shown = {"x": 0, "y": 0, "width": width, "height": PICTURED}
        visit.page.screenshot(path=picture, full_page=True, clip=shown)
        wide[width] = visit.page.evaluate(WIDTH)
        found[width, scheme] = violations(visit.page, rules) if rules else []

    assert {place: faults for place, faults in found.items() if faults} == {}
    assert {width: is_ for width, is_ in wide.items() if is_ > width} == {}


def violations(page: Page, rules: dict[str, object]) -> list[tuple[str, list[str]]]:
    """Return the rules that axe finds broken, and where."""
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [(v["id"], [str(n["target"]) for n in v["nodes"]][:4]) for v in found]


def test_the_sources_open_accessibly(visit: Visit) -> None:
    """What is folded away is as accessible as what is seen."""
    visit.go(PAGES["body"])
    for summary in visit.page.locator("details.source > summary:visible").all():
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


def test_the_keyboard_leaves_the_plain_field(visits: Visits) -> None:
    """Tab in the field goes on to the button."""
    with visits(java_script_enabled=False) as visit:
        visit.go("/sparql")
        visit.page.locator("#query").focus()
        visit.page.keyboard.press("Tab")

        assert visit.page.locator(".query button:focus").count() == 1


def test_everything_works_without_javascript(visits: Visits) -> None:
    """Search, follow a hit, open a source, ask a query, sort its answer."""
    with visits(java_script_enabled=False, locale="nl-NL") as visit:
        page = visit.page
        visit.go("/")
        page.get_by_label("Zoek op naam of trefwoord").fill("broekers")
        page.get_by_role("button", name="Zoek").click()
        page.get_by_role("main").get_by_role("link", name="Broekers-Knol").first.click()
        heading = page.get_by_role("heading", level=1).inner_text()
        source = page.locator("details.source:visible").first
        source.locator("summary").click()
        opened = source.locator(".source-one").first.is_visible()
        visit.go("/sparql")
        page.get_by_label("Query", exact=True).fill("ASK { ?a ?b ?c }")
        page.get_by_role("button", name="Voer uit").click()
        answer = page.get_by_role("status").inner_text()

    assert heading == "Ankie Broekers-Knol"
    assert opened
    assert answer == "Ja"


def test_text_may_be_spaced_out(visits: Visits) -> None:
    """With the spacing of WCAG 1.4.12 nothing gets wider than the window."""
    spacing = (
        "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; "
        "word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }"
    )
    window = {"width": 320, "height": 900}
    with visits(viewport=window, bypass_csp=True) as visit:
        widths = {}
        for name, path in PAGES.items():
            visit.go(path)
            visit.page.add_style_tag(content=spacing)
            widths[name] = visit.page.evaluate(WIDTH)

    assert {name: wide for name, wide in widths.items() if wide > 320} == {}


def test_the_keyboard_walks_the_head_of_a_page(visit: Visit) -> None:
    """After the link past it come the name, the languages, the menu, the search."""
    visit.go(PAGES["body"])
    stops = []
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        name = "document.activeElement.closest('a, button, input')?.outerHTML ?? ''"
        stops.append(visit.page.evaluate(name))
        if "<button" in stops[-1]:
            break
    seen = visit.page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
    )
    visit.page.keyboard.press("Shift+Tab")
    visit.page.keyboard.type("ollongren")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/search?*")

    order = ("skip", "brand", 'hreflang="en"', "/queries", 'type="search"', "<button")
    places = [next(n for n, stop in enumerate(stops) if mark in stop) for mark in order]
    assert places == sorted(places)
    assert seen


def test_nothing_of_hostile_data_runs(previewed: str, visits: Visits) -> None:
    """Labels, IRIs and texts that hold markup are shown, and do nothing."""
    listed = httpx.get(f"{previewed}/doc", headers={"Accept": "text/html"}).text
    kinds = re.findall(r'href="(/doc/[\w-]+)"', listed)
    with visits(address=previewed, locale="nl-NL") as visit:
        dialogs: list[str] = []
        visit.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for path in [*kinds, *things_of(previewed, kinds)[:8]]:
            visit.go(path)
        visit.go(f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}")

    assert kinds
    assert dialogs == []


def things_of(address: str, kinds: list[str]) -> list[str]:
    """Return the pages of things that the pages of some kinds lead to."""
    found: list[str] = []
    for kind in kinds:
        page = httpx.get(address + kind, headers={"Accept": "text/html"}).text
        found += re.findall(rf'href="({kind}/[^"]+)"', page)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("name", [*PAGES, *ERRORS])
def test_a_page_is_valid_and_small(browser_client: httpx.Client, name: str) -> None:
    """Valid HTML, and with all it needs below 60 KB, the editor aside."""
    answer = browser_client.get((PAGES | ERRORS)[name])
    html5lib.HTMLParser(strict=True).parse(answer.text)
    needed = re.findall(
        r'(?:<link rel="stylesheet"|<img|<script)[^>]* (?:href|src)="([^"]+)"',
        answer.text,
    )
    files = [browser_client.get(path) for path in needed if "/editor-" not in path]
    sizes = {str(file.url.path): sent(file) for file in (answer, *files)}

    assert len(files) >= 2
    assert sum(sizes.values()) < 60_000, sizes


def sent(answer: httpx.Response) -> int:
    """Return how many bytes came over the line."""
    return answer.num_bytes_downloaded


def test_a_validator_finds_no_fault(
    browser_client: httpx.Client, tmp_path: Path
) -> None:
    """The W3C's own validator, where Java and it are at hand."""
    jar = ROOT / ".cache" / "vnu.jar"
    if not jar.exists() or not shutil.which("java"):
        pytest.skip("put vnu.jar into .cache to run the validator")
    for name, path in PAGES.items():
        (tmp_path / f"{name}.html").write_text(browser_client.get(path).text)
    # Tables whose rows are blocks in a narrow window say what their parts still are.
    roles = ".*“role” attribute must not be used on a “t(r|h|d|head|body)”.*"
    command = ["java", "-jar", str(jar), "--errors-only", "--skip-non-html"]
    command += ["--filterpattern", roles]
    done = subprocess.run(
        [*command, str(tmp_path)], check=False, capture_output=True, text=True
    )

    assert done.stderr == ""


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

    assert answer.startswith("Op 18 november 2021 was Kajsa Ollongren voorzitter")
    assert chair.locator(".marks a[href*='/doc/']").first.is_visible()


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
    """Its frame scrolls, its boxes are links with a name, and the table opens."""
    visit.go(PAGES["company"])
    page = visit.page
    frame = page.locator(".drawing-frame").first
    frame.focus()
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/**")

    assert name == page.get_by_role("heading", level=1).inner_text()
