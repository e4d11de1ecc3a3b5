"""The one table of prefixes, and how a prefixed name becomes an IRI.

Every Turtle file and query of the project uses exactly these prefixes. The project's
own IRIs start with a base that is a setting: files are written with `DEFAULT_BASE`, and
`rebase` exchanges it while they are read.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_BASE: Final = "https://data.regietafel.example/"

#: Path word under `{base}id/` for each kind of thing; the prefix is the path word.
KINDS: Final = (
    "actor",
    "afspraak",
    "agendapunt",
    "begrip",
    "begrippenkader",
    "bewering",
    "bewerking",
    "dataset",
    "debat",
    "deelname",
    "document",
    "dossier",
    "functie",
    "lacune",
    "lidmaatschap",
    "organisatie",
    "overleg",
    "periode",
    "persoon",
    "regeling",
    "statusvermelding",
    "structuur",
    "tegenspraak",
    "tekstpositie",
    "toezegging",
    "uitspraak",
    "vindplaats",
    "vraag",
    "waarneming",
    "wijziging",
    "zetel",
)

OWN: Final = {
    "ovl": "def/overleg#",
    "ovlsh": "def/overleg-shapes#",
    "def": "def/",
    "graph": "graph/",
    "bron": "graph/bron/",
    "referentie": "graph/referentie/",
    "afgeleid": "graph/afgeleid/",
    "begrippen": "graph/begrippen/",
    "release": "release/",
} | {kind: f"id/{kind}/" for kind in KINDS}

FOREIGN: Final = {
    "besluit": "http://data.vlaanderen.be/ns/besluit#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "eli-dl": "http://data.europa.eu/eli/eli-draft-legislation-ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "frequentie": "http://publications.europa.eu/resource/authority/frequency/",
    "mandaat": "http://data.vlaanderen.be/ns/mandaat#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "taal": "http://publications.europa.eu/resource/authority/language/",
    "time": "http://www.w3.org/2006/time#",
    "tooiont": "https://identifier.overheid.nl/tooi/def/ont/",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@lru_cache(maxsize=16)
def prefixes(base: str = DEFAULT_BASE) -> Mapping[str, str]:
    """Return every prefix with its namespace, the project's own under `base`."""
    own = {prefix: base + path for prefix, path in OWN.items()}
    return MappingProxyType(dict(sorted((own | FOREIGN).items())))


def expand(name: str, base: str = DEFAULT_BASE) -> str:
    """Return the IRI of a prefixed name such as `org:Post`; KeyError if unknown."""
    prefix, _, local = name.partition(":")
    return prefixes(base)[prefix] + local


def shorten(iri: str, base: str = DEFAULT_BASE) -> str:
    """Return an IRI as a prefixed name by its longest namespace, else as it is."""
    found = [
        (len(space), f"{prefix}:{iri[len(space) :]}")
        for prefix, space in prefixes(base).items()
        if iri.startswith(space)
    ]
    return max(found)[1] if found else iri


def rebase(text: str, base: str) -> str:
    """Return `text` with the default base exchanged for `base`."""
    return text if base == DEFAULT_BASE else text.replace(DEFAULT_BASE, base)
