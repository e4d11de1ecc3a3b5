"""Describes a thing in schema.org's terms, for search engines: JSON-LD within its page.

What a thing is and what is said of it follow from two tables; dates are as exact as the
data and no more. See https://schema.org/docs/gs.html.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from graph.formats import CSV, RDF_FORMATS
from graph.terms import Iri, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.manifest import Manifest
    from server.describing import Describer, Outgoing

#: The type of schema.org for a class; the first that a thing has counts.
TYPES: Final = {
    "ovl:Meeting": "Event",
    "eli-dl:Activity": "Event",
    "foaf:Person": "Person",
    "ovl:ConsultationBody": "Organization",
    "org:Organization": "Organization",
    "org:FormalOrganization": "Organization",
    "org:OrganizationalUnit": "Organization",
    "ovl:Document": "CreativeWork",
    "ovl:Agreement": "CreativeWork",
    "skos:Concept": "DefinedTerm",
    "skos:ConceptScheme": "DefinedTermSet",
}
#: The property of schema.org for a property, and whether it holds a thing.
PROPERTIES: Final = {
    "skos:altLabel": ("alternateName", False),
    "skos:definition": ("description", False),
    "dcterms:description": ("description", False),
    "dcterms:identifier": ("identifier", False),
    "foaf:familyName": ("familyName", False),
    "foaf:givenName": ("givenName", False),
    "owl:sameAs": ("sameAs", True),
    "skos:exactMatch": ("sameAs", True),
    "foaf:page": ("url", True),
    "dcterms:publisher": ("publisher", True),
    "dcterms:creator": ("creator", True),
    "eli-dl:had_responsible_organization": ("organizer", True),
}
#: The property that holds the date of a type; a type without one has no date.
DATES: Final = {"Event": "startDate", "CreativeWork": "datePublished"}
LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
_COUNTRY: Final = {"nl": "Nederland", "en": "Netherlands"}
_ENCODINGS: Final = {item.extension: item.media_type for item in (*RDF_FORMATS, CSV)}
#: Characters that could end a script element or a line of it.
_ESCAPES: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
#: Values of one property at the most.
_MOST: Final = 20


def as_json_ld(
    describer: Describer, iri: Iri, outgoing: Outgoing, address: str
) -> str | None:
    """Return JSON-LD that may stand in a script element; None for other classes."""
    kind = _type(describer, outgoing)
    if kind is None:
        return None
    values: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": iri.value,
        "name": describer.link(iri).text,
        "mainEntityOfPage": {"@id": address, "license": LICENCE},
    }
    values |= _values(describer, outgoing)
    if kind in DATES and (day := _date(describer, outgoing)):
        values[DATES[kind]] = day
    return json.dumps(values, ensure_ascii=False).translate(_ESCAPES)


def _type(describer: Describer, outgoing: Outgoing) -> str | None:
    classes = outgoing.get(describer.name("rdf:type"), {})
    found = (kind for name, kind in TYPES.items() if describer.name(name) in classes)
    return next(found, None)


def _values(describer: Describer, outgoing: Outgoing) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for path, (name, is_thing) in PROPERTIES.items():
        terms = sorted(outgoing.get(describer.name(path), {}), key=str)
        found = [
            _thing(describer, term, name) if is_thing else term.value
            for term in terms
            if isinstance(term, Iri) is is_thing and _suits(describer, term)
        ][:_MOST]
        if found and name not in values:
            values[name] = found[0] if len(found) == 1 else found
    return values


def _thing(describer: Describer, iri: Any, name: str) -> Any:  # noqa: ANN401  JSON
    """Return a thing by its address, or by address and name where it is of the data."""
    if name in {"sameAs", "url"}:
        return iri.value
    return {"@id": iri.value, "name": describer.link(iri).text}


def _suits(describer: Describer, term: object) -> bool:
    """Tell whether a term is in no other language than that of the page."""
    language = term.language if isinstance(term, Literal) else None
    return language in {None, describer.language}


def _date(describer: Describer, outgoing: Outgoing) -> str | None:
    """Return a date as exactly as the data have it: a day, a month or a year."""
    periods = sorted(outgoing.get(describer.name("ovl:dated"), {}), key=str)
    moments = [describer.moment(term) for term in periods]
    return next((moment for moment in moments if moment), None)


def dataset_as_json_ld(
    manifest: Manifest,
    address: str,
    language: str,
    words: Mapping[str, Any],
    files: Sequence[tuple[str, int, str]],
) -> str:
    """Return a release in schema.org's terms: JSON that may stand in a script element.

    `words` are what the release says of itself, `files` its downloads: the name, the
    bytes and the SHA-256 of each. See
    https://developers.google.com/search/docs/appearance/structured-data/dataset.
    """
    place = f"{address}/release/{manifest.id}"
    publisher = {"@type": "Organization", "name": words["name"], "url": f"{address}/"}
    values = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": f"{manifest.base}release/{manifest.id}",
        "url": f"{address}/dataset",
        "identifier": manifest.id,
        "version": manifest.id,
        "license": LICENCE,
        "isAccessibleForFree": True,
        "inLanguage": ["nl", "en"],
        "datePublished": manifest.published[:10],
        "creator": publisher,
        "publisher": publisher,
        "spatialCoverage": {"@type": "Country", "name": _COUNTRY[language]},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": name,
                "contentUrl": f"{place}/{name}",
                "encodingFormat": _ENCODINGS[name.split(".")[1]],
                "contentSize": f"{size} B",
                "sha256": digest,
            }
            for name, size, digest in files
        ],
        **{name: value for name, value in words.items() if value},
    }
    return json.dumps(values, ensure_ascii=False).translate(_ESCAPES)
