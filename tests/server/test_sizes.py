"""How long pages are: every type of page, in both languages, as HTML unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx


#: Bytes of HTML that a page may have, without what it shares with others.
BUDGET = 60_000
#: A page of each type.
PAGES = (
    "/",
    "/about",
    "/afspraken",
    "/api",
    "/backlinks?of=organisatie:lrt",
    "/backlinks?of=organisatie:lrt&by=org:postIn",
    "/bronnen",
    "/cijfers",
    "/doc",
    "/doc/afspraak/uitvoeringsagenda-2020",
    "/doc/begrip",
    "/doc/begrip/rol-lid",
    "/doc/dataset/taakstellingen",
    "/doc/document",
    "/doc/dossier/35210-vi",
    "/doc/functie/minister-bzk",
    "/doc/organisatie",
    "/doc/organisatie/coa",
    "/doc/overleg/lrt-2021-11-18",
    "/doc/periode/2021-12-20",
    "/doc/persoon/klijnsma-j",
    "/doc/tegenspraak/voorzitter-organisatie-lrt",
    "/doc/toezegging/t02933",
    "/doc/vindplaats/rijk-2021-11-19-verdeling-van-de-opgave",
    "/doc/zetel/lrt-vng",
    "/dossiers",
    "/kwaliteit",
    "/op-datum",
    "/op-datum?datum=2021-11-18",
    "/overleggen",
    "/privacy",
    "/queries",
    "/queries/who-chaired",
    "/releases",
    "/samen",
    "/samen?persoon=klijnsma-j",
    "/search?q=huisvesting",
    "/sparql",
    "/tegenspraken",
    "/toegankelijkheid",
    "/toezeggingen",
)
#: Pages that are longer, how long they may be, and why they are not parted.
LONGER = {
    # Eight drawings of the table with the most that is known, on one scale of time.
    "/tijdlijn/lrt": 75_000,
    # The thing that most others point at: ten lists of what does, three of each; and of
    # what many say a query for all who do.
    "/doc/organisatie/lrt": 78_000,
    # A letter with all that was taken from it.
    "/doc/document/brief-2021-12-20-jenv-lrt": 72_000,
    # Each class and property with its uses, and what each file holds.
    "/dataset": 95_000,
    # Terms and shapes are named by a fragment, so that one page must hold them all.
    "/def/overleg": 210_000,
    "/def/overleg-shapes": 160_000,
    # The statements of a graph, each with its terms in words, up to a bound.
    "/graph/bron/brief-2021-12-20-jenv-lrt": 90_000,
    # Every named graph of the release, by family, to be searched within the page.
    "/graph": 140_000,
}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("path", [*PAGES, *LONGER])
def test_a_page_is_not_longer_than_it_need_be(
    browser_client: httpx.Client, path: str, language: str
) -> None:
    """Less than 60 KB of HTML; what is longer says why, and has a bound as well."""
    answer = browser_client.get(path, headers={"Accept-Language": language})

    assert answer.status_code == 200
    assert len(answer.content) < LONGER.get(path, BUDGET)
