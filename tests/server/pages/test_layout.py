"""Every type of page keeps its form: enlarged, printed, recoloured, unscripted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.paths import ROOT

#: A row of `types.toml`, as `conftest.py` makes it.
PageType = Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    #: What `conftest.py` makes.
    Opened = Callable[..., Any]
    Visits = Callable[..., Any]

ARTIFACTS = ROOT / "artifacts" / "print"
#: Functions that look at a page as a person would, by name.
LOOKS = (Path(__file__).parent / "looking.js").read_text(encoding="utf-8")
NARROW = {"width": 320, "height": 900}
#: The width of A4 between margins of a centimetre, at 96 pixels an inch.
PAPER = {"width": 718, "height": 1047}


def look(page: Page, call: str) -> Any:  # noqa: ANN401  as JavaScript answers
    """Return what one of the functions of `looking.js` sees."""
    return page.evaluate(f"() => {{ {LOOKS}; return {call}; }}")


def test_text_may_be_enlarged_and_spaced_out(
    opened: Opened, page_type: PageType
) -> None:
    """WCAG 1.4.4, 1.4.10 and 1.4.12: nothing is cut off or wider than the window.

    320 pixels are a window of 1280 at 400 %.
    """
    with opened(page_type, viewport=NARROW) as visit:
        page = visit.page
        look(page, "spaceOut()")
        spaced = look(page, "tooWide()"), look(page, "cutOff()")
        page.set_viewport_size({"width": 1280, "height": 900})
        look(page, "enlarge('200%')")
        enlarged = look(page, "tooWide()"), look(page, "cutOff()")

    assert spaced == ([], [])
    assert enlarged == ([], [])


def test_the_calendar_is_a_list_where_its_months_do_not_fit(visits: Visits) -> None:
    """Each year tells the months in which a table met; nothing has to be scrolled."""
    with visits(viewport=NARROW, locale="nl") as visit:
        visit.go("/overleggen")
        months = visit.page.locator(".calendar td:visible").all_inner_texts()
        labels = look(visit.page, "labels('.calendar .held')")
        scrolled = look(visit.page, "scrolling()")

    assert len(months) == len(labels) > 6
    assert '"mrt"' in labels
    assert scrolled == []


def test_drawings_and_focus_stand_out_whatever_the_colours(
    opened: Opened, page_type: PageType
) -> None:
    """In light, dark, forced and strong colours, shapes and focus can be seen."""
    faults = {}
    with opened(page_type) as visit:
        page = visit.page
        page.keyboard.press("Tab")
        for name, media in {
            "light": {"color_scheme": "light"},
            "dark": {"color_scheme": "dark"},
            "strong": {"contrast": "more"},
            "forced": {"contrast": "no-preference", "forced_colors": "active"},
        }.items():
            page.emulate_media(**media)
            faults[name, "shapes"] = look(page, "faintShapes()")
            faults[name, "focus"] = look(page, "hiddenFocus()")
        faults["forced", "fields"] = look(page, "edgeless()")

    assert {place: found for place, found in faults.items() if found} == {}


def test_hardly_anything_moves(opened: Opened, page_type: PageType) -> None:
    """Nothing shifts but a table that comes in pieces; who wants no motion gets none.

    A twentieth is half of what https://web.dev/articles/cls calls good.
    """
    with opened(page_type, reduced_motion="reduce") as visit:
        shifted = look(visit.page, "layoutShift()")
        moving = look(visit.page, "moving()")

    assert shifted < 0.05
    assert moving == []


def test_a_page_says_the_same_without_scripts(
    opened: Opened, page_type: PageType
) -> None:
    """What scripts add are ways to do a thing, no content."""
    with opened(page_type) as visit:
        scripted = look(visit.page, "content()")
    with opened(page_type, java_script_enabled=False) as visit:
        plain = look(visit.page, "content()")

    assert plain == scripted


def test_a_page_can_be_printed(opened: Opened, page_type: PageType) -> None:
    """What only a screen has is gone; what was folded is open; no table is cut off."""
    with opened(page_type, viewport=PAPER) as visit:
        page = visit.page
        page.emulate_media(media="print")
        printed = look(page, "printed()")
        wide = look(page, "tooWide()"), look(page, "scrolling()")
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        page.pdf(path=ARTIFACTS / f"{page_type.name}.pdf", format="A4")

    assert {part: found for part, found in printed.items() if found} == {}
    assert wide == ([], [])
