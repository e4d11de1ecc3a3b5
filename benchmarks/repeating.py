"""What answers cost that were given before, beside the same work done anew."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING

from benchmarks.measuring import show
from benchmarks.questions import PREFIXES, SMALL
from benchmarks.servers import JSON

if TYPE_CHECKING:
    from benchmarks.servers import Served


def repeated(servers: dict[str, Served]) -> None:
    """Answers that were given before, beside the same work done anew."""
    ours, theirs = servers["disk"], servers["oxigraph"]
    query = urllib.parse.urlencode({"query": PREFIXES + SMALL})
    again = ours.repeat(f"/sparql?{query}", JSON, 4_000)
    anew = theirs.repeat(f"/query?{query}", JSON, 4_000)
    label = "SELECT ?m { ?m a ovl:Meeting } LIMIT 1"
    found = ours.ask(label).decode()
    iri = found.partition('"value":"')[2].partition('"')[0]
    page = iri.replace("https://data.regietafel.example/id/", "/doc/")
    entity = ours.repeat(page, "text/html", 4_000)
    describe = urllib.parse.urlencode({"query": f"DESCRIBE <{iri}>"})
    described = theirs.repeat(f"/query?{describe}", "text/turtle", 4_000)
    hello = ours.repeat("/healthz", "*/*", 2_000)
    rows = [
        ("repeated query", f"{again * 1e6:.0f} µs; oxigraph {anew * 1e6:.0f} µs"),
        ("oxigraph ÷ repeated, at least 2", f"{anew / again:.2f}"),
        ("warm page", f"{entity * 1e6:.0f} µs; DESCRIBE {described * 1e6:.0f} µs"),
        ("DESCRIBE ÷ page, at least 3", f"{described / entity:.2f}"),
        ("hello by way of Flask ÷ page", f"{hello / entity:.2f}"),
    ]
    show("answers given again, CPU time", rows)
