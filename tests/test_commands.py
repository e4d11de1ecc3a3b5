"""The commands do what the README says, as a user runs them."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from graph.paths import QUERIES, ROOT, SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from graph.releasing import Release

    Server = Callable[..., AbstractContextManager[str]]

#: What only building, validating and stores elsewhere need, and takes time to import.
UNUSED = {"pyshacl", "rdflib", "rich", "shacl", "urllib3"}
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <http://xmlns.com/foaf/0.1/Person> }"


def regietafel(*arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        input=options.get("text"),
        timeout=120,
    )


def test_build_ends_in_the_release_id(tmp_path: Path, release: Release) -> None:
    """The last line names the release, and the steps are shown."""
    done = regietafel("build", "--out", str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"release {release.manifest.id}"
    assert (tmp_path / "current").resolve().name == release.manifest.id
    for step in ("read", "derive", "gate", "release"):
        assert re.search(rf"{step} .*\d\.\d\d s CPU", done.stderr)
    assert re.search(r"^\d+\.\d\d s CPU in all$", done.stderr, re.MULTILINE)


def test_build_leaves_the_last_release_when_the_disk_is_full(
    tmp_path: Path, release: Release
) -> None:
    """A folder that cannot be written to is an error with exit 1, not a traceback."""
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")

    done = regietafel("build", "--out", str(blocked))

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert release.path.exists()


def test_an_address_that_is_taken_is_told(releases: Path, release: Release) -> None:
    """A port that somebody listens on is an error with a remedy."""
    del release
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = regietafel("serve", "--releases", str(releases), "--port", port)

    assert done.returncode == 1
    assert "--port" in done.stderr


def test_validate_accepts_the_graph() -> None:
    """The graph in the checkout has no violation."""
    done = regietafel("validate")

    assert done.returncode == 0, done.stderr
    assert "0 Violation" in done.stdout


HEAD = """
PREFIX begrip: <https://data.regietafel.example/id/begrip/>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX ovl: <https://data.regietafel.example/def/overleg#>
PREFIX periode: <https://data.regietafel.example/id/periode/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX uitspraak: <https://data.regietafel.example/id/uitspraak/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

"""
STATEMENT = """uitspraak:zonder-vindplaats
    a ovl:ReportedStatement ;
    dcterms:description "Zonder vindplaats."@nl ;
    skos:prefLabel "Zonder vindplaats"@nl , "Without evidence"@en ;
    ovl:notAttributed true .
"""
MONTH = """periode:2021-03
    a dcterms:PeriodOfTime ;
    dcat:startDate "2021-03-15"^^xsd:date ;
    dcat:endDate "2021-03-31"^^xsd:date ;
    ovl:startPrecision begrip:precisie-dag ;
    ovl:endPrecision begrip:precisie-maand .
"""
MOMENT = """periode:2021-03-15
    a dcterms:PeriodOfTime ;
    dcat:startDate "2021-03-15T00:00:00"^^xsd:dateTime ;
    dcat:endDate "2021-03-15"^^xsd:date .
