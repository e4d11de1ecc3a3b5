"""What visitors do in a real browser, who have never heard of RDF and type no query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

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
