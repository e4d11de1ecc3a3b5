"""How much processor time answers take, beside `oxigraph serve` and rdflib-endpoint.

All servers hold the same generated graph, `oxigraph serve` in the very files of our
release, and are asked the same queries in turn, so
that what else the machine does weighs on all alike. CPU time is that of a server and
all its processes, from `/proc`; the least of a few rounds counts.
"""

from __future__ import annotations

import math
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.error import HTTPError

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import building
from benchmarks.measuring import CACHE, ROOT, generated, peers, show

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS: Final = 3
RUNAWAYS: Final = 8
#: rdflib-endpoint gets no more quads than this: it holds them as Python objects.
MOST_RDFLIB: Final = 1_000_000
JSON: Final = "application/sparql-results+json"
PREFIXES: Final = (
    "PREFIX ovl: <https://data.regietafel.example/def/overleg#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "PREFIX dct: <http://purl.org/dc/terms/> "
    "PREFIX eli: <http://data.europa.eu/eli/eli-draft-legislation-ontology#> "
)
HEAVY: Final = {
    "aggregate": "SELECT ?t (COUNT(?a) AS ?n) { ?a a ovl:Agreement ; dct:subject ?t } "
    "GROUP BY ?t ORDER BY DESC(?n)",
    "top-k": "SELECT ?m ?l { ?m a ovl:Meeting ; skos:prefLabel ?l } "
    "ORDER BY DESC(?l) LIMIT 20",
    "label scan": "SELECT ?s ?l { ?s skos:prefLabel ?l "
    "FILTER(CONTAINS(?l, 'Tafel 7')) } ORDER BY ?l LIMIT 20",
    "temporal": "SELECT ?b (COUNT(?m) AS ?n) { ?m a ovl:Meeting ; "
    "eli:had_responsible_organization ?b ; eli:number_of_attendees ?k "
    "FILTER(?k > 4) } GROUP BY ?b ORDER BY DESC(?n) ?b LIMIT 20",
    "distinct": "SELECT (COUNT(DISTINCT ?p) AS ?n) "
    "{ ?a ovl:party ?p ; ovl:agreedIn ?m . ?m a ovl:Meeting }",
}
SMALL: Final = "ASK { ?m a ovl:Meeting ; skos:prefLabel ?l ; ovl:dated ?d }"
ROWS: Final = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 100000"
ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class Served(NamedTuple):
    """A server that runs: its port, its process, and the path of its queries."""

    port: int
    process: int
    path: str

    def ask(self, query: str, accept: str = JSON, note: str = "") -> bytes:
        """Return the answer to a query, asked in words that no cache has seen."""
        text = PREFIXES + query + (f" # {note}" if note else "")
        target = f"{self.path}?{urllib.parse.urlencode({'query': text})}"
        return self.get(target, accept)

    def get(self, target: str, accept: str) -> bytes:
        """Return the body of an answer; HTTPError if it is none of success."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{target}", headers={"Accept": accept}
        )
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310  http
            found: bytes = answer.read()
            return found

    def repeat(self, target: str, accept: str, times: int) -> float:
        """Return the CPU seconds of one request among many on one connection."""
        connection = HTTPConnection("127.0.0.1", self.port)
        before = self.cpu()
        for _ in range(times):
            connection.request("GET", target, headers={"Accept": accept})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise ValueError(answer.status)
        return (self.cpu() - before) / times

    def cpu(self) -> float:
        """Return the CPU seconds of the server and of all that it started."""
        ticks = sum(int(word) for p in self.family() for word in _stat(p)[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the megabytes that the process which answers has in use."""
        lines = [_status(process) for process in self.family()]
        return max(lines)

    def family(self) -> list[int]:
        """Return the server's process and all that it started."""
        found = [self.process]
        for process in found:
            found += _children(process)
        return found


def _stat(process: int) -> list[str]:
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return ["0"] * 20
    return text.rpartition(")")[2].split()


