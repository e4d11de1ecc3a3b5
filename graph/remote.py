"""A store elsewhere, read by the SPARQL 1.1 Protocol as if it were one of ours.

What a page reads is kept for the pages after it, and what it reads next is fetched
along: everything a release says of a thing, and of what that points at, in one answer.
See https://www.w3.org/TR/sparql11-protocol/.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from graph import quirks
from graph.errors import (
    NotAcceptableAnswerError,
    StoreAnswerError,
    StoreRefusalError,
)
from graph.guarding import words_of
from graph.store import term_text
from graph.terms import BlankNode, Iri, Literal, Statement
from graph.transcoding import query_kind, read_solutions, transcode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import EllipsisType

    from graph.body import Body
    from graph.endpoint import Endpoint
    from graph.formats import Format
    from graph.store import BegunAnswer
    from graph.terms import Term

#: Statements that are kept for later, some 500 bytes each.
KEPT: Final = 200_000
#: Things that are fetched along at the most, and in one query.
ALONG: Final = 400
AT_ONCE: Final = 100
Key = tuple[object, ...]


class RemoteStore:
    """A dataset behind a SPARQL endpoint.

    `graphs` are the named graphs of a release that was pushed there, whose merged
    triples are in a graph of their own; None is a store of unknown making, which is
    taken as it is.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        graphs: Sequence[str] | None = None,
        *,
        pragmas: bool = False,
    ) -> None:
        """Read from an endpoint; nothing is asked yet.

        `pragmas` tells that queries name their dataset themselves, see `graph.quirks`.
        """
        self._pragmas = pragmas
        self._endpoint = endpoint
        self._graphs = None if graphs is None else sorted(graphs)
        self._found: list[str] | None = None
        self._kept: OrderedDict[Key, tuple[Statement, ...]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        if self._graphs is not None:
            return list(self._graphs)
        if self._found is None:
            rows = self.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
            self._found = sorted(row["g"].value for row in rows if "g" in row)
        return list(self._found)

    def statements(
        self,
        subject: Term | None = None,
        predicate: Iri | None = None,
        object: Term | None = None,  # noqa: A002  RDF's own word for it
        graph: Iri | EllipsisType | None = ...,
    ) -> Iterator[Statement]:
        """Yield what matches; `...` is every graph, None the default graph only.

        An IRI that is not well-formed matches nothing.
        """
        wanted = (predicate, object, graph)
        if subject is None:
            yield from self._matching(*wanted)
            return
        for item in self._about(subject, whole=predicate is None):
            if (
                (predicate is None or item.predicate == predicate)
                and (object is None or item.object == object)
                and (graph is ... or item.graph == graph)
            ):
                yield item

    def count(self, object: Iri) -> int:  # noqa: A002  RDF's own word for it
        """Return how often an IRI is pointed at in the default graph."""
        rows = self.select(
            f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s ?p {written(object)} }}"
        )
        return int(rows[0]["n"].value)

    def counts(self, start: str) -> dict[str, int]:
        """Return how often each IRI that begins so is pointed at, asked at once."""
        text = written(Literal(start))
        rows = self._rows(
            "SELECT ?o (COUNT(*) AS ?n) WHERE { ?s ?p ?o "
            f"FILTER(ISIRI(?o) && STRSTARTS(STR(?o), {text})) }} GROUP BY ?o"
        )
        return {row["o"].value: int(row["n"].value) for row in rows if "o" in row}

    def texts(self, predicate: str) -> Iterator[tuple[str, str, str | None]]:
        """Yield a property's literals in the default graph: subject, text, language."""
        query = (
            "SELECT DISTINCT ?s ?o WHERE "
            f"{{ ?s {written(Iri(predicate))} ?o FILTER(ISLITERAL(?o)) }}"
        )
        for row in self._rows(query, "s", "o"):
            node, value = row["s"], row["o"]
            if isinstance(node, Iri) and isinstance(value, Literal):
                yield node.value, value.value, value.language

    def links(self, predicate: str) -> Iterator[tuple[str, str]]:
        """Yield a property's values that are IRIs in the default graph, by subject."""
        query = (
            "SELECT DISTINCT ?s ?o WHERE "
            f"{{ ?s {written(Iri(predicate))} ?o FILTER(ISIRI(?o)) }}"
        )
        for row in self._rows(query, "s", "o"):
            if isinstance(row["s"], Iri):
                yield row["s"].value, row["o"].value

    def select(self, query: str) -> list[dict[str, Term]]:
        """Answer a trusted SELECT: a dict per solution, without unbound variables."""
        return list(self._rows(query))

    def answer(
        self,
        query: str,
        syntaxes: Mapping[str, Format | None],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> BegunAnswer:
        """Begin an untrusted query: its kind, and what writes the answer to a file."""
        kind = query_kind(query)
        syntax = syntaxes["graph" if kind == "graph" else "solutions"]
        if syntax is None:
            raise NotAcceptableAnswerError(kind)
        dataset: Sequence[tuple[str, str]] = _dataset(default_graphs, named_graphs)
        if not dataset and "FROM" not in words_of(query):
            dataset = self._dataset()
        accept = quirks.TRIPLES if kind == "graph" else quirks.SOLUTIONS
        body = self._ask(query, dataset, accept)
        if kind == "graph" and quirks.repeats_graphs(body.headers):
            self._assure_whole(query, dataset, body)
        begun = body.telling(lambda file: transcode(file, kind, syntax))
        write = begun.write
        return begun._replace(write=lambda out: body.telling(lambda _: write(out)))

    def _assure_whole(
        self, query: str, dataset: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Raise StoreAnswerError if the store silently made a part of a graph."""
        rows = quirks.bare_rows(query)
        try:
            if rows:
                self._ask(rows, dataset, quirks.SOLUTIONS).close()
        except BaseException:
            body.close()
            raise

    def _rows(self, query: str, *names: str) -> Iterator[dict[str, Term]]:
        """Yield solutions in which these variables, at least, have values."""
        with self._ask(query, self._dataset(), quirks.SOLUTIONS) as body:
            yield from _solutions(body, names)

    def _ask(self, query: str, dataset: Iterable[tuple[str, str]], accept: str) -> Body:
        if self._pragmas:
            named = [(name, term_text(Iri(iri))) for name, iri in dataset]
            query, dataset = quirks.with_pragmas(query, named), ()
        body = self._endpoint.ask([("query", query), *dataset], accept)
        if body.status == 404:  # noqa: PLR2004  Not Found
            body.close()
            raise StoreRefusalError("status 404: there is no SPARQL endpoint")
        return body

    def _dataset(self) -> list[tuple[str, str]]:
        """Return the graphs of a pushed release, as the protocol names them."""
        if self._graphs is None:
            return []
        return _dataset([quirks.MERGED], self._graphs)

    def _matching(
        self,
        predicate: Iri | None,
        object: Term | None,  # noqa: A002  RDF's own word for it
        graph: Iri | EllipsisType | None,
    ) -> tuple[Statement, ...]:
        """Return what matches without a subject, and fetch the subjects along."""
        key = (predicate, object, graph)
        found = self._recall(key)
        if found is None:
            try:
                pattern = f"?s {_or(predicate, '?p')} {_or(object, '?o')}"
                where = self._within(pattern, graph)
            except ValueError:
                return ()
            fixed = (None, predicate, object)
            found = tuple(self._statements(where, fixed, graph))
            found += self._unnamed(found) if graph is ... else ()
            self._keep(key, found)
            if predicate is not None or object is not None:
                self._fetch(item.subject for item in found)
        return found

    def _about(self, subject: Term, *, whole: bool) -> tuple[Statement, ...]:
        """Return all statements about a subject; `whole` fetches its objects along."""
        found = self._recall((subject,))
        if found is None:
            try:
                where = self._within(f"{written(subject)} ?p ?o", ...)
            except ValueError:
                return ()
            found = tuple(self._statements(where, (subject, None, None), ...))
            found += self._unnamed(found)
            self._keep((subject,), found)
        if whole:
            self._fetch(item.object for item in found)
        return found

    def _fetch(self, terms: Iterable[Term]) -> None:
        """Keep what is said of things that a page will want next, up to a bound."""
        with self._lock:
            new = [
                term
                for term in dict.fromkeys(terms)
                if isinstance(term, Iri) and (term,) not in self._kept
            ][:ALONG]
        for start in range(0, len(new), AT_ONCE):
            part = new[start : start + AT_ONCE]
            values = " ".join(map(written, part))
            where = self._within("?s ?p ?o", ..., f"VALUES ?s {{ {values} }} ")
            about: dict[Term, list[Statement]] = {term: [] for term in part}
            for item in self._statements(where, (None, None, None), ...):
                about[item.subject].append(item)
            for term, found in about.items():
                self._keep((term,), (*found, *self._unnamed(found)))

    def _statements(
        self,
        where: str,
        fixed: tuple[Term | None, Iri | None, Term | None],
        graph: Iri | EllipsisType | None,
    ) -> Iterator[Statement]:
        """Ask for statements; `fixed` terms of the pattern have no variables."""
        known = {n: term for n, term in zip("spo", fixed, strict=True) if term}
        names = [n for n in "spo" if n not in known] + ["g"] * (graph is ...)
        variables = " ".join(f"?{name}" for name in names)
        query = f"SELECT DISTINCT {variables} WHERE {{ {where} }}"
        seen = None if self._graphs is None else {*self._graphs, quirks.MERGED}
        if isinstance(graph, Iri):
            known["g"] = graph
        with self._ask(query, (), quirks.SOLUTIONS) as body:
            for row in _solutions(body, names[:-1] if graph is ... else names):
                terms = known | row
                name = terms["g"].value if "g" in terms else quirks.MERGED
                if graph is not ... or seen is None or name in seen:
                    place = None if name == quirks.MERGED else Iri(name)
                    path = Iri(terms["p"].value)
                    yield Statement(terms["s"], path, terms["o"], place)

    def _unnamed(self, found: Sequence[Statement]) -> tuple[Statement, ...]:
        """Return what only the default graph says, as the statements of a graph.

        Pages tell for each statement which graph makes it. A release that was pushed
        says nothing without one; a store of unknown making may.
        """
        if self._graphs is not None:
            return ()
        named = {item[:3] for item in found if item.graph}
        name = Iri(quirks.UNNAMED)
        return tuple(
            item._replace(graph=name) for item in found if item[:3] not in named
        )

    def _within(
        self, pattern: str, graph: Iri | EllipsisType | None, values: str = ""
    ) -> str:
        """Return a pattern within a graph, as this store keeps them."""
        if isinstance(graph, Iri):
            return f"GRAPH {written(graph)} {{ {pattern} }}"
        if self._graphs is not None:
            name = "?g" if graph is ... else f"<{quirks.MERGED}>"
            return f"{values}GRAPH {name} {{ {pattern} }}"
        if graph is None:
            return pattern
        both = (pattern, f"GRAPH ?g {{ {pattern} }}")
        return " UNION ".join(f"{{ {values}{item} }}" for item in both)

    def _recall(self, key: Key) -> tuple[Statement, ...] | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: Key, found: tuple[Statement, ...]) -> None:
        with self._lock:
            if key in self._kept or len(found) > KEPT:
                return
            self._kept[key] = found
            self._size += len(found) + 1
            while self._size > KEPT:
                self._size -= len(self._kept.popitem(last=False)[1]) + 1


def written(term: Term) -> str:
    """Return a term as it stands in a query; ValueError if it could end there."""
    if isinstance(term, BlankNode):
        return term_text(Iri(quirks.address_of(term)))
    return term_text(term)


def _or(term: Term | None, variable: str) -> str:
    return variable if term is None else written(term)


def _dataset(default: Sequence[str], named: Sequence[str]) -> list[tuple[str, str]]:
    return [
        *(("default-graph-uri", iri) for iri in default),
        *(("named-graph-uri", iri) for iri in named),
    ]


def _solutions(body: Body, names: Iterable[str]) -> Iterator[dict[str, Term]]:
    rows = body.telling(read_solutions)
    while (row := body.telling(lambda _: next(rows, None))) is not None:
        if not row.keys() >= {*names}:
            raise StoreAnswerError("it leaves out terms that were asked")
        yield row
