"""The pages in a real browser: accessible, quiet, and usable at every width."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from axe_playwright_python.sync_playwright import Axe

#: A visit of the browser, as `conftest.py` makes it.
Visit = Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Visits = Callable[..., AbstractContextManager[Visit]]

BODY = "/doc/organisatie/lrt"


def test_the_sources_open_accessibly(visit: Visit) -> None:
    """What is folded away is as accessible as what is seen."""
    visit.go(BODY)
    for summary in visit.page.locator("details.source > summary:visible").all():
        summary.click()

    found = Axe().run(visit.page)
    assert found.response["violations"] == [], found.generate_report()


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    """The first stop is the link past the menu, and it works."""
    visit.go(BODY)
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


def test_the_keyboard_walks_the_head_of_a_page(visit: Visit) -> None:
    """After the link past it come the name, the languages, the menu, the search."""
    visit.go(BODY)
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


def test_who_chaired_on_a_date_is_found_by_a_date_alone(visit: Visit) -> None:
    """From the start page: fill in a day, choose the table, and read a name."""
    page = visit.page
    visit.go("/")
    page.get_by_label("Dag", exact=True).fill("2021-11-18")
    page.get_by_label("Tafel", exact=True).select_option(
        label="Landelijke Regietafel Migratie en Integratie"
    )
    page.get_by_role("button", name="Toon die dag").click()
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
    """Its frame scrolls, and its boxes are links with a name."""
    tied = (
        "PREFIX org: <http://www.w3.org/ns/org#> SELECT ?member ?body "
        "{ ?m org:member ?member ; org:organization ?body } LIMIT 20"
    )
    visit.go(f"/sparql?view=network&query={quote(tied)}")
    page = visit.page
    frame = page.locator(".drawing-frame").first
    frame.focus()
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/**")

    assert name == page.get_by_role("heading", level=1).inner_text()
