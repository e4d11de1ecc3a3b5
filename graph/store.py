"""The triple store: the only module that speaks to Oxigraph.

Terms go in and out as `graph.terms`. A store that is built lives in memory; a store
that is served lies in a release and is opened read-only.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyoxigraph as ox

from graph.diagnosing import diagnose
from graph.errors import NotAcceptableAnswerError, QuerySyntaxError
from graph.terms import BlankNode, Iri, Literal, Statement, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import EllipsisType
    from typing import IO

    from graph.formats import Format

SYNTAXES: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
RESULTS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_TARGETS: Final = SYNTAXES | RESULTS
#: Quads that are copied into memory without a pause.
_AT_ONCE: Final = 100_000
_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class BegunAnswer(NamedTuple):
    """A query that has begun: `solutions`, `boolean` or `graph`, and its writer."""

    kind: str
    write: Callable[[IO[bytes]], object]


class Store:
    """A dataset of named graphs and a default graph that holds their merged triples."""

    def __init__(self, store: ox.Store) -> None:
        """Wrap an open Oxigraph store."""
        self._store = store

    @classmethod
    def in_memory(cls) -> Store:
        """Return an empty store in memory."""
        return cls(ox.Store())

    @classmethod
    def read_only(cls, path: Path) -> Store:
        """Open the store in a folder for reading; OSError if it is not one."""
        return cls(ox.Store.read_only(str(path)))

    def __len__(self) -> int:
        """Return the number of quads, the default graph's included."""
        return len(self._store)

    def load(
        self, data: bytes, syntax: Format, base: str, graph: str | None = None
    ) -> None:
        """Add a document; its triples go to `graph`. SyntaxError names line, column."""
        self._store.load(
            data,
            SYNTAXES[syntax.name],
            base_iri=base,
            to_graph=ox.NamedNode(graph) if graph else None,
        )

    def add(self, statements: Iterable[Statement]) -> None:
        """Add statements to the graphs they name."""
        self._store.extend(map(_quad, statements))

    def remove(self, statements: Iterable[Statement]) -> None:
        """Remove statements from the graphs they name; what is not there is let be."""
        for item in statements:
            self._store.remove(_quad(item))

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        names = self._store.named_graphs()
        return sorted(n.value for n in names if isinstance(n, ox.NamedNode))

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
        try:
            pattern: tuple[Any, ...] = tuple(
                None if term is None else _ox(term)
                for term in (subject, predicate, object)
            )
            s, p, o = pattern
            found = self._store.quads_for_pattern(s, p, o, _graph_name(graph))
        except (TypeError, ValueError):
            return
        yield from map(_statement, found)

    def count(self, object: Iri) -> int:  # noqa: A002  RDF's own word for it
        """Return how often an IRI is pointed at in the default graph."""
        found = self._store.quads_for_pattern(
            None, None, _ox(object), ox.DefaultGraph()
        )
        return sum(1 for _ in found)

    def texts(self, predicate: str) -> Iterator[tuple[str, str, str | None]]:
        """Yield a property's literals in the default graph: subject, text, language."""
        name = ox.NamedNode(predicate)
        found = self._store.quads_for_pattern(None, name, None, ox.DefaultGraph())
        for quad in found:
            node, value = quad.subject, quad.object
            if isinstance(node, ox.NamedNode) and isinstance(value, ox.Literal):
                yield node.value, value.value, value.language

    def links(self, predicate: str) -> Iterator[tuple[str, str]]:
        """Yield a property's values that are IRIs in the default graph, by subject."""
        name = ox.NamedNode(predicate)
        found = self._store.quads_for_pattern(None, name, None, ox.DefaultGraph())
        for quad in found:
            node, value = quad.subject, quad.object
            if isinstance(node, ox.NamedNode) and isinstance(value, ox.NamedNode):
                yield node.value, value.value

    def select(self, query: str) -> list[dict[str, Term]]:
        """Answer a trusted SELECT: a dict per solution, without unbound variables."""
        solutions = self._store.query(query)
        if not isinstance(solutions, ox.QuerySolutions):
            raise NotAcceptableAnswerError(kind_of(solutions))
        names = [variable.value for variable in solutions.variables]
        return [
            {
                name: term_of(value)
                for name in names
                if (value := solution[name]) is not None
            }
            for solution in solutions
        ]

    def merged(self, pause: Callable[[], object] = lambda: None) -> Store:
        """Return a copy of the default graph in memory; 500 bytes a triple, about.

        `pause` is called now and then, for whoever wants to stop it.
        """
        copy, default = ox.Store(), ox.DefaultGraph()
        quads = self._store.quads_for_pattern(None, None, None, default)
        while some := list(islice(quads, _AT_ONCE)):
            copy.bulk_extend(some)
            pause()
        return Store(copy)

    def fill_default(self) -> None:
        """Put every triple of the named graphs into the default graph, each once."""
        self._store.extend(
            [ox.Quad(q.subject, q.predicate, q.object) for q in self._store]
        )

    def clear_default(self) -> None:
        """Empty the default graph."""
        self._store.clear_graph(ox.DefaultGraph())

    def construct(self, query: str, graph: str) -> list[Statement]:
        """Answer a trusted CONSTRUCT over the default graph, as statements of `graph`.

        A union of graphs made while a query runs repeats a triple as often as it is
        stated: far slower, and counts go wrong. See `fill_default`.
        """
        triples = self._store.query(query)
        if not isinstance(triples, ox.QueryTriples):
            raise NotAcceptableAnswerError(kind_of(triples))
        name = Iri(graph)
        return [
            Statement(
                term_of(t.subject), Iri(t.predicate.value), term_of(t.object), name
            )
            for t in triples
        ]

    def answer(
        self,
        query: str,
        syntaxes: Mapping[str, Format | None],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> BegunAnswer:
        """Begin an untrusted query: its kind, and what writes the answer to a file.

        `syntaxes` names the format for answers of kind `solutions` and `graph`; a
        `boolean` is written like solutions. Nothing is fetched from elsewhere only if
        `graph.guarding` has let the query pass.
        """
        result = self._begin(query, default_graphs, named_graphs)
        kind = kind_of(result)
        syntax = syntaxes["graph" if kind == "graph" else "solutions"]
        if syntax is None:
            raise NotAcceptableAnswerError(kind)
        target = _TARGETS[syntax.name]
        write: Any = result.serialize
        return BegunAnswer(kind, partial(write, format=target))

    def _begin(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        dataset = {}
        if default_graphs or named_graphs:
            dataset["default_graph"] = [ox.NamedNode(iri) for iri in default_graphs]
            dataset["named_graphs"] = [ox.NamedNode(iri) for iri in named_graphs]
        try:
            return self._store.query(query, **dataset)  # type: ignore[arg-type]
        except SyntaxError as error:
            raise query_syntax_error(query, error) from None

    def canonical_nquads(self) -> bytes:
        """Return the dataset as sorted N-Quads with RDFC-1.0 names for blank nodes.

        See https://www.w3.org/TR/rdf-canon/.
        """
        dataset = ox.Dataset(self._store)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
        return b"".join(sorted(lines.splitlines(keepends=True)))


def serialise(
    statements: Iterable[Statement],
    syntax: Format,
    prefixes: Mapping[str, str] | None = None,
) -> bytes:
    """Return statements in an RDF syntax; a syntax of graphs drops the graph names."""
    quads = map(_quad, statements)
    items = quads if syntax.holds == "dataset" else (quad.triple for quad in quads)
    names = dict(prefixes or {})
    return ox.serialize(items, format=SYNTAXES[syntax.name], prefixes=names) or b""


def check_query(query: str) -> None:
    """Raise QuerySyntaxError if a query does not parse; an empty store is asked.

    It must not name endpoints that can be asked, see `graph.federating`.
    """
    try:
        with suppress(OSError, RuntimeError):
            ox.Store().query(query)
    except SyntaxError as error:
        raise query_syntax_error(query, error) from None


def parse_term(text: str) -> Term:
    """Return the term that N-Triples `text` writes; SyntaxError if it writes none."""
    line = f"<x:s> <x:p> {text} ."
    quad = next(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))
    return term_of(quad.object)


def term_text(term: Term) -> str:
    """Return a term as N-Triples and SPARQL write it, everything escaped.

    ValueError if it is an IRI that is not well-formed.
    """
    return str(_ox(term))


def parse_quads(nquads: bytes) -> Iterator[Statement]:
    """Yield the statements that N-Quads write; SyntaxError where they do not parse."""
    yield from map(_statement, ox.parse(nquads, format=ox.RdfFormat.N_QUADS))


def query_syntax_error(query: str, error: SyntaxError) -> QuerySyntaxError:
    """Return what is wrong with a query, and where, from what its parser says."""
    found = _PLACE.search(str(error))
    line, column, reason = found.groups() if found else (1, 1, str(error))
    before = query.split("\n")[: int(line) - 1]
    offset = sum(len(text) + 1 for text in before) + int(column) - 1
    fault = diagnose(query, offset, reason)
    read = query[: fault.offset].split("\n")
    return QuerySyntaxError(
        fault.words(),
        len(read),
        len(read[-1]) + 1,
        fault=fault.fault,
        found=fault.found,
        likely=fault.likely,
    )


def _graph_name(
    graph: Iri | EllipsisType | None,
) -> ox.NamedNode | ox.DefaultGraph | None:
    if isinstance(graph, Iri):
        return ox.NamedNode(graph.value)
    return ox.DefaultGraph() if graph is None else None


def kind_of(result: object) -> str:
    """Return the kind of a query's result: `solutions`, `boolean` or `graph`."""
    kinds = {ox.QueryBoolean: "boolean", ox.QueryTriples: "graph"}
    return kinds.get(type(result), "solutions")


def _ox(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, Iri):
        return ox.NamedNode(term.value)
    if isinstance(term, BlankNode):
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))


def term_of(term: object) -> Term:
    """Return a term of Oxigraph as a plain value; TypeError if RDF 1.1 has none."""
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.Literal):
        return Literal(term.value, term.language, term.datatype.value)
    if isinstance(term, ox.BlankNode):
        return BlankNode(term.value)
    message = f"a {type(term).__name__} is no term of RDF 1.1"
    raise TypeError(message)


def _quad(statement: Statement) -> ox.Quad:
    graph = ox.NamedNode(statement.graph.value) if statement.graph else None
    return ox.Quad(
        _ox(statement.subject),  # type: ignore[arg-type]  # Oxigraph refuses literals
        ox.NamedNode(statement.predicate.value),
        _ox(statement.object),
        graph,
    )


def _statement(quad: ox.Quad) -> Statement:
    name = quad.graph_name
    return Statement(
        term_of(quad.subject),
        Iri(quad.predicate.value),
        term_of(quad.object),
        Iri(name.value) if isinstance(name, ox.NamedNode) else None,
    )