"""
#: What is wrong with a source, and the property that mends it.
WRONG = {
    "without evidence": (STATEMENT, "ovl:evidence"),
    "month with the precision of a day": (MONTH, "ovl:startPrecision"),
    "moment in the place of a day": (MOMENT, "dcat:startDate"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_source_that_is_wrong_is_refused_with_its_line_and_remedy(
    wrong: str, tmp_path: Path
) -> None:
    """The file, the line of the thing, and the property to mend."""
    text, mended_by = WRONG[wrong]
    path = tmp_path / "wrong.ttl"
    path.write_text(HEAD + text, encoding="utf-8")

    done = regietafel("validate", str(path))

    assert done.returncode == 1
    assert f"{path}:{len(HEAD.splitlines()) + 1}" in done.stderr
    assert mended_by in done.stderr
    assert "Traceback" not in done.stderr


def test_validate_tells_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    """A file that breaks a shape gives exit 1, its place, and the remedy twice."""
    base = "https://data.regietafel.example/"
    path = tmp_path / "bad.ttl"
    path.write_text(
        f"<{base}id/persoon/x-y> a <http://xmlns.com/foaf/0.1/Person> .",
        encoding="utf-8",
    )

    done = regietafel("validate", str(path))
    as_json = regietafel("validate", "--format", "json", str(path))

    assert done.returncode == as_json.returncode == 1
    assert f"{path}:1" in done.stderr
    assert "Voeg" in done.stderr
    assert "Add" in done.stderr
    assert json.loads(as_json.stdout)["counts"]["Violation"] > 0


def test_validate_compares_the_engines() -> None:
    """With both engines each is named, and no difference is left."""
    done = regietafel("validate", "--engine", "both")

    assert done.returncode == 0, done.stderr
    assert "shacl" in done.stdout
    assert "pyshacl" in done.stdout
    assert "differ" not in done.stdout


def test_validate_since_a_release_reports_on_the_whole(
    releases: Path, release: Release
) -> None:
    """Only what changed is validated again, and the same findings are told."""
    whole = regietafel("validate", "--format", "json")
    done = regietafel(
        *("validate", "--format", "json", "--changed-since", release.manifest.id),
        *("--releases", str(releases)),
    )

    assert done.returncode == 0, done.stderr
    assert release.manifest.id in json.loads(done.stdout)["note"]
    assert json.loads(done.stdout) | {"note": None} == json.loads(whole.stdout)


def test_validate_prints_the_report_of_w3c() -> None:
    """Turtle goes to standard output and nothing else does."""
    done = regietafel("validate", "--format", "turtle")

    assert done.returncode == 0, done.stderr
    assert "a sh:ValidationReport" in done.stdout
    assert "Warning," not in done.stdout


def test_an_unreadable_file_ends_in_one_clear_error(tmp_path: Path) -> None:
    """File, line and what is wrong, exit 1, no traceback."""
    path = tmp_path / "bad.ttl"
    path.write_text("<x:a> <x:b>\n<x:c", encoding="utf-8")

    done = regietafel("validate", str(path))

    assert done.returncode == 1
    assert f"{path}:2" in done.stderr.replace("\n", "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("syntax", ["table", "csv", "json"])
def test_query_prints_solutions(releases: Path, release: Release, syntax: str) -> None:
    """Each format shows the same number."""
    done = regietafel("query", COUNT, "--format", syntax, "--releases", str(releases))

    assert done.returncode == 0, done.stderr
    assert str(release.manifest.counts["persons"]) in done.stdout


def test_query_reads_standard_input_and_prints_triples(
    releases: Path, release: Release
) -> None:
    """A dash stands for standard input; triples come as Turtle."""
    del release
    query = "CONSTRUCT { <x:a> <x:b> 1 } {}"

    done = regietafel("query", "-", "--releases", str(releases), text=query)

    assert "<x:a> <x:b>" in done.stdout


def test_query_answers_for_a_day(releases: Path, release: Release) -> None:
    """With --at a query that includes a fragment answers for that day."""
    del release
    query = (
        "PREFIX functie: <https://data.regietafel.example/id/functie/>\n"
        "SELECT ?person { VALUES ?post { functie:minister-bzk }\n"
        '# include: holder-at\nFILTER (?holds = "ja") }'
    )
    at = ("--at", "2020-03-03", "--format", "csv", "--releases", str(releases))

    done = regietafel("query", "-", *at, text=query)

    assert done.returncode == 0, done.stderr
    assert "persoon/knops-r" in done.stdout
    assert "ollongren" not in done.stdout


def test_query_refuses_a_day_that_is_none(releases: Path, release: Release) -> None:
    """A day that does not exist, or that the query does not ask for, is refused."""
    del release
    for day, said in (("2020-02-30", "2020-02-30"), ("2020-03-03", "?at")):
        done = regietafel("query", "ASK {}", "--at", day, "--releases", str(releases))
        assert done.returncode != 0
        assert said in done.stderr


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * {\n ?s ?p }", "Line 2"),
        ("SELECT * { SERVICE <http://127.0.0.1/> {} }", "SERVICE"),
    ],
)
def test_a_bad_query_ends_in_one_clear_error(
    releases: Path, release: Release, query: str, said: str
) -> None:
    """The place or the reason is told, exit 1."""
    del release
    done = regietafel("query", query, "--releases", str(releases))

    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_release_the_remedy_is_told(tmp_path: Path) -> None:
    """Querying or serving nothing says how to build."""
    for command in (["query", "ASK {}"], ["serve"]):
        done = regietafel(*command, "--releases", str(tmp_path))
        assert done.returncode == 1
        assert "regietafel build" in done.stderr.replace("\n", " ")


def test_serve_answers_who_sat_at_the_table(
    releases: Path, release: Release, served: Server
) -> None:
    """The question of the README is answered over HTTP, with a source for each row."""
    query = (QUERIES / "standing-participants-on-date.rq").read_text(encoding="utf-8")

    with served("serve", "--releases", str(releases)) as address:
        home = httpx.get(f"{address}/")
        answer = httpx.post(
            f"{address}/sparql", data={"query": query}, headers={"Accept": "text/csv"}
        )

    assert home.status_code == 200
    assert release.manifest.id in home.text
    rows = answer.text.splitlines()
    assert len(rows) > 8
    for name in ("Ollongren", "Koolmees", "Broekers", "Gemeenten", "Aedes"):
        assert name in answer.text


def test_serving_imports_nothing_that_only_building_needs() -> None:
    """A server answers the sooner the less it imports first."""
    code = "import sys, server.__main__, server.serving; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )

    assert not UNUSED & set(done.stdout.split())


def test_an_answer_that_breaks_off_is_no_complete_answer(
    releases: Path, release: Release, served: Server
) -> None:
    """Past the deadline the connection breaks, so no client takes it for whole."""
    del release
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    limits = ("--query-timeout", "1", "--query-timeout-max", "1")

    with (
        served("serve", "--releases", str(releases), *limits) as address,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        httpx.post(f"{address}/sparql", data={"query": query}, timeout=30)


def test_silent_clients_do_not_keep_others_waiting(
    releases: Path, release: Release, served: Server
) -> None:
    """With 300 open connections that say nothing, or half a request, pages come."""
    del release
    with served("serve", "--releases", str(releases)) as address:
        place = ("127.0.0.1", int(address.rpartition(":")[2]))
        silent = [socket.create_connection(place) for _ in range(300)]
        for client in silent[:100]:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        answer = httpx.get(f"{address}/", timeout=10)
        for client in silent:
            client.close()

    assert answer.status_code == 200


def test_preview_serves_files_with_a_warning(served: Server) -> None:
    """Files are served without the gate, and each page says so."""
    letter = SOURCES / "brief-2021-12-20-jenv-lrt.ttl"

    with served("preview", str(letter)) as address:
        home = httpx.get(f"{address}/?lang=en")
        page = httpx.get(
            f"{address}/doc/organisatie/lrt?lang=nl", headers={"Accept": "text/html"}
        )

    assert "not validated" in home.text.lower()
    assert "niet gevalideerd" in page.text.lower()


def test_format_changes_nothing_that_is_canonical(tmp_path: Path) -> None:
    """Checking tells, formatting mends, and then there is nothing left to do."""
    path = tmp_path / "a.ttl"
    path.write_text("<x:b> a <x:c>. <x:a> a <x:c>.", encoding="utf-8")

    before = regietafel("format", "--check", str(path))
    mended = regietafel("format", str(path))
    after = regietafel("format", "--check", str(path))

    assert (before.returncode, mended.returncode, after.returncode) == (1, 0, 0)
    assert "regietafel format" in before.stderr