def _status(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024 if "VmRSS" in text else 0


@contextmanager
def running(path: str, *command: str | Path, ready: str = "ASK {}") -> Iterator[Served]:
    """Run a server whose command has `{port}` for its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    words = [str(word).replace("{port}", str(port)) for word in command]
    with subprocess.Popen(  # noqa: S603  the commands are written below
        words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        served = Served(port, process.pid, path)
        try:
            until = time.monotonic() + 600
            while time.monotonic() < until:
                try:
                    served.ask(ready)
                    break
                except OSError:
                    time.sleep(0.2)
            yield served
        finally:
            process.terminate()


def cost(served: Served, query: str, note: str, accept: str = JSON) -> float:
    """Return the CPU seconds of one query."""
    before = served.cpu()
    served.ask(query, accept, note)
    time.sleep(0.05)
    return served.cpu() - before


def least(servers: dict[str, Served], query: str, repeat: int) -> dict[str, float]:
    """Return the least CPU seconds of a query for each server, asked in turn."""
    found = dict.fromkeys(servers, math.inf)
    for number in range(ROUNDS):
        for name, served in servers.items():
            before = served.cpu()
            for again in range(repeat):
                served.ask(query, JSON, f"{name} {number} {again}")
            found[name] = min(found[name], (served.cpu() - before) / repeat)
    return found


def wait_for_memory(served: Served) -> None:
    """Wait until workers that hold the release in memory have taken over."""
    until = time.monotonic() + 600
    while time.monotonic() < until:
        holds = [p for p in served.family() if _command(p).endswith(b"memory")]
        if any(len(_children(process)) > 1 for process in holds):
            time.sleep(2)
            return
        time.sleep(1)
    raise TimeoutError


def _command(process: int) -> bytes:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""
    return words.rstrip(b"\0") if b"graph.forking" in words else b""


def _children(process: int) -> list[int]:
    try:
        path = Path(f"/proc/{process}/task/{process}/children")
        return [int(word) for word in path.read_text(encoding="ascii").split()]
    except OSError:
        return []


def compare(out: Path, quads: int) -> None:
    """Print the ratios of the budgets."""
    with ExitStack() as stack:
        ours = (sys.executable, "-m", "server", "serve", "--port", "{port}")
        unbounded = ("--queries-per-minute", "0", "--requests-per-minute", "0")
        serve = (*ours, "--releases", out, "--query-timeout", "60", *unbounded)
        servers = {
            "memory": stack.enter_context(
                running("/sparql", *serve, "--query-store", "memory")
            ),
            "disk": stack.enter_context(
                running("/sparql", *serve, "--query-store", "disk")
            ),
            "oxigraph": stack.enter_context(
                running(
                    "/query",
                    peers() / "oxigraph",
                    "serve-read-only",
                    *("--location", (out / "current" / "store").resolve()),
                    *("--bind", "127.0.0.1:{port}"),
                )
            ),
        }
        wait_for_memory(servers["memory"])
        _heavy(servers)
        _small(servers)
        _rows(servers)
        _repeated(servers)
        _runaways(servers["memory"])
    if quads <= MOST_RDFLIB:
        _rdflib(out, quads)


def _heavy(servers: dict[str, Served]) -> None:
    rows: list[tuple[str, object]] = []
    ratios: dict[str, list[float]] = {"memory": [], "disk": []}
    for name, query in HEAVY.items():
        found = least(servers, query, 3)
        for kind, all_of in ratios.items():
            all_of.append(found["oxigraph"] / found[kind])
        times = ", ".join(f"{k} {v * 1000:.0f} ms" for k, v in found.items())
        rows.append((name, times))
    means = {k: math.prod(v) ** (1 / len(v)) for k, v in ratios.items()}
    rows += [
        ("oxigraph ÷ memory, mean, at least 2", f"{means['memory']:.2f}"),
        ("oxigraph ÷ memory, worst, at least 1", f"{min(ratios['memory']):.2f}"),
        ("disk ÷ oxigraph, mean, at most 1.15", f"{1 / means['disk']:.2f}"),
    ]
    show("heavy queries, CPU time", rows)


def _small(servers: dict[str, Served]) -> None:
    found = least(servers, SMALL, 500)
    rows = [(k, f"{v * 1e6:.0f} µs") for k, v in found.items()]
    for kind in ("memory", "disk"):
        ratio = found[kind] / found["oxigraph"]
        rows.append((f"{kind} ÷ oxigraph, at most 3.5", f"{ratio:.2f}"))
    show("a small query that no cache has seen, CPU time", rows)


def _rows(servers: dict[str, Served]) -> None:
    rows: list[tuple[str, object]] = []
    found = least(servers, ROWS, 1)
    for name, served in servers.items():
        before = served.memory()
        start = time.perf_counter()
        target = urllib.parse.urlencode({"query": ROWS + f" # first {name}"})
        connection = HTTPConnection("127.0.0.1", served.port)
        connection.request("GET", f"{served.path}?{target}", headers={"Accept": JSON})
        answer = connection.getresponse()
        answer.read(1)
        first = time.perf_counter() - start
        most = before
        while answer.read(1_048_576):
            most = max(most, served.memory())
        said = f"{found[name]:.2f} s CPU, first byte {first * 1000:.0f} ms"
        rows.append((name, f"{said}, +{most - before:.0f} MB"))
    for kind in ("memory", "disk"):
        ratio = found[kind] / found["oxigraph"]
        rows.append((f"{kind} ÷ oxigraph, at most 1.1", f"{ratio:.2f}"))
    show("100,000 rows as JSON", rows)


def _repeated(servers: dict[str, Served]) -> None:
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


def _runaways(served: Served) -> None:
    """How long short queries take while others never end."""
    stop = threading.Event()

    def torment(number: int) -> None:
        while not stop.is_set():
            try:
                served.ask(ENDLESS, note=f"runaway {number}")
            except OSError:
                stop.wait(0.05)

    threads = [threading.Thread(target=torment, args=(n,)) for n in range(RUNAWAYS)]
    idle = sorted(_latency(served, f"idle {n}") for n in range(500))
    for thread in threads:
        thread.start()
    time.sleep(3)
    try:
        busy = sorted(_latency(served, f"busy {n}") for n in range(1_000))
    finally:
        stop.set()
    refused = sum(item == math.inf for item in busy)
    rows = [
        ("p99 when idle", f"{idle[len(idle) * 99 // 100] * 1000:.1f} ms"),
        ("p50 beside them", f"{busy[len(busy) // 2] * 1000:.1f} ms"),
        (
            "p99 beside them, at most 100 ms",
            f"{busy[len(busy) * 99 // 100] * 1000:.1f}",
        ),
    ]
    rows.append(("refused, of 1,000", str(refused)))
    show(f"a short query beside {RUNAWAYS} that never end", rows)
    for thread in threads:
        thread.join()


def _latency(served: Served, note: str) -> float:
    """Return the seconds of a short query; infinity if it is refused."""
    start = time.perf_counter()
    try:
        served.ask(SMALL, note=note)
    except HTTPError:
        return math.inf
    return time.perf_counter() - start


def _rdflib(out: Path, quads: int) -> None:
    """Print how often one of our queries fits in one of rdflib-endpoint's."""
    merged = CACHE / f"{quads}-merged.nt"
    if not merged.exists():
        lines = (out / "current" / "dataset.nq").open("rb")
        with lines, merged.open("wb") as file:
            file.writelines(line.rpartition(b" <")[0] + b" .\n" for line in lines)
    serve = (sys.executable, "-m", "server", "serve", "--port", "{port}")
    with (
        running("/sparql", *serve, "--releases", out, "--query-store", "disk") as ours,
        running(
            "/",
            peers() / "rdflib-endpoint",
            *("serve", "--port", "{port}", merged),
        ) as theirs,
    ):
        ratios = []
        for name, query in HEAVY.items():
            mine = min(cost(ours, query, f"{name} {n}") for n in range(ROUNDS))
            ratios.append(cost(theirs, query, name) / max(mine, 0.01))
        mean = math.prod(ratios) ** (1 / len(ratios))
        rows = [("rdflib-endpoint ÷ ours, mean, at least 20", f"{mean:.0f}")]
        rows.append(("worst", f"{min(ratios):.0f}"))
    show("heavy queries beside rdflib-endpoint, CPU time", rows)


@click.command()
@click.option("--quads", default=100_000, show_default=True)
def main(quads: int) -> None:
    """Measure the service on a release of a generated graph."""
    out = CACHE / f"{quads}-releases"
    if not (out / "current").exists():
        generated(quads)
        building.compare(quads, peer=False)
    compare(out, quads)


if __name__ == "__main__":
    main()
