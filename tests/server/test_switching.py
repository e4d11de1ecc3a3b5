"""A new release takes over without a failed request; old ones can still be asked."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from graph.current import point
from graph.errors import NoReleaseError
from graph.keeping import prune
from graph.paths import ROOT
from server.caching import Cache
from server.gateway import Gateway
from server.hosting import open_folder
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release
    from server.switching import Switch

    Listen = Callable[[Gateway], AbstractContextManager[str]]
    Answering = Callable[[Switch], AbstractContextManager[httpx.Client]]
    Publish = Callable[[Path, Iterable[str]], Release]

BASE = "https://data.regietafel.example/"
THING = f"{BASE}id/organisatie/ding"
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
QUERY = f"SELECT ?label {{ <{THING}> {LABEL} ?label }}"
SWAPS = 21


@pytest.fixture
def answering(listen: Listen) -> Answering:
    """Return what serves an application on a free port and gives a client of it."""

    @contextmanager
    def serve(switch: Switch) -> Iterator[httpx.Client]:
        gateway = Gateway(switch, switch.state, Cache(1_000_000))
        try:
            with (
                listen(gateway) as url,
                httpx.Client(base_url=url, timeout=60) as client,
            ):
                yield client
        finally:
            switch.close()

    return serve


@pytest.fixture
def two(tmp_path: Path, publish_lines: Publish) -> dict[str, str]:
    """Return the labels that two releases give one thing, by the releases' ids."""
    return {
        publish_lines(
            tmp_path, [f'<{THING}> {LABEL} "{name}"@nl <{BASE}graph/bron/b> .']
        ).manifest.id: name
        for name in ("Eerste uitgave", "Tweede uitgave")
    }


def ask(client: httpx.Client, number: int, mount: str = "") -> httpx.Response:
    """Ask for the same in one of several ways."""
    wish = {"Accept": "text/html"} if number % 3 == 1 else {}
    if number % 3 == 2:
        return client.get(f"{mount}/sparql", params={"query": QUERY, "format": "csv"})
    return client.get(f"{mount}/doc/organisatie/ding", headers=wish)


def swap_under_load(
    url: str, labels: dict[str, str], swap: Callable[[int], None]
) -> tuple[int, set[str]]:
    """Swap while eight clients ask; return the answers given and the releases seen."""
    stop, failures, seen = threading.Event(), list[str](), list[str]()

    def visit(number: int) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            while not stop.is_set():
                number += 1
                try:
                    response = ask(client, number)
                except httpx.HTTPError as error:
                    failures.append(repr(error))
                    continue
                identity = response.headers.get("Regietafel-Release", "")
                seen.append(identity)
                others = [name for key, name in labels.items() if key != identity]
                if (
                    response.status_code != 200
                    or labels[identity] not in response.text
                    or any(name in response.text for name in others)
                ):
                    failures.append(f"{response.status_code} {response.text[:200]}")

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for number in range(SWAPS):
        swap(number)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    return len(seen), set(seen)


