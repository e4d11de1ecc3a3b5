"""What the gateway refuses by itself is told to people on a page, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import html5lib
import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from server import gateway
from server.caching import Cache
from server.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Listen = Callable[[Gateway], AbstractContextManager[str]]

TITLES = {"nl": "Het is nu te druk", "en": "Too busy just now"}


@pytest.fixture
def crowded(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of a gateway with room for nobody."""
    monkeypatch.setattr(gateway, "QUEUE", -gateway.THREADS)
    with listen(Gateway(lambda *_: [], lambda: ("a", 0), Cache(0))) as url:
        yield url


@pytest.mark.parametrize("language", list(TITLES))
@pytest.mark.parametrize("chosen", [True, False])
def test_people_get_a_page_in_their_language(
    crowded: str, language: str, *, chosen: bool
) -> None:
    """It is valid, says when to come back, and lets nothing be fetched."""
    spoken = {"Accept": "text/html", "Accept-Language": "" if chosen else language}
    asked = {"lang": language} if chosen else {}
    answer = httpx.get(f"{crowded}/sparql", params=asked, headers=spoken)
    html5lib.HTMLParser(strict=True).parse(answer.text)

    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Retry-After"] == "2"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert f'<html lang="{language}">' in answer.text
    assert f"<h1>{TITLES[language]}</h1>" in answer.text


def test_programs_get_json(
    crowded: str, assert_problem: Callable[..., dict[str, Any]]
) -> None:
    """As with every other problem, and with what every answer carries."""
    answer = httpx.get(f"{crowded}/sparql", params={"query": "ASK {}"})

    assert_problem(answer, 503, "overloaded")
    assert answer.headers["Regietafel-Release"] == "a"
    assert "total;dur=" in answer.headers["Server-Timing"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_page_is_accessible(
    crowded: str, visits: Callable[..., AbstractContextManager[Any]]
) -> None:
    """In the colours of the other pages; its link asks the same again."""
    with visits(address=crowded, viewport={"width": 320, "height": 900}) as visit:
        visit.go("/search?q=opvang", 503)
        found = Axe().run(visit.page).response["violations"]
        again = visit.page.get_by_role("link").get_attribute("href")
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        ground = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    assert again == ""
    assert wide == 320
    assert ground == "rgb(245, 244, 239)"
