"""What visitors do in a real browser, who have never heard of RDF and type no query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from playwright.sync_api import Page

    Visits = Callable[..., AbstractContextManager[Any]]

#: Height in pixels that the bar with menu and search may take: a line of each control.
BAR = 56


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_the_menu_takes_one_line_and_opens_on_a_click(
    visits: Visits, locale: str, *, scripts: bool
) -> None:
    """Where there is room it stands open; in a narrow window it unfolds."""
    heights, seen = {}, {}
    for width in (320, 1280):
        window = {"width": width, "height": 900}
        with visits(viewport=window, locale=locale, java_script_enabled=scripts) as v:
            v.go("/overleggen")
            heights[width] = v.page.locator(".bar").bounding_box()["height"]
            link = v.page.locator(".menu a[href='/cijfers']")
            seen[width] = [link.is_visible()]
            if not seen[width][0]:
                v.page.locator(".menu-fold > summary").click()
                seen[width].append(link.is_visible())
            link.click()
            v.page.wait_for_url("**/cijfers")

    assert max(heights.values()) <= BAR, heights
    assert seen == {320: [False, True], 1280: [True]}


#: What a visitor reads and follows, in each language.
WORDS = {
    "nl-NL": {
        "day": "Dag",
        "who": "Toon die dag",
        "chair": "was Kajsa Ollongren voorzitter van",
        "agreed": "Wat is afgesproken",
        "what": "Nog 1.200 reguliere opvangplekken in 2021",
        "until": "tot en met 31 december 2021",
        "mark": "Nieuwsbericht, 19 november 2021, ‘Verdeling van de opgave’",
        "title": "Kritieke weken voor asielopvang en huisvesting vergunninghouders",
        "original": "Lees het origineel",
    },
    "en-GB": {
        "day": "Day",
        "who": "Show that day",
        "chair": "Kajsa Ollongren was the chair of",
        "agreed": "What was agreed",
        "what": "1,200 more regular reception places in 2021",
        "until": "up to and including 31 December 2021",
        "mark": "News item, 19 November 2021, ‘Verdeling van de opgave’",
        "title": "Critical weeks for asylum reception and housing of permit holders",
        "original": "Read the original",
    },
}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("locale", WORDS)
def test_who_chaired_what_was_agreed_and_where_that_is_written(
    visits: Visits, locale: str, width: int, *, scripts: bool
) -> None:
    """From the start page by one form and two links, without a query.

    One click shows who chaired on a date and what was agreed; one on the mark of a
    source shows the document and the place in it, with a link to the original.
    """
    words, clicks = WORDS[locale], 0
    window = {"width": width, "height": 900}
    with visits(viewport=window, locale=locale, java_script_enabled=scripts) as visit:
        page = visit.page
        visit.go("/")
        page.get_by_label(words["day"], exact=True).fill("2021-11-18")
        page.get_by_role("button", name=words["who"]).click()
        clicks += 1
        chair = page.get_by_role("main").get_by_role("status").first.inner_text()
        agreed = page.get_by_role("region", name=words["agreed"])
        row = agreed.get_by_role("row").filter(has_text=words["what"])
        said = row.inner_text()
        row.get_by_role("link", name=words["mark"]).click()
        clicks += 1
        written = page.get_by_role("main").inner_text()
        original = page.get_by_role("link", name=words["original"]).first
        seen = original.is_visible()
        leads_to = original.get_attribute("href") or ""

    assert seen
    assert words["chair"] in chair
    assert words["until"] in said
    assert words["title"] in written
    assert "Verdeling van de opgave" in written
    assert leads_to.startswith("https://www.rijksoverheid.nl/")
    assert clicks == 2


#: Whether what has the focus is within the window.
SEEN = """() => {
  const { top, bottom } = document.activeElement.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}"""
#: Most keys that anything which a visitor looks for is away from where they are.
NEAR = 30


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_meeting_is_two_links_from_where_it_is_written(
    visits: Visits, width: int, *, scripts: bool
) -> None:
    """By its date on the start page, and without a field to fill in."""
    words, window = WORDS["en-GB"], {"width": width, "height": 900}
    with visits(viewport=window, locale="en-GB", java_script_enabled=scripts) as visit:
        page = visit.page
        visit.go("/")
        known = page.get_by_role("region", name="Every known meeting")
        known.get_by_text("18 November 2021", exact=True).click()
        chair = page.get_by_role("region", name="Who chaired").inner_text()
        agreed = page.get_by_role("region", name="What was agreed")
        row = agreed.get_by_role("row").filter(has_text=words["what"])
        row.get_by_role("link", name=words["mark"]).click()
        title = page.get_by_role("main").inner_text()
        original = page.get_by_role("link", name=words["original"]).first

        assert original.is_visible()
        assert "Kajsa Ollongren" in chair
        assert words["title"] in title


@pytest.mark.parametrize("width", [320, 1280])
def test_the_same_is_found_by_keyboard_alone(visits: Visits, width: int) -> None:
    """Past the menu by the first link, and never far from what is looked for."""
    window = {"width": width, "height": 900}
    with visits(viewport=window, locale="nl-NL", reduced_motion="reduce") as visit:
        page = visit.page
        visit.go("/")
        reach(page, "Naar de inhoud")
        reach(page, "Alles over 18 november 2021")
        page.wait_for_url("**/op-datum?datum=2021-11-18")
        chair = page.get_by_role("main").get_by_role("status").first.inner_text()
        reach(page, "Naar de inhoud")
        reach(page, "‘Verdeling van de opgave’")
        page.wait_for_url("**/doc/vindplaats/**")
        reach(page, "Naar de inhoud")
        reach(page, "Lees het origineel", press=False)

    assert "Kajsa Ollongren" in chair


def reach(page: Page, words: str, *, press: bool = True) -> None:
    """Go on by the Tab key to what says these words, and press it; it must be seen."""
    passed: list[str] = []
    while words not in "".join(passed[-1:]):
        assert len(passed) < NEAR, passed
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.innerText || ''"))
    assert page.evaluate(SEEN)
    if press:
        page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_link_to_a_term_unfolds_what_holds_it(
    visits: Visits, *, scripts: bool
) -> None:
    """Terms of other vocabularies are folded, and reached by their anchor."""
    with visits(locale="nl-NL", java_script_enabled=scripts) as visit:
        visit.go("/def/overleg")
        term = visit.page.locator("#org-Membership h3")
        before = term.is_visible()
        visit.go("/def/overleg#org-Membership")
        term.wait_for(state="visible")
        length = visit.page.evaluate("document.documentElement.scrollHeight")

    assert not before
    assert length < 20_000
