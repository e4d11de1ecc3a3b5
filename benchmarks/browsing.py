"""Pages and suggestions at size: 1M names, and a thing that 100,000 others point at."""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import CACHE, ROOT, show
from benchmarks.sources import iri, term, text
from benchmarks.starting import answered, free_port
from benchmarks.words import FAMILY, GIVEN, PLACES, THEMES
from graph.drafting import drafting
from graph.merging import merge_lines
from graph.namespaces import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

HUB: Final = "knooppunt"
POINTING: Final = 100_000
#: The budgets: milliseconds for a suggestion at the 99th percentile and for the page.
SUGGESTED, SHOWN, KILOBYTES = 5, 200, 100
ASKED: Final = 2_000


def _name(number: int, chance: random.Random) -> str:
    """Return a name as sources have them, with a compound that is rare."""
    place, theme = chance.choice(PLACES), chance.choice(THEMES)
    writer = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    compound = f"{chance.choice(THEMES)}{chance.choice(PLACES).lower()}"
    return f"Verslag {theme} {place}, {compound} van {writer} {number // 10}"


def lines(names: int, pointing: int = POINTING, seed: int = 1) -> Iterator[str]:
    """Yield sorted lines of N-Quads: documents with a name in two languages each."""
    graph = iri("bron", "namen")
    chance = random.Random(seed)  # noqa: S311  no secret
    hub = iri("organisatie", HUB)
    for number in range(names // 2):
        node, name = iri("document", f"d{number:09}"), _name(number, chance)
        facts = [
            (term("rdf:type"), term("ovl:Document")),
            (term("skos:prefLabel"), text(name)),
            (term("skos:prefLabel"), text(name.replace("Verslag", "Report"), "en")),
        ]
        if number < pointing:
            facts.append((term("dcterms:publisher"), hub))
        yield from sorted(f"{node} {p} {o} {graph} .\n" for p, o in facts)
    yield f"{hub} {term('rdf:type')} {term('org:Organization')} {graph} .\n"
    yield f"{hub} {term('skos:prefLabel')} {text('Knooppunt')} {graph} .\n"


def release_of(names: int) -> Path:
    """Return a folder with a release of that many names, made when first needed."""
    out = CACHE / f"{names}-names"
    if not (out / "current").exists():
        with drafting(out) as draft:
            with draft.dataset.open("w", encoding="utf-8") as file:
                file.writelines(lines(names))
            with draft.dataset.open("rb") as read, draft.merged.open("wb") as file:
                file.writelines(merge_lines(read))
            draft.publish(None, DEFAULT_BASE)
    return out


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[float, bytes]:
    """Return the milliseconds that an answer takes, and the answer."""
    start = time.perf_counter()
    connection.request("GET", path, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise ValueError(path, answer.status)
    return (time.perf_counter() - start) * 1_000, body


def _spent(process: int) -> float:
    """Return the milliseconds of CPU that a process and its children have used."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text("utf-8").rpartition(")")[2].split()
            if process in {int(path.parent.name), int(fields[1])}:
                ticks += int(fields[11]) + int(fields[12])
    return ticks * 1_000 / os.sysconf("SC_CLK_TCK")


def _typed(names: int) -> Iterator[str]:
    """Yield what somebody types on the way to names: beginnings of their words."""
    chance = random.Random(2)  # noqa: S311  no secret
    for _ in range(ASKED):
        words = _name(chance.randrange(names // 2), chance).replace(",", "").split()
        first = chance.randrange(len(words))
        whole = " ".join(words[first : first + chance.choice((1, 2, 3))])
        yield whole[: chance.randrange(2, len(whole) + 1)] if len(whole) > 1 else whole


def compare(names: int) -> None:
    """Print how long suggestions and the page of the hub take, over HTTP."""
    out, port = release_of(names), free_port()
    # Reading the release into memory, which only a start does, would be measured too.
    command = [sys.executable, "-m", "server", "serve", "--query-store", "disk"]
    command += ["--releases", str(out)]
    with subprocess.Popen(  # noqa: S603  the command is written above
        [*command, "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            answered(f"{url}/static/mark.svg")
            connection = http.client.HTTPConnection(urlsplit(url).netloc)
            base, _ = _get(connection, "/doc/document/d000000001")
            base, _ = _get(connection, "/doc/document/d000000002")
            before = _spent(process.pid)
            cold, page = _get(connection, f"/doc/organisatie/{HUB}")
            spent = _spent(process.pid) - before
            before = _spent(process.pid)
            took = sorted(
                _get(connection, f"/search/suggest?q={quote(words)}")[0]
                for words in _typed(names)
            )
            each = (_spent(process.pid) - before) / len(took)
            searched, _ = _get(connection, "/search?q=huisvesting+kampen")
            listed, _ = _get(connection, "/doc/document?page=1000")
        finally:
            process.terminate()
    rows: list[tuple[str, object]] = [
        (
            f"suggestion, p50 / p99, at most {SUGGESTED} ms",
            f"{took[len(took) // 2]:.1f} / {took[len(took) * 99 // 100]:.1f} ms",
        ),
        (
            f"page of a thing with {POINTING:,} backlinks, cold, at most {SHOWN} ms",
            f"{cold:.0f} ms ({spent:.0f} ms CPU)",
        ),
        (f"its size, at most {KILOBYTES} KB", f"{len(page) / 1000:.0f} KB"),
        ("CPU of the server for a suggestion, on average", f"{each:.2f} ms"),
        ("page of a thing with one link", f"{base:.0f} ms"),
        ("search of two words", f"{searched:.0f} ms"),
        ("page 1,000 of the documents", f"{listed:.0f} ms"),
    ]
    show(f"browsing, {names:,} names", rows)


@click.command()
@click.option("--names", default=1_000_000, show_default=True)
def main(names: int) -> None:
    """Measure pages and suggestions on a release of many names."""
    compare(names)


if __name__ == "__main__":
    main()
