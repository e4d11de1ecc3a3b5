"""What benchmarks ask of servers: the queries that budgets are set for."""

from __future__ import annotations

from typing import Final

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
#: Nothing but time ends it: what is joined is small enough to be held.
ENDLESS: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a a ovl:Meeting . ?b a ovl:Meeting . ?c a ovl:Meeting }"
)
