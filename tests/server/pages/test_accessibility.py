"""Every type of page is accessible, in both languages, widths and schemes of colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from graph.paths import ROOT

#: A row of `types.toml`, as `conftest.py` makes it.
PageType = Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FloatRect, Page

    #: What `conftest.py` makes.
    Opened = Callable[..., Any]

ARTIFACTS = ROOT / "artifacts" / "pages"
#: Widths in pixels and schemes of colour; 320 is also the width of a window of 1280 at
#: 400 % zoom. Pages in English are laid out as those in Dutch, so two looks do.
LOOKS = {
    "nl": ((1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")),
    "en": ((1280, "light"), (320, "dark")),
}
#: Height in pixels of what is pictured; the longest page has ten times as many.
PICTURED = 6000
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
VIOLATIONS = """tags => axe.run({
  runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], preload: false
}).then(found => found.violations.map(rule =>
  [rule.id, ...rule.nodes.slice(0, 4).map(node => node.target.join(' '))]))"""
ENHANCED = """() => axe.run({ runOnly: ['color-contrast-enhanced'] }).then(found =>
  found.violations.flatMap(rule => rule.nodes.map(node =>
    [node.target.join(' '), node.failureSummary])))"""
WIDER = "document.documentElement.scrollWidth - window.innerWidth"


def test_a_page_is_accessible_at_every_width_and_in_both_schemes(
    opened: Opened, page_type: PageType, language: str
) -> None:
    """No violation of WCAG 2.2 AA that axe finds, and nothing wider than the window."""
    found: dict[tuple[int, str], list[list[str]]] = {}
    wider: dict[int, int] = {}
    with opened(page_type, language) as visit:
        page = visit.page
        page.evaluate(AXE_SCRIPT)
        for width, scheme in LOOKS[language]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            wider[width] = page.evaluate(WIDER)
            found[width, scheme] = page.evaluate(VIOLATIONS, TAGS)
            if language == "nl":
                picture(page, f"{page_type.name}-{width}-{scheme}", width)

    assert {look: faults for look, faults in found.items() if faults} == {}
    assert {width: pixels for width, pixels in wider.items() if pixels > 0} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["home", "body", "search", "on-day", "dataset"])
def test_who_asks_for_contrast_gets_more(
    opened: Opened, page_types: list[PageType], name: str, scheme: str
) -> None:
    """Seven to one, as WCAG 2.2 AAA has it."""
    page_type = next(item for item in page_types if item.name == name)
    with opened(page_type, contrast="more", color_scheme=scheme) as visit:
        visit.page.evaluate(AXE_SCRIPT)
        found = visit.page.evaluate(ENHANCED)

    assert found == []


def picture(page: Page, name: str, width: int) -> None:
    """Keep a picture of a page, for people to look at."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    shown: FloatRect = {"x": 0, "y": 0, "width": width, "height": PICTURED}
    page.screenshot(
        path=ARTIFACTS / f"{name}.jpg", quality=70, full_page=True, clip=shown
    )
