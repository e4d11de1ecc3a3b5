"""What an editor offers while a query is written: prefixes, classes and properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graph.namespaces import prefixes
from graph.terms import Iri
from server.defining import CLASSES, PROPERTIES
from server.negotiation import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.site import Site

_KINDS: Final = (("class", CLASSES), ("property", PROPERTIES))


def vocabulary_terms(site: Site) -> dict[str, Any]:
    """Return the prefixes, and every term of the ontology with its labels."""
    return {"prefixes": dict(prefixes(site.base)), "terms": list(_terms(site))}


def _terms(site: Site) -> Iterator[dict[str, Any]]:
    labels = site.vocabulary.labels
    for kind, classes in _KINDS:
        for iri in sorted(_of_classes(site, classes)):
            name = labels.short(iri)
            if name != iri.value:
                words = {code: labels.of(iri, code).text for code in LANGUAGES}
                yield {"name": name, "kind": kind, "labels": words}


def _of_classes(site: Site, classes: tuple[str, ...]) -> set[Iri]:
    name, store = site.vocabulary.labels.name, site.release.store
    return {
        item.subject
        for prefixed in classes
        for item in store.statements(None, name("rdf:type"), name(prefixed))
        if isinstance(item.subject, Iri)
    }
