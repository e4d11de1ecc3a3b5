"""The real server, two processes of it, while one release follows upon another."""

from __future__ import annotations

import itertools
import re
import threading
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx
import pytest

from graph.current import point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release

    Publish = Callable[[Path, Iterable[str]], Release]
    Served = Callable[..., AbstractContextManager[str]]

BASE: Final = "https://data.regietafel.example/"
THING: Final = f"{BASE}id/organisatie/ding"
LABEL: Final = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
QUERY: Final = f"SELECT ?label {{ <{THING}> {LABEL} ?label }}"
#: A row for each of a hundred thousand pairs, each with the label.
LONG: Final = (
    f"SELECT ?label ?a ?b ?c {{ <{THING}> {LABEL} ?label "
    + " ".join(f"VALUES ?{v} {{ {' '.join(map(str, range(46)))} }}" for v in "abc")
    + " }"
)
ROWS: Final = 46**3
NAMED: Final = re.compile(r"Uitgave [a-z]+")
CLIENTS: Final = 8
RELEASES: Final = 7
#: Seconds from one swap to the next, and how many there are.
PERIOD: Final = 0.3
SWAPS: Final = 30


class Answer(NamedTuple):
    """What a client got on one connection: from which release, and when it began."""

    release: str
    labels: set[str]
    status: int
    latest: int


class Swapping:
    """A folder whose current release changes; it knows the order of the changes."""

    def __init__(self, folder: Path, labels: dict[str, str]) -> None:
        """Take the folder and the labels that its releases give to one thing."""
        self.labels = labels
        self.order = [next(reversed(labels))]
        self._folder = folder
        self._next = itertools.cycle(labels)

    def swap(self) -> None:
        """Make the next release current; it counts as soon as it may be seen."""
        self.order.append(next(self._next))
        point(self._folder, self.order[-1])

    def assert_true(self, answers: list[Answer]) -> None:
        """See that the answers on a connection follow the releases, never back."""
        at = 0
        for answer in answers:
            assert answer.status == 200
            assert answer.labels == {self.labels[answer.release]}
            at = self.order.index(answer.release, at)
            assert at <= answer.latest


@pytest.fixture
def swapping(tmp_path: Path, publish_lines: Publish) -> Swapping:
    """Return a folder of releases that differ in the label of one thing."""
    names = [f"Uitgave {letter * 3}" for letter in "abcdefghijk"[:RELEASES]]
    lines = [f'<{THING}> {LABEL} "{name}"@nl <{BASE}graph/bron/b> .' for name in names]
    made = [publish_lines(tmp_path, [line]).manifest.id for line in lines]
    return Swapping(tmp_path, dict(zip(made, names, strict=True)))


@pytest.fixture
def address(served: Served, tmp_path: Path, swapping: Swapping) -> Iterator[str]:
    """Return the address of a server of that folder, of two processes."""
    assert swapping.order
    with served(
        *("serve", "--releases", str(tmp_path), "--processes", "2"),
        *("--requests-per-minute", "0", "--queries-per-minute", "0"),
        *("--citations", str(tmp_path / "citations.db"), "--query-workers", "2"),
    ) as found:
        yield found


def ask(client: httpx.Client, number: int) -> httpx.Response:
    """Ask for the label, as a page, as RDF and by a query that is like no other."""
    if number % 3:
        wish = "text/html" if number % 3 == 1 else "text/turtle"
        return client.get("/doc/organisatie/ding", headers={"Accept": wish})
    query = f"{QUERY} # {number}"
    return client.get("/sparql", params={"query": query, "format": "csv"})


def test_no_request_fails_and_none_goes_back_while_releases_follow(
    address: str, swapping: Swapping
) -> None:
    """On each connection answers come from the releases in their order, each whole."""
    ended, failures = threading.Event(), list[str]()
    given: list[list[Answer]] = [[] for _ in range(CLIENTS)]

    def visit(place: int) -> None:
        with httpx.Client(base_url=address, timeout=60) as client:
            for number in itertools.count(place * 1_000_000):
                if ended.is_set():
                    return
                try:
                    found = ask(client, number)
                except httpx.HTTPError as error:
                    failures.append(repr(error))
                    return
                latest = len(swapping.order) - 1
                release = found.headers.get("Regietafel-Release", "")
                labels = {*NAMED.findall(found.text)}
                given[place].append(Answer(release, labels, found.status_code, latest))

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for _ in range(SWAPS):
        swapping.swap()
        time.sleep(PERIOD)
    ended.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert all(given)
    for answers in given:
        swapping.assert_true(answers)
    assert len({item.release for answers in given for item in answers}) > 2
    assert_settled(address, swapping.order[-1])


def assert_settled(address: str, release: str) -> None:
    """See that every process comes to answer from a release, and goes on to."""
    until = time.monotonic() + 60
    streak = 0
    while streak < 2 * CLIENTS:
        found = httpx.get(f"{address}/doc/organisatie/ding", timeout=60)
        streak = (streak + 1) * (found.headers["Regietafel-Release"] == release)
        assert time.monotonic() < until


def test_an_answer_under_way_ends_on_its_release(
    address: str, swapping: Swapping
) -> None:
    """However many releases follow while its client reads."""
    rows, labels = -1, set[str]()
    query = {"query": LONG, "format": "csv", "timeout": "30"}
    with httpx.stream("GET", f"{address}/sparql", params=query, timeout=60) as found:
        for number, line in enumerate(found.iter_lines()):
            rows += 1
            labels.update(NAMED.findall(line))
            if number in {1, 500, 20_000, 60_000}:
                swapping.swap()
                time.sleep(0.8)
        release = found.headers["Regietafel-Release"]
    assert_settled(address, swapping.order[-1])

    assert rows == ROWS
    assert labels == {swapping.labels[release]}
    assert release == swapping.order[0]
