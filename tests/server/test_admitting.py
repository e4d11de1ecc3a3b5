"""A client that asks too much is told to wait, and keeps no one else waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.workers import QueryWorkers
from server.admitting import Admission, client_of
from server.app import create_app
from server.errors import TooManyCitationsError, TooManyRequestsError
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from graph.releasing import Release

CLIENT = {"REMOTE_ADDR": "203.0.113.7"}
OTHER = {"REMOTE_ADDR": "203.0.113.8"}
#: After how many requests more a limit shows for sure: where a minute of the clock ends
#: amid them, what came before it counts a little less.
LATER = 4


@pytest.fixture(scope="module")
def strict(release: Release) -> Iterator[Callable[..., FlaskClient]]:
    """Return a maker of clients of an application with these settings."""
    workers = QueryWorkers(release.store_path)
    yield lambda **chosen: create_app(
        release, workers, Settings(**chosen)
    ).test_client()
    workers.close()


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", None),
        ("127.8.8.8", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("/run/socket", None),
        ("", None),
        (None, None),
    ],
)
def test_a_client_is_an_address_or_a_network(
    address: str | None, client: str | None
) -> None:
    """Of IPv6 a client holds a network; this machine is nobody."""
    assert client_of(address) == client


def test_who_asks_too_much_is_told_how_long_to_wait(
    strict: Callable[..., FlaskClient],
) -> None:
    """429 names the limit, the seconds and the dumps; others are not held up."""
    client = strict(requests_per_minute=3)

    answers = [client.get("/graph", environ_base=CLIENT) for _ in range(3 + LATER)]
    other = client.get("/graph", environ_base=OTHER)
    last: Any = answers[-1]

    assert [item.status_code for item in answers[:3]] == [200, 200, 200]
    assert last.status_code == 429
    assert other.status_code == 200
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert last.json["code"] == "too-many"
    assert last.json["limit"] == 3
    assert last.json["dumps"] == "/dataset"
    assert last.json["retry_after"] == int(last.headers["Retry-After"])


def test_a_person_who_asks_too_much_gets_a_page(
    strict: Callable[..., FlaskClient],
) -> None:
    """The page says what to do and leads to the dumps."""
    client = strict(requests_per_minute=1)
    headers = {"Accept": "text/html", "Accept-Language": "en"}

    for _ in range(LATER):
        client.get("/graph", environ_base=CLIENT)
    page = client.get("/graph", environ_base=CLIENT, headers=headers)

    assert page.status_code == 429
    assert "Not so fast" in page.text
    assert 'href="/dataset' in page.text


def test_one_client_cites_a_part_of_what_all_may() -> None:
    """Nobody fills the file of citations alone, or keeps others from citing."""
    admission = Admission(Settings(citations_per_hour=20))
    address = CLIENT["REMOTE_ADDR"]

    for _ in range(2):
        admission.admit(address, "/cite", "POST")

    with pytest.raises(TooManyCitationsError, match="No more than 2 "):
        admission.admit(address, "/cite", "POST")
    admission.admit(address, "/cite/abcdefghijkl")
    admission.admit(OTHER["REMOTE_ADDR"], "/cite", "POST")


def test_queries_are_counted_apart(strict: Callable[..., FlaskClient]) -> None:
    """Who has asked all the queries of a minute may still read pages."""
    client = strict(queries_per_minute=1)
    path = "/sparql?query=ASK%7B%7D"

    answers = [client.get(path, environ_base=CLIENT) for _ in range(1 + LATER)]

    assert (answers[0].status_code, answers[-1].status_code) == (200, 429)
    assert client.get("/graph", environ_base=CLIENT).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_who_watches_the_service_is_never_refused(
    strict: Callable[..., FlaskClient], path: str
) -> None:
    """A probe that is refused would restart a service that is well."""
    client = strict(requests_per_minute=1)

    statuses = {client.get(path, environ_base=CLIENT).status_code for _ in range(5)}

    assert statuses == {200}


def test_an_address_counts_as_forwarded_only_by_a_trusted_proxy(
    strict: Callable[..., FlaskClient],
) -> None:
    """Who invents an address is known by the one it has."""
    claim = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(1 + LATER)]
    open_to_all = strict(requests_per_minute=1)
    behind = strict(requests_per_minute=1, trusted_proxies=1)

    def ask(client: FlaskClient) -> list[int]:
        return [
            client.get("/graph", environ_base=CLIENT, headers=item).status_code
            for item in claim
        ]

    refused = ask(open_to_all)
    assert (refused[0], refused[-1]) == (200, 429)
    assert set(ask(behind)) == {200}


def test_no_limit_is_no_limit() -> None:
    """An operator may leave limits to the proxy."""
    admission = Admission(Settings(requests_per_minute=0))

    for _ in range(5_000):
        admission.admit("203.0.113.7", "/")


def test_the_window_is_one_for_all_releases() -> None:
    """A limit cannot be got round by asking another release."""
    admission = Admission(Settings(requests_per_minute=1))
    admission.admit("203.0.113.7", "/graph")

    with pytest.raises(TooManyRequestsError):
        admission.admit("203.0.113.7", "/doc/organisatie/lrt")
