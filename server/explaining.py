"""The blueprint of the pages in plain words: what this is, what readers may expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response

from server.links import Links

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.site import Site

#: The pages by their path: the texts of their sections, in order.
PAGES: Final = {
    "about": (
        "about.what",
        "about.sources",
        "about.contradictions",
        "about.dates",
        "about.complete",
        "about.cite",
        "about.reuse",
    ),
    "toegankelijkheid": (
        "accessibility.status",
        "accessibility.tested",
        "accessibility.known",
        "accessibility.report",
    ),
    "privacy": (
        "privacy.cookies",
        "privacy.logs",
        "privacy.citations",
        "privacy.persons",
    ),
}


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of the pages in plain words."""
    routes = Blueprint("explaining", __name__)

    def shower(name: str, sections: tuple[str, ...]) -> Callable[[], Response]:
        start = sections[0].partition(".")[0]
        contact = site.settings.contact
        href = Links(site.base).href(contact) if contact else None

        def show() -> Response:
            """Say in plain words what readers may expect."""
            return site.page(
                "prose.html", start=start, sections=sections, contact=contact, href=href
            )

        show.__name__ = name
        return show

    for name, sections in PAGES.items():
        routes.add_url_rule(f"/{name}", name, shower(name, sections))
    return routes
