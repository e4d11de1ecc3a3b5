"""The description of the API says what the service really does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import validate

from graph.workers import QueryWorkers
from server.app import create_app
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import httpx
    from flask import Flask

    from graph.releasing import Release

    Serve = Callable[..., AbstractContextManager[str]]

#: Routes that none describe: methods that HTTP gives every route.
OF_HTTP = {"HEAD", "OPTIONS"}
#: Paths like others that are tried: large files, and all but a few of the questions.
ALIKE = (
    r"^/queries/|^/dataset\.|\.csv$|/search\.db|"
    r"^/api/queries/(?!chair-on-date|days-until|other-tables|documents-about)"
)
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def app(release: Release) -> Iterator[Flask]:
    """Return the application."""
    workers = QueryWorkers(release.store_path)
    yield create_app(release, workers)
    workers.close()


@pytest.fixture
def document(client: httpx.Client) -> Any:  # noqa: ANN401  it is JSON
    """Return the description as it is served."""
    return client.get("/openapi.json").json()


def test_the_description_is_valid(document: Any) -> None:  # noqa: ANN401  it is JSON
    """It is OpenAPI 3.1 in every part."""
    validate(document)

    assert document["openapi"].startswith("3.1")
    assert document["info"]["contact"]
    assert document["info"]["license"]


def test_every_route_is_described_and_nothing_else(
    app: Flask,
    document: Any,  # noqa: ANN401  it is JSON
) -> None:
    """Each path that is described is routed, and each route and method described."""
    adapter = app.url_map.bind("localhost")
    described: set[tuple[str, str]] = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            example = path
            for value in operation["parameters"]:
                first = value["schema"].get("enum", [value["name"]])[0]
                example = example.replace(f"{{{value['name']}}}", str(first))
            rule, _ = adapter.match(example, method.upper(), return_rule=True)
            described.add((rule.rule, method.upper()))
    routed = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - OF_HTTP
    }

    assert described == routed


def test_who_takes_no_page_gets_none(client: httpx.Client, document: Any) -> None:  # noqa: ANN401  it is JSON
    """406 says what there is, and no page goes undescribed."""
    pages = 0
    for path, item in document["paths"].items():
        if re.search(r"[{.]", path) or "get" not in item:
            continue
        told = item["get"]["responses"].get("200", {}).get("content", {})
        answer = client.get(path, headers={"Accept": "text/turtle, image/png"})
        if [*told] == ["text/html"]:
            assert answer.status_code == 406, path
            assert answer.json()["offers"] == "text/html"
            pages += 1
        elif answer.status_code == 200:
            assert not answer.headers["Content-Type"].startswith("text/html"), path
    assert pages > 20


def test_every_operation_says_what_it_does(document: Any) -> None:  # noqa: ANN401  parsed JSON
    """It has a name of its own, words, and a tag that is explained."""
    operations = [op for item in document["paths"].values() for op in item.values()]
    names = [op["operationId"] for op in operations]
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}

    assert len(names) == len(set(names))
    assert [op for op in operations if len(op["summary"].split()) < 2] == []
    assert [op for op in operations if len(tags[op["tags"][0]].split()) < 3] == []


def test_the_api_is_described_in_full(document: Any) -> None:  # noqa: ANN401  parsed JSON
    """What programs use says its media types, and its parameters by type."""
    for path, item in document["paths"].items():
        if path.startswith("/api/queries/") or path in {"/sparql", "/dataset"}:
            assert item["get"]["responses"]["200"]["content"], path
            assert item["get"]["parameters"], path
    chair = document["paths"]["/api/queries/chair-on-date"]["get"]["parameters"]
    schemas = {item["name"]: item["schema"] for item in chair}

    assert schemas["at"] == {"type": "string", "format": "date"}
    assert "organisatie/lrt" in schemas["body"]["enum"]


def test_people_read_how_to_ask(
    browser_client: httpx.Client,
    client: httpx.Client,
    document: Any,  # noqa: ANN401  it is JSON
) -> None:
    """The page names each path of a question, and its examples work."""
    page = browser_client.get("/api").text
    asked = [path for path in document["paths"] if path.startswith("/api/queries/")]

    assert all(f">{path}</code>" in page for path in asked)
    address = str(client.base_url).rstrip("/")
    for line in page.split("<pre><code>")[1].split("</code>")[0].splitlines():
        words = line.replace("&amp;", "&").replace("&#39;", "'").split("'")
        url = next(word for word in words if word.startswith(address))
        assert client.get(url).status_code == 200


def test_nothing_is_found_by_trying(
    release: Release, serve: Serve, tmp_path: Path
) -> None:
    """Schemathesis sends what the description allows and what it does not."""
    settings = Settings(citations=tmp_path / "citations.db")
    with serve(release, settings) as url:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli"),
                *("--config-file", str(HERE / "schemathesis.toml")),
                *("run", f"{url}/openapi.json", "--exclude-path-regex", ALIKE),
                *("--phases", "examples,coverage,fuzzing", "--continue-on-failure"),
                *("--generation-deterministic", "--max-examples", "3"),
                *("--request-timeout", "60", "--no-color"),
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )

    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-4_000:]
    assert "No issues found" in done.stdout or "passed" in done.stdout
