"""Suggestions and narrowed pages in a real browser: by keyboard, and accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Visit = Any

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


def test_the_keyboard_takes_a_suggestion(visit: Visit) -> None:
    """Typed, chosen with the arrow, taken with Enter; Escape closes the list."""
    visit.go("/search?lang=nl")
    field = visit.page.get_by_role("combobox")
    field.press_sequentially("landelijke regiet")
    option = visit.page.get_by_role("option").first
    option.wait_for()
    field.press("ArrowDown")
    found = Axe().run(visit.page, options=OPTIONS)
    chosen = field.get_attribute("aria-activedescendant")
    field.press("Escape")
    closed = field.get_attribute("aria-expanded")
    field.press("End")
    field.press_sequentially("a")
    option.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    visit.page.wait_for_url("**/doc/organisatie/**")

    assert found.response["violations"] == [], found.generate_report()
    assert chosen == "q-suggestions-0"
    assert closed == "false"


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(
    "path",
    [
        "/search?q=opvang&kind=document&page=2",
        "/backlinks?of=organisatie:lrt&by=org:organization",
        "/backlinks?of=organisatie:lrt",
        "/doc/overleg/lrt-2016-09-08?peildatum=2016-01-01",
        "/doc/organisatie/lrt?source=document:coa-lrt-old",
    ],
)
def test_a_narrowed_page_is_accessible(
    visits: Callable[..., AbstractContextManager[Visit]], path: str, width: int
) -> None:
    """At both widths, with nothing wider than the window."""
    with visits(locale="nl-NL", viewport={"width": width, "height": 900}) as visit:
        visit.go(path)
        found = Axe().run(visit.page, options=OPTIONS)
        wide = visit.page.evaluate("document.documentElement.scrollWidth")

    assert found.response["violations"] == [], found.generate_report()
    assert wide <= width
