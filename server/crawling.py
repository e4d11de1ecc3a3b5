"""The blueprint of what machines look for: crawlers, search boxes, language models.

The sitemap follows https://www.sitemaps.org/protocol.html: an index, and files of
bounded size. Each covers a stretch of the sorted dataset, so that none takes longer for
a larger graph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, json, render_template, request
from werkzeug.exceptions import NotFound

from server.parameters import words_asked
from server.searching import SUGGESTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from server.site import Site

#: Bytes of the dataset that one file of the sitemap covers. A line takes 60 at the
#: least, so no file gets to the 50,000 addresses that the protocol allows.
STRETCH: Final = 3_000_000
#: Pages that stand on no thing.
PAGES: Final = (
    "/",
    "/op-datum",
    "/tijdlijn/lrt",
    "/overleggen",
    "/afspraken",
    "/toezeggingen",
    "/cijfers",
    "/dossiers",
    "/tegenspraken",
    "/bronnen",
    "/samen",
    "/kwaliteit",
    "/about",
    "/dataset",
    "/queries",
    "/releases",
    "/api",
    "/graph",
    "/doc",
    "/def/overleg",
    "/def/overleg-shapes",
    "/sparql",
    "/toegankelijkheid",
    "/privacy",
)
TYPES: Final = {"xml": "application/xml", "txt": "text/plain"}
_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)
OPENSEARCH: Final = "application/opensearchdescription+xml"
#: Suggestions by https://github.com/dewitt/opensearch, as browsers show them.
COMPLETIONS: Final = "application/x-suggestions+json"


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that leads machines through a site's release."""
    routes = Blueprint("crawling", __name__)

    def send(template: str, media_type: str = "", **values: object) -> Response:
        known = TYPES[template.rpartition(".")[2]]
        text = render_template(template, address=site.address(), **values)
        response = Response(text, content_type=f"{media_type or known}; charset=utf-8")
        response.headers["Cache-Control"] = "no-cache"
        return response

    @routes.route("/robots.txt")
    def robots() -> Response:
        """Tell crawlers where not to go: nothing but what is endless or repeated."""
        return send("robots.txt")

    @routes.route("/llms.txt")
    def llms() -> Response:
        """Tell language models what there is and how to ask for it."""
        counts = site.release.manifest.counts
        return send("llms.txt", release=site.release.manifest, counts=counts)

    @routes.route("/opensearch.xml")
    def opensearch() -> Response:
        """Describe the search, so that browsers can offer it."""
        language, texts = site.language(), site.texts
        return send(
            "opensearch.xml",
            OPENSEARCH,
            lang=language,
            description=texts.text("site.tagline", language),
        )

    @routes.route("/opensearch/suggestions")
    def complete() -> Response:
        """Suggest names while somebody types in the search box of a browser."""
        words, language = words_asked(request.args), site.language()
        hits = site.release.index.suggest(words, SUGGESTED, language)
        names, kinds, places = (
            [hit.label for hit in hits],
            [site.texts.text(f"kind.{hit.kind}", language) for hit in hits],
            [site.address() + (site.links().local(hit.iri) or "") for hit in hits],
        )
        text = json.dumps([words, names, kinds, places], ensure_ascii=False)
        response = Response(text, mimetype=COMPLETIONS)
        response.vary.add("Accept-Language")
        return response

    @routes.route("/sitemap.xml")
    def sitemaps() -> Response:
        """List the files of the sitemap."""
        names = ["pages", *map(str, range(1, _stretches(site.release.dataset) + 1))]
        return send("sitemaps.xml", names=names, moment=site.release.manifest.published)

    @routes.route("/sitemap/<name>.xml")
    def sitemap(name: str) -> Response:
        """List a part of the pages."""
        paths = _paths(site, name)
        return send("sitemap.xml", paths=paths, moment=site.release.manifest.published)

    return routes


def _paths(site: Site, name: str) -> list[str]:
    if name == "pages":
        asked = [f"/queries/{item}" for item in site.questions.by_name]
        return [*PAGES, *asked]
    last = _stretches(site.release.dataset)
    if not _NUMBER.fullmatch(name) or not 1 <= int(name) <= last:
        raise NotFound
    start = (int(name) - 1) * STRETCH
    own = f"<{site.base}id/".encode()
    found = (
        site.links().local(subject.decode().strip("<>"))
        for subject in subjects(site.release.dataset, start, start + STRETCH)
        if subject.startswith(own)
    )
    return [path.partition("?")[0] for path in found if path]


def _stretches(dataset: Path) -> int:
    """Return how many files list the things; a store elsewhere leaves none to read."""
    if not dataset.exists():
        return 0
    return -(-dataset.stat().st_size // STRETCH)


def subjects(dataset: Path, start: int, end: int) -> Iterator[bytes]:
    """Yield each subject of sorted N-Quads whose first line begins in a stretch."""
    last, place = b"", start
    with dataset.open("rb") as lines:
        if start:
            last, place = _line_across(lines, start)
        while place < end and (line := lines.readline()):
            subject, place = line.partition(b" ")[0], place + len(line)
            if subject != last:
                yield subject
            last = subject


def _line_across(lines: BinaryIO, start: int) -> tuple[bytes, int]:
    """Return the subject of the line that a place lies in or ends, and where it ends.

    The file is left there. The line is looked for backwards, in growing steps.
    """
    step = 4_096
    while True:
        lines.seek(max(0, start - step))
        before = lines.read(min(step, start))
        if b"\n" in before[:-1] or step >= start:
            break
        step *= 2
    first = before.rstrip(b"\n").rpartition(b"\n")[2]
    lines.seek(start - 1)
    rest = lines.readline()
    return (first + rest[1:]).partition(b" ")[0], start - 1 + len(rest)
