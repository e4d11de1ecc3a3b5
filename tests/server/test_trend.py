"""Three releases of one graph, built one after another: what happened can be seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import html5lib
import pytest
from werkzeug.test import Client

from benchmarks.generate import lines
from graph.building import build
from server.hosting import open_folder
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from werkzeug.test import TestResponse

PUBLISHER: Final = "<http://purl.org/dc/terms/publisher>"
#: Documents without a publisher in each release, of which the gate warns.
LOST: Final = (0, 3, 1)
PAGE: Final = {"Accept": "text/html", "Accept-Language": "nl"}


class Built(NamedTuple):
    """What was built: the ids of the releases, and the documents that lost a fact."""

    ids: list[str]
    lost: list[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the three releases."""
    return tmp_path_factory.mktemp("trend")


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    """Build the three releases through the gate."""
    stated = list(lines(3000))
    subjects = sorted({x.split(" ")[0] for x in stated if f" {PUBLISHER} " in x})
    lost = subjects[: max(LOST)]
    ids = []
    for number in LOST:
        without = tuple(f"{node} {PUBLISHER} " for node in lost[:number])
        data = folder / "data.nq"
        kept = [x for x in stated if not (without and x.startswith(without))]
        data.write_text("".join(kept), encoding="utf-8")
        ids.append(build(folder / "releases", files=[data])[0].manifest.id)
    return Built(ids, [node.strip("<>") for node in lost])


@pytest.fixture(scope="module")
def client(folder: Path, built: Built) -> Iterator[Client]:
    """Return a client of the folder, which then has its last release as current."""
    assert len(set(built.ids)) == len(LOST)
    switch = open_folder(folder / "releases", Settings(query_workers=1))
    yield Client(switch)
    switch.close()


def get(client: Client, path: str, **headers: str) -> TestResponse:
    """Ask for a page, or for what the headers say, and read it all."""
    return client.get(path, headers=PAGE | headers, buffered=True)


def rows_of(page: str, caption: str) -> list[list[str]]:
    """Return the cells of the table with a caption, row by row, without its head."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (table,) = (item for item in tree.iter("table") if words(item[0]) == caption)
    return [[words(cell) for cell in row] for row in table.iter("tr")][1:]


def words(item: Element) -> str:
    """Return the text of an element."""
    return " ".join("".join(item.itertext()).split())


def test_the_trend_tells_what_the_gate_found_in_each_release(
    client: Client, built: Built
) -> None:
    """The newest first, with its day; also seen from an earlier release."""
    for mount in ("", f"/release/{built.ids[0]}"):
        page = get(client, f"{mount}/kwaliteit").text
        rows = rows_of(page, "Bevindingen per uitgave")

        assert [row[0] for row in rows] == [*reversed(built.ids)]
        assert [row[2:] for row in rows] == [
            ["0", str(number), "0"] for number in reversed(LOST)
        ]
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row[1]) for row in rows)
        for identity in built.ids:
            [link] = set(re.findall(rf'href="([^"]*/releases/{identity}[^"]*)"', page))
            assert identity in get(client, link).text


def test_the_page_of_each_release_tells_its_own_findings(
    client: Client, built: Built
) -> None:
    """And those alone."""
    for identity, number in zip(built.ids, LOST, strict=True):
        page = get(client, f"/release/{identity}/kwaliteit").text
        assert page.count('<article class="finding"') == number


def test_each_release_tells_what_changed(client: Client, built: Built) -> None:
    """The documents that lost a fact in the second, and got it back in the third."""
    second = get(client, f"/releases/{built.ids[1]}").text
    third = get(client, f"/releases/{built.ids[2]}").text
    feed = get(client, "/releases.atom").text

    for number, node in enumerate(built.lost):
        path = node.partition("/id/")[2]
        assert path in second
        assert (path in third) == (number >= LOST[2])
    assert [feed.find(identity) for identity in built.ids] == sorted(
        (feed.find(identity) for identity in built.ids), reverse=True
    )


def test_what_a_release_said_of_a_thing_can_be_read_again(
    client: Client, built: Built
) -> None:
    """Three mementos, of which the second lacks the fact, and the third for one."""
    for number, node in enumerate(built.lost):
        path = f"doc/{node.partition('/id/')[2]}"
        told = get(client, f"/timemap/{path}", Accept="application/link-format").text
        found = re.findall(r'<([^>]+)>; rel="[a-z ]*memento"', told)
        texts = [
            get(client, href, Accept="application/n-triples").text for href in found
        ]

        assert [href.split("/release/")[1][:16] for href in found] == built.ids
        assert [f"<{node}> {PUBLISHER} " in text for text in texts] == [
            number >= lost for lost in LOST
        ]
