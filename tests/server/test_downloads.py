"""Every file that a manifest names can be fetched, and nothing else."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from rdflib import DCAT, Graph

if TYPE_CHECKING:
    import httpx

    from graph.releasing import Release


def test_every_file_is_sent_as_it_is(client: httpx.Client, release: Release) -> None:
    """Byte for byte, with its media type and its hash as its tag."""
    for name, digest in release.manifest.files.items():
        response = client.get(f"/{name}", headers={"Accept-Encoding": "identity"})
        assert response.status_code == 200
        assert hashlib.sha256(response.content).hexdigest() == digest
        assert response.headers["Content-Type"]
        assert "Content-Encoding" not in response.headers
        assert response.headers["ETag"] == f'"{digest}"'


def test_the_manifest_is_sent(client: httpx.Client, release: Release) -> None:
    """As JSON."""
    assert client.get("/manifest.json").json()["seal"] == release.manifest.seal


def test_the_description_leads_to_the_files(
    client: httpx.Client, release: Release
) -> None:
    """Each download that it names is there under the release's own address."""
    graph = Graph().parse(data=client.get("/void.ttl").text, format="turtle")
    start = f"{release.manifest.base}release/{release.manifest.id}"
    found = [str(item) for item in graph.objects(None, DCAT.downloadURL)]

    assert len(found) > 5
    for address in found:
        assert client.head(address.removeprefix(start)).status_code == 200


@pytest.mark.parametrize("name", ["store/CURRENT", "other.csv", "..%2Fcurrent"])
def test_nothing_else_is_sent(client: httpx.Client, name: str) -> None:
    """Not the store, and nothing outside of the release."""
    assert client.get(f"/{name}").status_code == 404
