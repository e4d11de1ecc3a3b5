"""The same pages, search, linked data and queries, wherever the release is stored.

Each test runs on the embedded store, on `oxigraph serve` and on Virtuoso 7, all three
as they are: a release is pushed with `regietafel push` and served with `--store`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest

from graph.formats import NQUADS
from graph.namespaces import DEFAULT_BASE
from graph.paths import QUERIES, ROOT
from graph.store import serialise
from graph.terms import Iri
from server.questions import read_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from graph.releasing import Release
    from server.questions import Question

    Publish = Callable[[Path, Iterable[str]], Release]
    Served = Callable[..., AbstractContextManager[str]]

HERE = Path(__file__).parent
FROM_REGISTER = f"SELECT ?s FROM <{DEFAULT_BASE}graph/register> WHERE {{ ?s ?p ?o }}"  # noqa: S608  SPARQL
PUSH = (sys.executable, "-m", "server", "push")
#: What is asked here is what is answered, however busy this machine is.
PATIENT = (
    *("--query-timeout", "60", "--query-timeout-max", "60"),
    *("--page-timeout", "60", "--store-timeout", "60"),
)
HTML = {"Accept": "text/html", "Accept-Language": "nl"}
QUESTIONS = read_questions(DEFAULT_BASE)
PAGES = [
    "/",
    "/?lang=en",
    "/doc",
    "/doc/overleg",
    "/doc/document?page=2",
    "/doc/organisatie/lrt",
    "/doc/organisatie/lrt?lang=en",
    "/doc/document/brief-2021-12-20-jenv-lrt",
    "/doc/organisatie/niks",
    "/graph",
    "/graph/register",
    "/graph/bron/brief-2021-12-20-jenv-lrt",
    "/def/overleg",
    "/def/overleg-shapes",
    "/search?q=staatssecretaris",
    "/search?q=gemeent",
    "/sparql",
]
#: Virtuoso keeps values and not how they were written; see docs/decisions/0051.
SAME_MOMENT = (("+00:00", "Z"),)
#: What became of a thing from release to release is told by the folder of releases.
HISTORY = re.compile(r'<ol class="events".*?</ol>\n?', re.DOTALL)


class Elsewhere(NamedTuple):
    """A store that runs: where it is queried, and where graphs are put into it."""

    query: str
    graphs: str


@contextmanager
def running(command: list[str], place: Path, address: str) -> Iterator[None]:
    """Run a store until it is no longer needed; it must answer within a minute."""
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=place, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 60
            while not _answers(address):
                assert process.poll() is None, (place / "log").read_text()
                assert time.monotonic() < deadline, f"{command[0]} does not start"
                time.sleep(0.1)
            yield
        finally:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, params={"query": "ASK {}"}).is_success
    except httpx.HTTPError:
        return False


def command_of(name: str) -> str:
    """Return the path of a store's command; CI has it, elsewhere it may be missing."""
    found = shutil.which(name) or shutil.which(name, path=Path(sys.executable).parent)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"{name} is not installed")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture(scope="session")
def oxigraph(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Elsewhere]:
    """Return an Oxigraph server that runs."""
    place, port = tmp_path_factory.mktemp("oxigraph"), free_port()
    address = f"http://127.0.0.1:{port}"
    command = [command_of("oxigraph"), "serve", "--location", "data"]
    command += ["--bind", f"127.0.0.1:{port}"]
    with running(command, place, f"{address}/query"):
        yield Elsewhere(f"{address}/query", f"{address}/store")


@pytest.fixture(scope="session")
def virtuoso(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Elsewhere]:
    """Return a Virtuoso 7 that runs."""
    place = tmp_path_factory.mktemp("virtuoso")
    with running_virtuoso(place, free_port(), free_port(), "1000000") as found:
        yield found