def test_no_request_fails_while_releases_change(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """Each answer comes wholly from the release that its header names."""
    switch, known = open_folder(tmp_path, Settings(query_workers=4)), [*two]

    def swap(number: int) -> None:
        point(tmp_path, known[number % 2])
        switch.refresh()

    with answering(switch) as client:
        answers, seen = swap_under_load(str(client.base_url), two, swap)

    assert answers > 5 * SWAPS
    assert seen == set(known)


def test_workers_of_an_old_release_end(tmp_path: Path, two: dict[str, str]) -> None:
    """Also where a request was under way when its release went."""
    first, second = two
    switch = open_folder(tmp_path, Settings())
    old = switch.current
    assert old.enter()

    point(tmp_path, first)
    switch.refresh()

    assert switch.current.release.manifest.id == first
    assert not old.enter()
    assert old.release.manifest.id == second
    assert not old.ended.is_set()
    old.leave()
    assert old.ended.is_set()
    old.retire()
    switch.close()


def test_a_served_folder_is_watched(tmp_path: Path, two: dict[str, str]) -> None:
    """The real command notices a new release without being asked anything."""
    first, second = two
    command = [sys.executable, "-m", "server", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--releases", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        address = process.stdout.readline().split(" at ")[1].strip()
        assert release_at(address, second)
        point(tmp_path, first)
        assert release_at(address, first)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def release_at(address: str, wanted: str) -> bool:
    """Tell whether a server comes to answer from a release."""
    for _ in range(200):
        try:
            found = httpx.get(address, timeout=5).headers.get("Regietafel-Release")
        except httpx.HTTPError:
            found = None
        if found == wanted:
            return True
        time.sleep(0.1)
    return False


def test_an_old_release_is_asked_by_its_id(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """Pages, RDF and queries alike, in whatever order; and so is the current one."""
    with answering(open_folder(tmp_path, Settings())) as client:
        for identity, label in [*two.items(), *two.items()]:
            for number in range(3):
                response = ask(client, number, f"/release/{identity}")
                assert response.status_code == 200
                assert response.headers["Regietafel-Release"] == identity
                assert label in response.text
            assert client.get(f"/release/{identity}").status_code == 200


def test_links_of_an_old_release_stay_in_it(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """No link leads to another release, but for the notice that says so."""
    mount = f"/release/{next(iter(two))}"
    with answering(open_folder(tmp_path, Settings())) as client:
        for path in ("/", "/doc", "/doc/organisatie/ding", "/sparql", "/graph", "/nix"):
            page = client.get(mount + path, headers={"Accept": "text/html"}).text
            notices = re.findall('<p class="banner">.*?</p>', page)
            assert f'href="{path}"' in "".join(notices)
            for notice in notices:
                page = page.replace(notice, "")
            links = [part.partition('"')[0] for part in page.split('href="/')[1:]]
            links += [part.partition('"')[0] for part in page.split('action="/')[1:]]
            assert links
            assert all(f"/{link}".startswith(f"{mount}/") for link in links), path
        led = client.get(f"{mount}/id/organisatie/ding")
        assert led.headers["Location"] == f"{mount}/doc/organisatie/ding"


def test_what_is_counted_is_told_at_one_address(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """A proxy that fences `/metrics` need not know of releases."""
    with answering(open_folder(tmp_path, Settings())) as client:
        for identity in two:
            assert client.get(f"/release/{identity}/metrics").status_code == 404
        assert client.get("/metrics").status_code == 200


def test_a_pruned_release_is_gone_and_an_unknown_one_unknown(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """410 for the one, also when it was just being asked, 404 for the other."""
    first, second = two
    with answering(open_folder(tmp_path, Settings())) as client:
        path = f"/release/{first}/doc/organisatie/ding"
        assert client.get(path).status_code == 200

        prune(tmp_path, keep=1)

        assert client.get(path).status_code == 410
        assert client.get(path).json()["code"] == "gone-release"
        assert client.get(f"/release/{'0' * 16}/sparql").status_code == 404
        assert client.get("/release/x/sparql").status_code == 404
        assert client.get(f"/release/{second}/doc/organisatie/ding").is_success


def test_no_page_tells_of_a_release_that_has_gone(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """Pruning changes no current release, and still empties the cache."""
    first, second = two
    with answering(switch := open_folder(tmp_path, Settings())) as client:
        before = [client.get("/releases") for _ in range(2)]
        assert before[1].headers["Cache-Status"].endswith("hit")
        assert first in before[1].text

        prune(tmp_path, keep=1)
        switch.refresh()

        after = client.get("/releases").text
        assert second in after
        assert first not in after


def test_more_releases_are_asked_than_are_held_open(
    answering: Answering, tmp_path: Path, publish_lines: Publish
) -> None:
    """The one that was asked longest ago is closed, and opened again when asked."""
    made = [
        publish_lines(tmp_path, [f'<{THING}> {LABEL} "{n}"@nl <{BASE}graph/bron/b> .'])
        for n in range(7)
    ]
    with answering(open_folder(tmp_path, Settings(query_workers=1))) as client:
        for release in [*made, made[0]]:
            response = client.get(
                f"/release/{release.manifest.id}/doc/organisatie/ding"
            )
            assert response.headers["Regietafel-Release"] == release.manifest.id


@pytest.mark.parametrize("harm", ["manifest.json", "graphs.tsv", "store/CURRENT"])
def test_a_damaged_release_does_not_take_over(
    answering: Answering, tmp_path: Path, two: dict[str, str], harm: str
) -> None:
    """The old one goes on; once the damage is mended the new one comes."""
    first, second = two
    whole = shutil.copytree(tmp_path / first, tmp_path / ".whole")
    with answering(switch := open_folder(tmp_path, Settings())) as client:
        (tmp_path / first / harm).unlink()
        point(tmp_path, first)
        switch.refresh()
        assert client.get("/").headers["Regietafel-Release"] == second
        assert client.get(f"/release/{first}/").status_code == 404

        shutil.rmtree(tmp_path / first)
        whole.rename(tmp_path / first)
        point(tmp_path, first)
        switch.refresh()
        assert client.get("/").headers["Regietafel-Release"] == first


def test_a_release_that_fails_when_tried_does_not_take_over(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """A store whose bytes are spoilt, which only shows when it is read."""
    first, second = two
    for path in (tmp_path / first / "store").glob("*.sst"):
        path.write_bytes(bytes(len(path.read_bytes())))
    with answering(switch := open_folder(tmp_path, Settings())) as client:
        point(tmp_path, first)
        switch.refresh()

        assert client.get("/").headers["Regietafel-Release"] == second


def test_a_folder_that_loses_its_link_goes_on(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """Nothing current is no reason to stop."""
    with answering(switch := open_folder(tmp_path, Settings())) as client:
        (tmp_path / "current").unlink()
        switch.refresh()

        assert client.get("/").headers["Regietafel-Release"] == [*two][-1]


def test_a_folder_without_a_release_is_not_served(tmp_path: Path) -> None:
    """As the command says it."""
    with pytest.raises(NoReleaseError):
        open_folder(tmp_path, Settings())


def test_a_release_that_cannot_be_searched_says_so(
    answering: Answering, tmp_path: Path, two: dict[str, str]
) -> None:
    """Only the search and the lists of kinds need its index."""
    _, second = two
    (tmp_path / second / "search.db").write_bytes(b"")
    with answering(open_folder(tmp_path, Settings())) as client:
        for path in ("/search?q=ding", "/doc", "/doc/organisatie"):
            response = client.get(path)
            assert response.status_code == 503, path
            assert response.json()["code"] == "no-search"
        assert client.get("/doc/organisatie/ding").is_success
        unknown = client.get("/doc/organisatie/x", headers={"Accept": "text/html"})
        assert unknown.status_code == 404
        assert "zoekindex" in client.get("/doc", headers={"Accept": "text/html"}).text
