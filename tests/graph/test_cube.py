"""The numbers are a well-formed data cube: W3C's integrity constraints hold.

See https://www.w3.org/TR/vocab-data-cube/#wf-rules. Slices, attributes and measure
dimensions are not used, so the constraints on those cannot fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.namespaces import prefixes

if TYPE_CHECKING:
    from graph.releasing import Release

CONSTRAINTS = {
    "IC-1 an observation is in exactly one data set": """
        ?found a qb:Observation .
        OPTIONAL { ?found qb:dataSet ?one }
        OPTIONAL { ?found qb:dataSet ?two . FILTER (?one != ?two) }
        FILTER (!BOUND(?one) || BOUND(?two))""",
    "IC-2 a data set has exactly one structure": """
        ?found a qb:DataSet .
        OPTIONAL { ?found qb:structure ?one }
        OPTIONAL { ?found qb:structure ?two . FILTER (?one != ?two) }
        FILTER (!BOUND(?one) || BOUND(?two))""",
    "IC-3 a structure has a measure": """
        ?found a qb:DataStructureDefinition .
        FILTER NOT EXISTS { ?found qb:component/qb:measure ?measure .
          ?measure a qb:MeasureProperty }""",
    "IC-4 a dimension has a range": """
        ?found a qb:DimensionProperty .
        FILTER NOT EXISTS { ?found rdfs:range ?range }""",
    "IC-5 a dimension with concepts has a code list": """
        ?found a qb:DimensionProperty ; rdfs:range skos:Concept .
        FILTER NOT EXISTS { ?found qb:codeList ?list }""",
    "IC-11 an observation has every dimension": """
        ?found qb:dataSet/qb:structure/qb:component/qb:dimension ?dimension .
        FILTER NOT EXISTS { ?found ?dimension ?value }""",
    "IC-12 no two observations share all dimensions": """
        ?found qb:dataSet ?series ; ovl:refPeriod ?period ; ovl:refArea ?area .
        ?other qb:dataSet ?series ; ovl:refPeriod ?period ; ovl:refArea ?area .
        FILTER (?found != ?other)
        OPTIONAL { ?found ovl:targetGroup ?group }
        OPTIONAL { ?other ovl:targetGroup ?otherGroup }
        FILTER (COALESCE(STR(?group), "") = COALESCE(STR(?otherGroup), ""))""",
    "IC-14 an observation has every measure": """
        ?found qb:dataSet/qb:structure/qb:component/qb:measure ?measure .
        FILTER NOT EXISTS { ?found ?measure ?value }""",
    "IC-19 a code is in the code list": """
        ?dimension qb:codeList ?list .
        ?found a qb:Observation ; ?dimension ?code .
        FILTER NOT EXISTS { ?code skos:inScheme ?list }""",
}
HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items())
PROVINCES = 12


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_integrity_constraint_holds(name: str, release: Release) -> None:
    """Nothing in the release breaks the constraint."""
    query = f"{HEAD}SELECT DISTINCT ?found WHERE {{ {CONSTRAINTS[name]} }}"

    assert release.store.select(query) == []


def test_both_versions_name_every_province(release: Release) -> None:
    """The two published sets of targets stand side by side, complete."""
    query = f"""{HEAD}SELECT ?series (COUNT(DISTINCT ?area) AS ?areas) WHERE {{
      ?target qb:dataSet ?series ; ovl:refArea ?area ; ovl:places ?places ;
        ovl:targetGroup begrip:doelgroep-alle .
      FILTER (?series IN (dataset:opvangopgave-2024-eerste,
        dataset:opvangopgave-2024-tweede) && ?area != organisatie:rijk)
    }} GROUP BY ?series"""

    counts = [row["areas"].value for row in release.store.select(query)]

    assert counts == [str(PROVINCES)] * 2
