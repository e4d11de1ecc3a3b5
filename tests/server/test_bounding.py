"""A part of an answer never passes for the whole of it."""

from __future__ import annotations

import csv
import http.client
import io
import json
import zlib
from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from backports import zstd

from graph.errors import AnswerBrokenError
from graph.formats import CSV, JSON, RDF_FORMATS, RESULT_FORMATS, XML
from graph.store import Store
from graph.workers import Limits
from server.bounding import cut, ending, limits
from server.coding import STREAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from email.message import Message

    from graph.formats import Format
    from graph.releasing import Release

MOST = 300_000
SELECT = "SELECT * { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
REASON = f"The answer broke off: It is longer than {MOST} bytes."
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": lambda data: zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data),
    "zstd": lambda data: zstd.ZstdDecompressor().decompress(data),
}


class Part(NamedTuple):
    """What came of an answer: its status, its headers, its body, and whether whole."""

    status: int
    headers: Message
    body: bytes
    whole: bool


@pytest.fixture(scope="module")
def address(
    release: Release, serve: Callable[..., AbstractContextManager[str]]
) -> Iterator[str]:
    """Return the address of a server whose answers may be a little long."""
    with serve(release, limits=Limits(workers=1, result=MOST)) as url:
        yield url


def get(address: str, query: str, accept: str, coding: str = "identity") -> Part:
    """Return what comes of a query, however its connection ends."""
    target = "/sparql?" + urlencode({"query": query})
    headers = {"Accept": accept, "Accept-Encoding": coding}
    host = address.removeprefix("http://")
    with closing(http.client.HTTPConnection(host)) as connection:
        connection.request("GET", target, headers=headers)
        with connection.getresponse() as answer:
            try:
                body, whole = answer.read(), True
            except http.client.IncompleteRead as error:
                body, whole = error.partial, False
            return Part(answer.status, answer.headers, body, whole)


def read(data: bytes, syntax: Format) -> object:
    """Read a document as strictly as its syntax is meant."""
    if syntax is JSON:
        return json.loads(data)
    if syntax is XML:
        return ET.fromstring(data)  # noqa: S314  our own server's
    if syntax in RDF_FORMATS:
        store = Store.in_memory()
        store.load(data, syntax, "urn:base")
        return store
    delimiter = "," if syntax is CSV else "\t"
    text = io.StringIO(data.decode(), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


@pytest.mark.parametrize(
    "syntax", [*RESULT_FORMATS, *RDF_FORMATS], ids=lambda item: item.name
)
def test_a_long_answer_says_its_limits_and_ends_as_no_document(
    address: str, syntax: Format
) -> None:
    """The header comes first, the reason last, and the connection breaks."""
    query = SELECT if syntax in RESULT_FORMATS else CONSTRUCT
    part = get(address, query, syntax.media_type)

    assert part.status == 200
    assert part.headers["Regietafel-Limits"] == f"bytes={MOST}, seconds=10"
    assert not part.whole
    assert REASON in part.body.decode(errors="replace").splitlines()[-1]
    with pytest.raises((ValueError, SyntaxError, csv.Error)):
        read(part.body, syntax)


def test_every_coding_of_a_stream_is_tried() -> None:
    """The codings below are all that there are."""
    assert UNPACK.keys() == {"identity", *STREAMED}


@pytest.mark.parametrize("coding", UNPACK)
def test_the_reason_reaches_who_takes_compressed_answers(
    address: str, coding: str
) -> None:
    """What is left in a compressor is sent before the connection breaks."""
    part = get(address, SELECT, "text/csv", coding)

    assert part.headers.get("Content-Encoding", "identity") == coding
    assert not part.whole
    assert REASON.encode() in UNPACK[coding](part.body)


def test_an_answer_that_is_there_as_a_whole_has_no_limits(address: str) -> None:
    """Its length says that it is whole."""
    part = get(address, "SELECT * { ?s ?p ?o } LIMIT 1", "text/csv")

    assert part.whole
    assert int(part.headers["Content-Length"]) == len(part.body)
    assert "Regietafel-Limits" not in part.headers


@pytest.mark.parametrize("end", range(40))
def test_csv_is_never_whole_wherever_it_breaks(end: int) -> None:
    """Within quotes, between them, and after them."""
    data = b'a,b\r\n1,"x ""y"" ,\r\nz"\r\n"2",""\r\n3,4\r\n'

    def broken() -> Iterator[bytes]:
        yield data[: end // 2]
        yield data[end // 2 : end]
        reason = 'It said "no".'
        raise AnswerBrokenError(reason)

    sent = bytearray()
    with suppress(AnswerBrokenError):
        for piece in ending(broken(), CSV):
            sent += piece

    assert b"It said 'no'." in sent
    with pytest.raises(csv.Error):
        read(bytes(sent), CSV)


def test_a_whole_answer_passes_as_it_is() -> None:
    """Nothing is added to it."""
    assert list(ending(iter([b"a", b'"']), CSV)) == [b"a", b'"']


def test_headers_are_dictionaries() -> None:
    """As RFC 9651 writes them, seconds with a few digits at the most."""
    assert limits(1000, 0.25) == "bytes=1000, seconds=0.25"
    assert limits(1000, 30.0) == "bytes=1000, seconds=30"
    assert cut("rows", 500) == "rows=500"
    assert cut("rows", 3, broken=True) == "rows=3;broken"