@contextmanager
def running_virtuoso(
    place: Path, port: int, sql: int, rows: str
) -> Iterator[Elsewhere]:
    """Run a Virtuoso 7 that gives so many rows at the most."""
    name = command_of("virtuoso-t")
    settings = (HERE / "virtuoso.ini").read_text(encoding="utf-8")
    settings = settings.format(sql=sql, http=port, rows=rows)
    (place / "virtuoso.ini").write_text(settings, encoding="utf-8")
    address = f"http://127.0.0.1:{port}"
    with running([name, "-f", "-c", "virtuoso.ini"], place, f"{address}/sparql"):
        yield Elsewhere(f"{address}/sparql", f"{address}/sparql-graph-crud-auth")


@pytest.fixture(scope="session")
def pushed(
    releases: Path, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Elsewhere], str]:
    """Return what pushes the release, with the password that a new Virtuoso has."""
    home = tmp_path_factory.mktemp("home")
    (home / ".netrc").write_text("machine 127.0.0.1 login dba password dba\n")
    (home / ".netrc").chmod(0o600)

    def push(store: Elsewhere) -> str:
        done = subprocess.run(
            [*PUSH, store.graphs, "--releases", str(releases)],
            cwd=ROOT,
            env=os.environ | {"HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert release.manifest.id in done.stdout
        return done.stdout

    return push


@pytest.fixture(scope="session")
def embedded(served: Served, releases: Path, release: Release) -> Iterator[str]:
    """Return the address of a server of the release on this machine."""
    assert release.path.is_dir()
    with served("serve", "--releases", str(releases), *PATIENT) as address:
        yield address


@pytest.fixture(scope="session", params=["embedded", "oxigraph", "virtuoso"])
def store(
    request: pytest.FixtureRequest,
    served: Served,
    pushed: Callable[[Elsewhere], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Return the address of a server of the release, in each store."""
    found = request.getfixturevalue(request.param)
    if isinstance(found, str):
        yield found
        return
    pushed(found)
    cache = str(tmp_path_factory.mktemp("cache"))
    elsewhere = ("--store", found.query, "--store-cache", cache)
    with served("serve", *elsewhere, *PATIENT) as address:
        yield address


def plain(text: str) -> str:
    """Return a text in which what means the same is written the same."""
    for one, other in SAME_MOMENT:
        text = text.replace(one, other)
    return HISTORY.sub("", text)


def ask(address: str, query: str, accept: str, **more: str) -> httpx.Response:
    """Post a query."""
    form = {"query": query, **more}
    return httpx.post(
        f"{address}/sparql", data=form, headers={"Accept": accept}, timeout=60
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_in_every_store(
    path: str, store: str, embedded: str
) -> None:
    """What a reader sees depends on the release and not on where it is kept."""
    here = httpx.get(embedded + path, headers=HTML, timeout=60)
    there = httpx.get(store + path, headers=HTML, timeout=60)

    assert there.status_code == here.status_code, there.text
    assert plain(there.text).replace(store, embedded) == plain(here.text)
    assert there.headers["Regietafel-Release"] == here.headers["Regietafel-Release"]


@pytest.mark.parametrize("path", ["organisatie/lrt", "overleg/lrt-2021-11-18"])
@pytest.mark.parametrize("extension", ["nt", "nq"])
def test_linked_data_are_the_same_in_every_store(
    path: str, extension: str, store: str, embedded: str
) -> None:
    """A thing is described by the same statements, with the same graphs."""
    address = f"/doc/{path}.{extension}"
    here, there = (httpx.get(a + address, timeout=60) for a in (embedded, store))

    assert there.status_code == here.status_code == 200
    assert sorted(plain(there.text).splitlines()) == sorted(
        plain(here.text).splitlines()
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda item: item.name)
def test_an_example_query_has_the_same_answer_in_every_store(
    question: Question, store: str, embedded: str
) -> None:
    """The questions that the graph was made for are answered alike."""
    here, there = (ask(a, question.query, "text/csv") for a in (embedded, store))

    assert there.status_code == here.status_code == 200, there.text
    assert sorted(csv.reader(io.StringIO(plain(there.text)))) == sorted(
        csv.reader(io.StringIO(plain(here.text)))
    )


@pytest.mark.parametrize(
    ("query", "more", "count"),
    [
        ("SELECT ?s WHERE { ?s ?p ?o }", {}, "merged"),
        ("SELECT ?s WHERE { GRAPH ?g { ?s ?p ?o } }", {}, "all"),
        (
            "SELECT ?s WHERE { ?s ?p ?o }",
            {"default-graph-uri": f"{DEFAULT_BASE}graph/register"},
            "register",
        ),
        (
            "SELECT ?s WHERE { GRAPH ?g { ?s ?p ?o } }",
            {"named-graph-uri": f"{DEFAULT_BASE}graph/register"},
            "register",
        ),
        (
            FROM_REGISTER,
            {},
            "register",
        ),
        ("SELECT ?s WHERE { ?s ?p ?o }", {"default-graph-uri": "urn:none"}, "none"),
    ],
)
def test_the_dataset_is_the_same_in_every_store(
    query: str, more: dict[str, str], count: str, store: str, release: Release
) -> None:
    """The default graph is the merge, the named graphs are the sources, no others."""
    sizes = dict(
        line.split("\t")
        for line in (release.path / "graphs.tsv").read_text().splitlines()
    )
    wanted = {
        "merged": sum(1 for _ in release.store.statements(graph=None)),
        "all": sum(map(int, sizes.values())),
        "register": int(sizes[f"{DEFAULT_BASE}graph/register"]),
        "none": 0,
    }
    counted = query.replace("SELECT ?s", "SELECT (COUNT(?s) AS ?n)")
    answer = ask(store, counted, "application/sparql-results+json", **more)

    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["results"]["bindings"]
    assert int(row["n"]["value"]) == wanted[count]


def test_the_protocol_is_the_same_in_every_store(store: str) -> None:
    """Kinds, syntaxes and refusals are the service's own, not the store's."""
    truth = ask(store, "ASK { ?s a ?c }", "application/sparql-results+xml")
    falsity = ask(store, "ASK { <urn:a> ?p ?o }", "application/sparql-results+json")
    made = "CONSTRUCT { ?c <urn:b> ?c } WHERE { VALUES ?c { <urn:1> <urn:2> <urn:3> } }"
    graph = ask(store, made, "application/n-triples")
    wrong = ask(store, "SELECT * WHERE {\n ?s ?p }", "application/json")
    update = ask(store, "DROP ALL", "application/json")
    away = ask(store, "SELECT * { SERVICE <http://127.0.0.1/> {} }", "text/csv")
    unacceptable = ask(store, "ASK {}", "text/turtle")

    assert "<boolean>true</boolean>" in truth.text
    assert falsity.json()["boolean"] is False
    assert len(graph.text.splitlines()) == 3
    assert (wrong.status_code, wrong.json()["line"]) == (400, 2)
    assert update.status_code == away.status_code == 403
    assert unacceptable.status_code == 406


def test_texts_come_back_as_they_are_in_every_store(store: str) -> None:
    """Booleans, spaces at the ends of a text, quotes and languages survive."""
    query = (
        'SELECT * WHERE { VALUES ?v { " a\\n" "\\"q\\" \\\\ \\t é 😀"@nl true '
        '"2017-10"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> } }'
    )
    answer = ask(store, query, "application/sparql-results+json")

    rows = [row["v"] for row in answer.json()["results"]["bindings"]]
    assert sorted(row["value"] for row in rows) == sorted(
        [" a\n", '"q" \\ \t é 😀', "true", "2017-10"]
    )
    assert [r["value"] for r in rows if r.get("xml:lang") == "nl"] == ['"q" \\ \t é 😀']


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
def test_a_second_push_sends_nothing(
    name: str,
    request: pytest.FixtureRequest,
    pushed: Callable[[Elsewhere], str],
    releases: Path,
) -> None:
    """What is there already stays, whether or not this machine remembers it."""
    found: Elsewhere = request.getfixturevalue(name)
    pushed(found)
    again = pushed(found)
    for state in releases.glob(".push-*"):
        state.unlink()
    forgetful = pushed(found)

    assert ": 0 graphs sent" in again
    assert ": 0 graphs sent" in forgetful


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
def test_a_push_mends_what_was_changed_in_the_store(
    name: str, request: pytest.FixtureRequest, pushed: Callable[[Elsewhere], str]
) -> None:
    """A graph that lost or won triples is sent again; one that is strange stays."""
    found: Elsewhere = request.getfixturevalue(name)
    pushed(found)
    with httpx.Client(auth=_auth(name)) as client:
        for graph in (f"{DEFAULT_BASE}graph/register", "urn:of-somebody-else"):
            answer = client.post(
                found.graphs,
                params={"graph": graph},
                content="<urn:a> <urn:b> <urn:c> .",
                headers={"Content-Type": "text/turtle"},
            )
            assert answer.is_success
        # The description says that another push came in between.
        client.delete(found.graphs, params={"graph": "urn:x-regietafel:release"})
        told = pushed(found)
        kept = client.get(
            found.graphs,
            params={"graph": "urn:of-somebody-else"},
            headers={"Accept": "application/n-triples"},
        )

    assert ": 1 graphs sent" in told
    assert "urn:b" in kept.text


def _auth(name: str) -> httpx.Auth | None:
    return httpx.DigestAuth("dba", "dba") if name == "virtuoso" else None


def test_a_store_that_does_not_describe_itself_is_served_and_said_to_be_unknown(
    oxigraph_unknown: str,
) -> None:
    """Its data are shown with a warning, and nothing is kept for later."""
    page = httpx.get(f"{oxigraph_unknown}/doc/organisatie/x", headers=HTML)
    found = httpx.get(f"{oxigraph_unknown}/search?q=onbekende", headers=HTML)
    answer = ask(oxigraph_unknown, "SELECT * { ?s ?p ?o }", "text/csv")

    assert page.status_code == 200
    assert "Onbekende tafel" in page.text
    assert "niet zegt welke uitgave" in page.text
    assert "/doc/organisatie/x" in found.text
    assert page.headers["Regietafel-Release"].startswith("unknown-")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Onbekende tafel" in answer.text


@pytest.fixture
def oxigraph_unknown(
    tmp_path: Path, free_port: Callable[[], int], served: Served
) -> Iterator[str]:
    """Return the address of a server of a store that somebody else filled."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [command_of("oxigraph"), "serve", "--location", "data"]
    command += ["--bind", f"127.0.0.1:{port}"]
    thing = f"<{DEFAULT_BASE}id/organisatie/x>"
    data = (
        f"{thing} a <http://www.w3.org/ns/org#Organization> ; "
        '<http://www.w3.org/2004/02/skos/core#prefLabel> "Onbekende tafel"@nl .'
    )
    with running(command, tmp_path, f"{address}/query"):
        headers = {"Content-Type": "text/turtle"}
        done = httpx.post(f"{address}/store?default", content=data, headers=headers)
        assert done.is_success
        cache = str(tmp_path / "cache")
        with served(
            "serve", "--store", f"{address}/query", "--store-cache", cache
        ) as found:
            yield found


def test_what_a_store_cannot_give_is_said_to_be_missing(store: str) -> None:
    """Without a folder of releases there is no history and there are no files."""
    answers = [
        httpx.get(store + path)
        for path in ("/void.ttl", "/timegate/doc/organisatie/lrt", "/manifest.json")
    ]
    page = httpx.get(f"{store}/timemap/doc/organisatie/lrt", headers=HTML)

    if answers[0].is_success:
        assert all(answer.status_code in {200, 302} for answer in answers)
        return
    assert {answer.status_code for answer in (*answers, page)} == {501}
    assert json.loads(answers[1].text)["code"] == "not-here"
    assert "eerdere uitgaven" in page.text


def test_every_example_query_is_tried() -> None:
    """The questions above are all that the graph has."""
    assert {question.name for question in QUESTIONS} == {
        path.stem for path in QUERIES.rglob("*.rq")
    }


#: Statements of a release that is cut at ten rows nowhere, and what asks for more.
FEW = 8
CUT = {
    "rows": "SELECT * { GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?a ?b ?c } }",
    "a graph": "CONSTRUCT { ?s ?p ?c } { GRAPH ?g { ?s ?p ?o } . ?a ?b ?c }",
    "a graph of few triples": (
        "CONSTRUCT # {\n { <urn:a> <urn:b> '{' } WHERE { ?s ?p ?o . ?a ?b ?c }"
    ),
    "descriptions": "DESCRIBE ?s WHERE { ?s ?p ?o . ?a ?b ?c }",
}
WHOLE = {
    "rows": "SELECT * { ?s ?p ?o }",
    "a graph": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "a graph as it stands": "CONSTRUCT WHERE { ?s ?p ?o }",
    "descriptions": "DESCRIBE ?s WHERE { ?s ?p ?o }",
    "a thing described": f"DESCRIBE <{DEFAULT_BASE}id/organisatie/x0>",
    "a graph of nothing": "CONSTRUCT { <urn:a> <urn:b> <urn:c> } WHERE {}",
}


@pytest.fixture(scope="module")
def few(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Elsewhere]:
    """Return a Virtuoso that gives ten rows."""
    place = tmp_path_factory.mktemp("few")
    with running_virtuoso(place, free_port(), free_port(), "10") as found:
        yield found


@pytest.fixture(scope="module")
def push_few(
    few: Elsewhere, tmp_path_factory: pytest.TempPathFactory, publish_lines: Publish
) -> Callable[[int], subprocess.CompletedProcess[str]]:
    """Return what pushes a release of so many statements into it."""
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    end = f"<{DEFAULT_BASE}graph/bron/b> ."

    def push(size: int) -> subprocess.CompletedProcess[str]:
        place = tmp_path_factory.mktemp("push-few")
        (place / ".netrc").write_text("machine 127.0.0.1 login dba password dba\n")
        (place / ".netrc").chmod(0o600)
        start = f"<{DEFAULT_BASE}id/organisatie/x"
        lines = [f'{start}{n}> {label} "{n}"@nl {end}' for n in range(size)]
        publish_lines(place / "releases", lines)
        return subprocess.run(
            [*PUSH, few.graphs, "--releases", str(place / "releases")],
            cwd=ROOT,
            env=os.environ | {"HOME": str(place)},
            check=False,
            capture_output=True,
            text=True,
        )

    return push


@pytest.fixture(scope="module")
def capped(
    few: Elsewhere,
    push_few: Callable[[int], subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
    served: Served,
) -> Iterator[str]:
    """Return the address of a server of a release in a Virtuoso that gives ten rows."""
    done = push_few(FEW)
    assert done.returncode == 0, done.stderr
    cache = str(tmp_path_factory.mktemp("few-cache"))
    with served("serve", "--store", few.query, "--store-cache", cache) as address:
        yield address


@pytest.mark.parametrize("query", CUT.values(), ids=CUT.keys())
def test_what_a_store_cuts_never_passes_as_whole(query: str, capped: str) -> None:
    """Also where the store itself does not say so, and the graph has few triples."""
    kind = "text/csv" if query.startswith("SELECT") else "text/turtle"
    answer = ask(capped, query, kind)

    assert answer.status_code == 502, answer.text
    assert answer.json()["code"] == "store-answer"
    assert "ResultSetMaxRows" in answer.text


@pytest.mark.parametrize("query", WHOLE.values(), ids=WHOLE.keys())
def test_what_a_store_gives_whole_is_answered(query: str, capped: str) -> None:
    """The most rows are more than these."""
    kind = "text/csv" if query.startswith("SELECT") else "application/n-triples"
    answer = ask(capped, query, kind)

    assert answer.status_code == 200, answer.text
    assert len(answer.text.splitlines()) in {1, FEW, FEW + 1}


def test_a_push_that_cannot_be_read_back_says_why(
    push_few: Callable[[int], subprocess.CompletedProcess[str]],
) -> None:
    """A store that gives back a part of a graph may have it all; nobody can tell."""
    done = push_few(30)
    said = " ".join(done.stderr.split())

    assert done.returncode == 1
    assert "of 30 sent" in said
    assert "ResultSetMaxRows" in said
    assert "Traceback" not in said


#: Graphs that a push has sent when it is killed; all but the merged one at the last.
KILLED = (0, 1, 7, 60, -1)


def test_a_push_that_is_killed_goes_on_where_it_was(
    oxigraph: Elsewhere, releases: Path, release: Release, tmp_path: Path
) -> None:
    """What is half there is never said to be a release; in the end all of it is."""
    state, names = tmp_path / "state", (release.path / "graphs.tsv").read_text()
    words = [*PUSH, oxigraph.graphs, "--releases", str(releases), "--state", str(state)]
    update = oxigraph.query.replace("/query", "/update")
    assert httpx.post(update, data={"update": "DROP ALL"}, timeout=60).is_success

    known = 0
    for number in KILLED:
        wanted = number if number >= 0 else names.count("\n")
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            while not state.exists() or _noted(state) < wanted:
                assert process.poll() is None
                time.sleep(0.005)
            process.kill()
        assert known <= _noted(state)
        known = _noted(state)
        said = _graph_of(oxigraph, "urn:x-regietafel:release")
        assert "prov#startedAtTime" in said or not _quads_of(oxigraph)[0]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    sent, equal = map(int, re.findall(r"(\d+) (?:graphs sent|were there)", done.stdout))
    assert (sent + equal, equal) == (names.count("\n") + 1, known)
    assert "prov#startedAtTime" not in _graph_of(oxigraph, "urn:x-regietafel:release")
    assert _quads_of(oxigraph) == _quads_in(release)


def _noted(state: Path) -> int:
    """Return how many graphs a push has noted as seen in the store."""
    return state.read_text(encoding="utf-8").count("\n") - 1


def _graph_of(store: Elsewhere, name: str) -> str:
    """Return a graph as the store gives it."""
    headers = {"Accept": "application/n-triples"}
    return httpx.get(store.graphs, params={"graph": name}, headers=headers).text


def _quads_of(store: Elsewhere) -> tuple[int, str]:
    """Return how many quads of the release a store has, and a hash of them."""
    headers = {"Accept": "application/n-quads"}
    text = httpx.get(store.graphs, headers=headers, timeout=120).text
    lines = text.split(" .\n")
    return _hash(x for x in lines if x and not x.endswith("<urn:x-regietafel:release>"))


def _quads_in(release: Release) -> tuple[int, str]:
    """Return the same of what a push of a release sends, as a store keeps it."""
    merged = Iri("urn:x-regietafel:merged")
    quads = (x._replace(graph=x.graph or merged) for x in release.store.statements())
    return _hash(serialise(quads, NQUADS).decode().split(" .\n")[:-1])


def _hash(lines: Iterable[str]) -> tuple[int, str]:
    """Return the number and a hash of quads, without the names of blank nodes."""
    kept = sorted(re.sub(r"_:\w+", "_:", line) for line in lines)
    return len(kept), hashlib.sha256("\n".join(kept).encode()).hexdigest()
