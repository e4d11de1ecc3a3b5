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


@pytest.mark.parametrize(("width", "height"), [(320, 640), (1280, 800)])
def test_completions_stand_below_the_word(
    visit: Visit, editor: Locator, width: int, height: int
) -> None:
    """All of them in view, with nothing cut off and the heading in sight."""
    visit.page.set_viewport_size({"width": width, "height": height})
    visit.page.keyboard.insert_text("SELECT ?x WHERE {\n  ?x a ")
    editor.evaluate(
        "(it) => it.scrollIntoView({ block: 'center', behavior: 'instant' })"
    )
    visit.page.keyboard.type("overl")
    options = visit.page.locator("#editor .cm-tooltip-autocomplete li")
    options.first.wait_for()
    visit.page.wait_for_timeout(500)
    line = editor.locator(".cm-line").nth(1).bounding_box()
    boxes = [box for option in options.all() if (box := option.bounding_box())]

    assert len(boxes) >= 4
    assert line
    assert boxes[0]["y"] > line["y"]
    assert boxes[-1]["y"] + boxes[-1]["height"] <= height
    assert options.evaluate_all("all => all.every(x => x.scrollWidth <= x.clientWidth)")


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
    shown = page.locator(".status:not(.visually-hidden)", has_text="3 rijen").count()
    page.get_by_role("link", name="n", exact=True).click()
    page.wait_for_url("**sort=n**")

    assert said.startswith("3 rijen")
    assert shown == 1
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


def test_a_result_comes_into_view(visit: Visit, editor: Locator) -> None:
    """Its first rows can be seen, and what is shorter leaves the page where it is."""
    del editor
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    visit.page.keyboard.insert_text(ROWS + "\n" * 30)
    visit.page.get_by_role("button", name="Voer uit").click()
    row = visit.page.locator(".result-table tbody tr").first
    row.wait_for()
    visit.page.wait_for_timeout(800)
    box = row.bounding_box() or {}

    assert 0 < box["y"] < 400
    assert (visit.page.locator("#editor").bounding_box() or {})["height"] < 500


def test_nothing_old_stands_beside_what_runs(visit: Visit, editor: Locator) -> None:
    """The fault before is gone at once; rows are dimmed, and gone if nothing comes."""
    del editor
    page = visit.page
    run = page.get_by_role("button", name="Voer uit")
    page.keyboard.insert_text("SELECT")
    run.click()
    page.get_by_role("alert").wait_for()
    held: list[Any] = []
    page.route("**/sparql?part=result**", lambda route: held.insert(0, route))
    run.click()
    page.locator("#outcome[aria-busy]").wait_for(state="attached")
    alerts = page.get_by_role("alert").count()
    held[0].abort()
    page.get_by_text("De server is niet bereikbaar").wait_for()

    assert [fault for fault in visit.faults if "ERR_FAILED" not in fault] == []
    visit.faults.clear()
    assert alerts == 0
    assert page.locator("#outcome *").count() == 0
    assert page.locator("#outcome[aria-busy]").count() == 0


def test_a_prefix_that_lacks_is_put_in_by_a_button(
    visit: Visit, editor: Locator
) -> None:
    """The box of the fault offers it; the answer follows."""
    visit.page.keyboard.insert_text("SELECT ?b { ?a skos:prefLabel ?b } LIMIT 3")
    visit.page.get_by_role("button", name="Voer uit").click()
    visit.page.get_by_role("button", name="Zet PREFIX skos erbij en voer uit").click()
    visit.page.locator(".result-table td").first.wait_for()

    assert editor.inner_text().startswith("PREFIX skos: <http")
    assert visit.page.get_by_role("alert").count() == 0


def test_what_is_copied_is_told_at_its_button(visit: Visit, editor: Locator) -> None:
    """For a while, and the count of the rows stays what it was."""
    del editor
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.insert_text(ROWS)
    page.keyboard.press("Control+Enter")
    page.locator(".shares .copy").first.click()
    told = page.locator(".shares li").first
    told.get_by_text("Gekopieerd.").wait_for()

    assert page.locator("#query-status").inner_text().startswith("3 rijen")
    told.get_by_text("Gekopieerd.").wait_for(state="detached")


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
