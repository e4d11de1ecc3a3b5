"""Leads from an IRI of the data to a path of this server, and back.

The base of the data need not be the address of the server: pages link to the server's
own paths and show IRIs as text. Data may hold any IRI, so only `http`, `https` and
`mailto` ever become a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

_LINKED: Final = frozenset({"http", "https", "mailto"})

#: First word of an IRI's path under the base, and the path of its page.
_PAGES: Final = {"id/": "doc/", "def/": "def/", "graph/": "graph/"}
#: Paths under the base that are the same path here: the service itself.
_SAME: Final = ("sparql",)

#: Characters that stay as they are in a path; the rest is percent-encoded.
_SAFE: Final = "/~:@!$&'()*+,;=-._%"


@dataclass(frozen=True)
class Links:
    """Links for data under `base`, served under `root` (a path without its last slash).

    A `language` that was chosen by hand goes along with every link of this server.
    """

    base: str
    root: str = ""
    language: str = ""

    def href(self, iri: str) -> str | None:
        """Return where a link to an IRI leads, or None if it must not be a link."""
        return self.local(iri) or (iri if may_link(iri) else None)

    def local(self, iri: str) -> str | None:
        """Return the path of this server that describes an IRI of the data."""
        if not iri.startswith(self.base):
            return None
        rest, mark, fragment = iri[len(self.base) :].partition("#")
        if rest in _SAME:
            return self.page(f"/{rest}") + mark + quote(fragment, safe=_SAFE)
        for start, page in _PAGES.items():
            if rest.startswith(start):
                path = quote("/" + page + rest[len(start) :], safe=_SAFE)
                return self.page(path) + mark + quote(fragment, safe=_SAFE)
        return None

    def page(self, path: str, **parameters: str | int | list[str]) -> str:
        """Return the address of a path of this server, with its parameters."""
        chosen = {"lang": self.language} if self.language else {}
        query = urlencode(parameters | chosen, doseq=True)
        return self.root + path + ("?" + query if query else "")

    def is_local(self, iri: str) -> bool:
        """Tell whether an IRI is described by this server."""
        return self.local(iri) is not None


def may_link(iri: str) -> bool:
    """Tell whether an IRI is an address that a link may lead to."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return False
    return parts.scheme.lower() in _LINKED and bool(parts.netloc or parts.path)


def host_of(address: str) -> str:
    """Return the host of an address as people know it."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def in_header(iri: str) -> str:
    """Return an IRI as it may stand in a header: ASCII, nothing that ends a line."""
    return quote(iri, safe="/~:@!$&'()*+,;=-._%#?[]")
