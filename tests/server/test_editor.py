"""The query editor in a real browser: it completes, marks, runs, and lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from playwright.sync_api import Locator

Visit = Any
ROWS = "SELECT ?n WHERE { VALUES ?n { 3 1 2 } }"
FOCUSED = "document.activeElement.tagName"
ALL = "Control+a"


@pytest.fixture
def editor(assets: dict[str, str], visit: Visit) -> Locator:
    """Return the editor of the query page, with the keyboard in it and empty."""
    assert "editor.js" in assets
    visit.go("/sparql")
    content: Locator = visit.page.locator("#editor .cm-content")
    content.wait_for()
    content.click()
    visit.page.keyboard.press(ALL)
    visit.page.keyboard.press("Delete")
    return content


def test_the_editor_is_accessible(visit: Visit, editor: Locator) -> None:
    """Named, with colours of enough contrast, also while it completes."""
    visit.page.keyboard.insert_text(
        'SELECT ?a { ?a a <x:y>, "text" . # note\n ?a ovl:Mee'
    )
    visit.page.keyboard.type("t")
    visit.page.locator("#editor .cm-tooltip-autocomplete li").first.wait_for()
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        found = Axe().run(visit.page).response["violations"]
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []

    assert editor.get_attribute("aria-label") == "Query"
    assert editor.get_attribute("role") == "textbox"


def test_it_completes_a_class_by_its_label(visit: Visit, editor: Locator) -> None:
    """The name is put in and its prefix declared, in the field as well."""
    visit.page.keyboard.type("SELECT ?x WHERE { ?x a overlegt")
    visit.page.locator("#editor .cm-tooltip-autocomplete").wait_for()
    visit.page.wait_for_timeout(150)
    visit.page.keyboard.press("Enter")
    query = visit.page.locator("#query").input_value()

    assert query.startswith("PREFIX ovl: <")
    assert "?x a ovl:Consultation" in query
    assert "ovl:Consultation" in editor.inner_text()


def test_it_completes_a_thing_by_its_label(visit: Visit, editor: Locator) -> None:
    """The server suggests it; what is put in is its name."""
    del editor
    visit.page.keyboard.type("SELECT ?p WHERE { broekers-kn")
    option = visit.page.locator("#editor .cm-tooltip-autocomplete li").first
    option.wait_for()
    visit.page.wait_for_timeout(150)
    visit.page.keyboard.press("Enter")

    assert "persoon:broekers-knol-a" in visit.page.locator("#query").input_value()


def test_it_marks_a_fault_where_it_is(visit: Visit, editor: Locator) -> None:
    """The mark says what the server's parser says, and can declare a prefix."""
    visit.page.keyboard.insert_text("SELECT * WHERE {\n  ?a skos:prefLabel ?b\n}")
    mark = editor.locator(".cm-lintRange-error")
    mark.wait_for()
    line = editor.locator(".cm-line").nth(1)
    assert line.locator(".cm-lintRange-error").count() == 1

    mark.hover()
    visit.page.get_by_role("button", name="Zet PREFIX skos erbij").click()
    mark.wait_for(state="detached")
    assert "PREFIX skos:" in visit.page.locator("#query").input_value()


def test_control_and_enter_run_the_query(visit: Visit, editor: Locator) -> None:
    """The answer comes without a new page, is announced, and has an address."""
    del editor
    page = visit.page
    page.keyboard.insert_text(ROWS)
    page.keyboard.press("Control+Enter")
    page.locator(".result-table td").first.wait_for()
    said = page.locator("#query-status").inner_text()
    page.get_by_role("link", name="n", exact=True).click()
    page.wait_for_url("**sort=n**")

    assert said.startswith("3 rijen")
    assert page.locator(".result-table td").all_inner_texts() == ["1", "2", "3"]
    assert page.locator("#editor .cm-content").inner_text() == ROWS


def test_a_fault_is_announced(visit: Visit, editor: Locator) -> None:
    """An alert with the place; the query stays as it was written."""
    del editor
    visit.page.keyboard.insert_text("SELECT * WHERE { ?a }")
    visit.page.get_by_role("button", name="Voer uit").click()
    alert = visit.page.get_by_role("alert")
    alert.wait_for()

    assert "egel 1" in alert.inner_text()
    assert visit.page.locator("#query").input_value() == "SELECT * WHERE { ?a }"


def test_typing_over_a_selection_is_quiet(visit: Visit, editor: Locator) -> None:
    """The browser adds no style of its own, which the policy would refuse."""
    visit.page.keyboard.type("SELECT ?abc")
    visit.page.keyboard.press("Control+Shift+ArrowLeft")
    visit.page.keyboard.type("x")
    visit.page.keyboard.press(ALL)
    visit.page.keyboard.type("ASK")

    assert editor.inner_text() == "ASK"


def test_tab_leaves_the_editor(visit: Visit, editor: Locator) -> None:
    """No trap for the keyboard: forwards to the button, and back again."""
    del editor
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Tab")
    forwards = visit.page.evaluate(FOCUSED)
    visit.page.keyboard.press("Shift+Tab")
    back = visit.page.evaluate("document.activeElement.id")

    assert forwards == "BUTTON"
    assert back == "editor"


@pytest.mark.parametrize("width", [1280, 320])
def test_the_editor_takes_the_place_of_the_field(
    assets: dict[str, str],
    visits: Callable[..., AbstractContextManager[Visit]],
    width: int,
) -> None:
    """Nothing below it moves when it comes."""
    assert "editor.js" in assets
    tops = []
    for pattern in ("**/none.js", "**/assets/*.js"):
        with visits(viewport={"width": width, "height": 900}) as visit:
            visit.page.route(
                pattern,
                lambda route: route.fulfill(body="", content_type="text/javascript"),
            )
            visit.go("/sparql")
            button = visit.page.locator(".query button")
            tops.append((button.bounding_box() or {}).get("y"))

    assert tops[0] is not None
    assert tops[0] == tops[1]


def test_without_assets_the_field_is_all(
    visits: Callable[..., AbstractContextManager[Visit]], address: str
) -> None:
    """Scripts that cannot be fetched leave a field that works."""
    with visits(locale="nl-NL") as visit:
        visit.page.route(
            "**/assets/*.js",
            lambda route: route.fulfill(body="", content_type="text/javascript"),
        )
        visit.go("/sparql")
        visit.page.get_by_label("Query", exact=True).fill(ROWS)
        visit.page.get_by_role("button", name="Voer uit").click()
        visit.page.wait_for_url(f"{address}/sparql?**")

        assert visit.page.locator(".result-table td").count() == 3
