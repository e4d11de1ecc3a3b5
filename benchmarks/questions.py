"""What benchmarks ask of servers: the queries that budgets are set for.

The heavy ones are of the kinds that people ask of such a graph: how many meetings each
body had in each year, which were the latest, what is called like this, who had a seat
on a day, how many people took part.
"""

from __future__ import annotations

from typing import Final

PREFIXES: Final = (
    "PREFIX ovl: <https://data.regietafel.example/def/overleg#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)
_MORE: Final = (
    "PREFIX begrip: <https://data.regietafel.example/id/begrip/> "
    "PREFIX dcat: <http://www.w3.org/ns/dcat#> "
    "PREFIX eli-dl: <http://data.europa.eu/eli/eli-draft-legislation-ontology#> "
    "PREFIX foaf: <http://xmlns.com/foaf/0.1/> "
    "PREFIX org: <http://www.w3.org/ns/org#> "
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
)
_HEAVY: Final = {
    "aggregate": """SELECT ?body ?year (COUNT(?meeting) AS ?meetings) {
        ?meeting a ovl:Meeting ;
          eli-dl:had_responsible_organization ?body ; ovl:dated ?period .
        ?period dcat:startDate ?day BIND(SUBSTR(STR(?day), 1, 4) AS ?year)
        } GROUP BY ?body ?year ORDER BY ?body ?year""",
    "top-k": """SELECT ?meeting ?name ?day {
        ?meeting a ovl:Meeting ; skos:prefLabel ?name ; ovl:dated ?period .
        ?period dcat:startDate ?day FILTER(LANG(?name) = "nl")
        } ORDER BY DESC(?day) ?meeting LIMIT 20""",
    "label scan": """SELECT ?thing ?name {
        ?thing skos:prefLabel ?name FILTER(CONTAINS(LCASE(STR(?name)), "tafel 77,"))
        } ORDER BY ?name ?thing LIMIT 20""",
    "temporal": """SELECT ?body ?person ?name {
        ?body org:classification begrip:soort-overlegtafel .
        ?seat org:organization ?body ; org:member ?person ; org:memberDuring ?period .
        ?period dcat:startDate ?start .
        ?person skos:prefLabel ?name FILTER(LANG(?name) = "nl")
        OPTIONAL { ?period dcat:endDate ?end }
        FILTER(?start <= "2012-06-01"^^xsd:date
          && (!BOUND(?end) || ?end >= "2012-06-01"^^xsd:date))
        } ORDER BY ?body ?person""",
    "distinct": """SELECT (COUNT(DISTINCT ?person) AS ?people) {
        ?participation eli-dl:had_participant_person ?person .
        ?person a foaf:Person }""",
}
HEAVY: Final = {name: _MORE + query for name, query in _HEAVY.items()}
SMALL: Final = "ASK { ?m a ovl:Meeting ; skos:prefLabel ?l ; ovl:dated ?d }"
ROWS: Final = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 100000"
#: Nothing but time ends it: what is joined is small enough to be held.
ENDLESS: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a a ovl:Meeting . ?b a ovl:Meeting . ?c a ovl:Meeting }"
)
