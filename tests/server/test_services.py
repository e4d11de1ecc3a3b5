"""Queries that ask other endpoints, in a network with public addresses of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from graph.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.releasing import Release

    Check = Callable[..., dict[str, Any]]

HERE = Path(__file__).parent
GOOD = "http://endpoint.example:7001/query"
LIAR = "http://endpoint.example:7002"
TABLE = "https://data.regietafel.example/id/organisatie/lrt"
JOIN = (
    f"SELECT ?kind ?known {{ <{TABLE}> a ?kind SERVICE <{GOOD}> "
    f"{{ <{TABLE}> <urn:x:known> ?known }} }}"
)
#: A network in which nothing leads outside, and a host of it is at a public address.
ALONE = (
    "mount --bind hosts /etc/hosts && ip link set lo up && "
    'ip address add 198.41.0.4/32 dev lo && exec "$@"'
)
HOSTS = "127.0.0.1 localhost inner.example\n198.41.0.4 endpoint.example\n"
CHROME = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "nl",
}


@pytest.fixture(scope="module")
def apart(
    releases: Path, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Return the folder of a server that has a network of its own."""
    del release
    folder = tmp_path_factory.mktemp("apart")
    (folder / "hosts").write_text(HOSTS, encoding="ascii")
    alone = ["unshare", "--net", "--mount", "sh", "-c", ALONE, "sh"]
    tried = subprocess.run(
        [*alone, "true"], cwd=folder, check=False, capture_output=True, text=True
    )
    if tried.returncode:
        pytest.skip(f"no network of its own can be made here: {tried.stderr}")
    command = [*alone, sys.executable, str(HERE / "apart.py"), str(folder)]
    process = subprocess.Popen(
        [*command, str(releases)],
        cwd=folder,
        stdin=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        yield folder
    finally:
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def there(apart: Path) -> Iterator[httpx.Client]:
    """Return a client of that server."""
    while not (apart / "http").exists():
        time.sleep(0.1)
    transport = httpx.HTTPTransport(uds=str(apart / "http"))
    with httpx.Client(transport=transport, base_url="http://there", timeout=60) as made:
        for _ in range(300):
            try:
                if made.get("/readyz").status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield made


def ask(client: httpx.Client, query: str, **headers: str) -> httpx.Response:
    """Ask a query."""
    return client.get("/sparql", params={"query": query}, headers=headers)


def test_an_answer_joins_what_is_here_and_elsewhere(there: httpx.Client) -> None:
    """The header says who had a part in it, and nobody keeps it."""
    first, second = ask(there, JOIN), ask(there, JOIN)

    rows = first.json()["results"]["bindings"]
    assert {row["known"]["value"] for row in rows} == {"elsewhere"}
    assert any(row["kind"]["value"].endswith("#ConsultationBody") for row in rows)
    assert first.headers["Regietafel-Services"] == f'"{GOOD}"'
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"]
    assert first.headers["Cache-Control"] == "no-store"
    assert "ETag" not in first.headers
    assert "hit" not in second.headers["Cache-Status"]


def test_every_kind_of_query_may_ask_another(there: httpx.Client) -> None:
    """ASK, CONSTRUCT and DESCRIBE as well, and on an earlier address of the release."""
    clause = f"SERVICE <{GOOD}> {{ ?table <urn:x:known> ?known }}"
    graph = ask(there, f"CONSTRUCT {{ ?table <urn:x:y> ?known }} {{ {clause} }}")
    described = ask(there, f"DESCRIBE ?table {{ {clause} }}")
    identity = graph.headers["Regietafel-Release"]
    fixed = there.get(f"/release/{identity}/sparql", params={"query": JOIN})

    assert ask(there, f"ASK {{ {clause} }}").json()["boolean"] is True
    assert "elsewhere" in graph.text
    assert "ConsultationBody" in described.text
    assert fixed.headers["Cache-Control"] == "no-store"
    assert fixed.json() == ask(there, JOIN).json()


@pytest.mark.parametrize(
    ("endpoint", "status", "code", "reason"),
    [
        (f"{LIAR}/slow", 504, "service-slow", "time"),
        (f"{LIAR}/status", 502, "service-answer", "status 500"),
        (f"{LIAR}/elsewhere", 502, "service-answer", "another address"),
        (f"{LIAR}/huge", 502, "service-answer", "larger"),
        ("http://endpoint.example:7003/down", 502, "service-answer", "connection"),
        ("http://inner.example:7002/rows", 502, "service-answer", "not public"),
    ],
)
def test_what_another_does_wrong_is_told_and_can_be_done_without(  # noqa: PLR0913, PLR0917  a table
    there: httpx.Client,
    assert_problem: Check,
    endpoint: str,
    status: int,
    code: str,
    reason: str,
) -> None:
    """The problem names the endpoint and what is the matter; SILENT goes on."""
    clause = f"<{endpoint}> {{ ?a ?b ?c }}"
    problem = assert_problem(ask(there, f"ASK {{ SERVICE {clause} }}"), status, code)
    silent = ask(there, f"SELECT (1 AS ?n) {{ SERVICE SILENT {clause} }}")
    page = ask(there, f"SELECT (1 AS ?n) {{ SERVICE SILENT {clause} }}", **CHROME)

    assert problem["endpoint"] == endpoint
    assert reason in problem["reason"]
    assert silent.json()["results"]["bindings"][0]["n"]["value"] == "1"
    assert silent.headers["Regietafel-Services"].startswith(f'"{endpoint}";failed="')
    assert f"{endpoint} droeg niets bij aan dit antwoord" in page.text


def test_what_is_not_on_the_list_is_never_asked(
    there: httpx.Client, apart: Path, assert_problem: Check
) -> None:
    """The answer lists what may be asked; a check of a query asks nobody."""
    before = (apart / "asked").read_text() if (apart / "asked").exists() else ""
    for place in (f"<{LIAR}/rows>", "?e", "<file:///etc/passwd>"):
        problem = assert_problem(
            ask(there, f"ASK {{ SERVICE {place} {{ ?a ?b ?c }} }}"),
            403,
            "service-refused",
        )
        assert GOOD in problem["allowed"]
    checked = there.post(
        "/sparql/check",
        data={"query": f"ASK {{ SERVICE <{LIAR}/status> {{ ?a ?b ?c }} }}"},
    )
    wrong = f"ASK {{ SERVICE <{LIAR}/status> {{ ?a ?b }} }}"
    alike = wrong.replace("SERVICE", "GRAPH  ")
    broken, plain = (
        there.post("/sparql/check", data={"query": query}).json()
        for query in (wrong, alike)
    )

    assert checked.json() == {}
    assert broken["column"] == plain["column"] > len("ASK { SERVICE <")
    assert ((apart / "asked").read_text() if before else "") == before


def test_the_page_says_who_was_asked(there: httpx.Client) -> None:
    """It lists what may be asked, and offers no citation of what is in no release."""
    empty = there.get("/sparql", headers=CHROME).text
    page = ask(there, JOIN, **CHROME)
    refused = ask(there, "ASK { SERVICE ?e { ?a ?b ?c } }", **CHROME)
    failed = ask(there, f"ASK {{ SERVICE <{LIAR}/status> {{ ?a ?b ?c }} }}", **CHROME)

    assert f"SERVICE &lt;{GOOD}&gt;" in empty
    assert f"Ook bevraagd: {GOOD}" in page.text
    assert 'action="/cite"' not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert refused.status_code == 403
    assert "Schrijf SERVICE &lt;adres&gt; { … }" in refused.text
    assert failed.status_code == 502
    assert f"bevraagt met SERVICE ook {LIAR}/status" in failed.text


def test_an_answer_of_others_cannot_be_cited(
    there: httpx.Client, assert_problem: Check
) -> None:
    """A citation promises that it can be asked again."""
    refused = there.post("/cite", data={"query": JOIN})
    cited = there.post("/cite", data={"query": "ASK {} # SERVICE"})

    assert_problem(refused, 400, "citation-federated")
    assert cited.status_code == 201


def test_only_a_service_that_asks_others_says_that_it_does(
    there: httpx.Client, client: httpx.Client
) -> None:
    """sd:BasicFederatedQuery is true of one and not of the other."""
    feature = "http://www.w3.org/ns/sparql-service-description#BasicFederatedQuery"
    accept = {"Accept": "application/n-triples"}

    assert feature in there.get("/sparql", headers=accept).text
    assert feature not in client.get("/sparql", headers=accept).text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--service", "file:///etc/passwd"], "https://"),
        (["--service", "http://name:secret@h/"], "An endpoint"),
        (["--service", "http://h/?x=y"], "query or a fragment"),
        (["--service", "http://h/", "--store", "http://h/"], "--store"),
    ],
)
def test_a_list_that_cannot_be_asked_ends_the_command(
    arguments: list[str], told: str
) -> None:
    """Before anything is served, and without repeating a password."""
    done = subprocess.run(
        [sys.executable, "-m", "server", "serve", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode
    assert told in done.stderr + done.stdout
    assert "secret" not in done.stderr + done.stdout
