"""The blueprint of citable answers: cite one, see it as it was, and as it is now."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound

from graph.federating import is_federated
from graph.terms import Iri
from server.asking import Choices, read_value
from server.bibliography import WRITERS
from server.bounding import CUT, cut
from server.citations import Citation, Citations, identity_of
from server.errors import (
    FederatedCitationError,
    GoneReleaseError,
    ParameterError,
    ParameterValueError,
    UnknownResourceError,
)
from server.links import Links, in_header
from server.memento import ORIGINALS
from server.negotiation import HTML, LANGUAGES, choose, prefers_page
from server.protocol import check_length, graphs_in, read_form, single
from server.repeating import ask, compare, current_of
from server.representing import split_extension
from server.wording import day_words, linker, title_of, word

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from graph.interfaces import ServedRelease
    from server.negotiation import Markup
    from server.protocol import Pairs
    from server.site import Site

OFFERS: Final = (HTML, *WRITERS)
ROWS_ON_PAGE: Final = 500
_PLACE: Final = re.compile(r"(?:/release/(?P<release>[0-9a-f]{16}))?/(?P<path>[^?#]+)")
_RELEASE: Final = re.compile(r"[0-9a-f]{16}")
_ID: Final = re.compile(r"[a-z2-7]{12}")


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of citable answers."""
    routes = Blueprint("citing", __name__)
    desk = Desk(site)

    @routes.route("/cite", methods=["POST"])
    def cite() -> AnyResponse:
        """Keep what is asked, its release and its answer under a short address."""
        return desk.cite()

    @routes.route("/cite/<name>")
    def show(name: str) -> Response:
        """Show a citation with its answer as it was, or for a reference manager."""
        return desk.show(name)

    @routes.route("/cite/<identity>/difference")
    def show_difference(identity: str) -> Response:
        """Ask a citation again of the current release, and show what differs."""
        return desk.differ(identity)

    return routes


class Desk:
    """Takes citations in, and shows them."""

    def __init__(self, site: Site) -> None:
        """Keep the site and the file of citations."""
        self._site = site
        self._choices = Choices(site)
        chosen = site.settings
        self._citations = Citations(
            chosen.citations, chosen.citations_bytes, chosen.citations_per_hour
        )

    def cite(self) -> AnyResponse:
        """Keep a citation, and lead to it."""
        pairs = read_form(request)
        asked, titles, place = self._read(pairs)
        release = self._release(_first(single(pairs, "release"), place))
        subject = json.dumps(asked, sort_keys=True, ensure_ascii=False)
        identity = identity_of(subject, release.manifest.id)
        found = self._citations.get(identity) or self._keep(
            identity, subject, titles, release
        )
        links = Links(self._site.base, self._site.root(), self._site.links().language)
        path = links.page(f"/cite/{found.id}")
        if prefers_page(request.headers.get("Accept")):
            return redirect(path, 303)
        response = self._written(found, next(iter(WRITERS)))
        response.status_code = 201
        response.headers["Location"] = path
        return response

    def show(self, name: str) -> Response:
        """Return a citation in the form that is asked for."""
        stem, dot, extension = name.partition(".")
        citation = self._citation(stem)
        form = (
            next((item for item in OFFERS if item.extension == extension), None)
            if dot
            else choose(request.headers.get("Accept"), OFFERS)
        )
        if form is None:
            raise NotFound
        for item in WRITERS:
            if item is form:
                return self._written(citation, item)
        return self._page(citation)

    def differ(self, identity: str) -> Response:
        """Return the page of what has changed since a citation."""
        citation = self._citation(identity)
        current, then = current_of(self._site), self._kept(citation)
        now = ask(self._site, current, citation.asked)
        values: dict[str, Any] = {"now": now, "current": current.manifest, "then": None}
        if then:
            before = ask(self._site, then, citation.asked)
            values |= {"then": before, "difference": compare(before, now)}
        return self._show("difference.html", citation, **values)

    def _keep(
        self,
        identity: str,
        subject: str,
        titles: dict[str, str],
        release: ServedRelease,
    ) -> Citation:
        outcome = ask(self._site, release, json.loads(subject))
        return self._citations.add(
            Citation(
                id=identity,
                subject=subject,
                titles=json.dumps(titles, ensure_ascii=False),
                release=release.manifest.id,
                published=release.manifest.published,
                digest=outcome.digest,
                size=len(outcome.rows),
                created=datetime.now(UTC).isoformat(timespec="seconds"),
            )
        )

    def _read(self, pairs: Pairs) -> tuple[dict[str, Any], dict[str, str], str | None]:
        """Return what is asked, its titles, and the release that its place names."""
        given = [name for name in ("query", "question", "path") if single(pairs, name)]
        if len(given) != 1:
            raise ParameterError(
                "A citation is of a `query`, a `question` or a `path`.",
                "Send exactly one of these.",
            )
        return {"query": self._query, "question": self._question, "path": self._thing}[
            given[0]
        ](pairs)

    def _query(self, pairs: Pairs) -> tuple[dict[str, Any], dict[str, str], None]:
        query = single(pairs, "query") or ""
        check_length(query, self._site.settings.max_query_bytes, posted=True)
        if self._site.workers.limits.services and is_federated(query):
            raise FederatedCitationError
        asked: dict[str, Any] = {"query": query}
        for key, name in (
            ("default_graphs", "default-graph-uri"),
            ("named_graphs", "named-graph-uri"),
        ):
            if graphs := graphs_in(pairs, name):
                asked[key] = list(graphs)
        texts = self._site.texts
        return asked, {x: texts.text("cite.of_query", x) for x in LANGUAGES}, None

    def _question(self, pairs: Pairs) -> tuple[dict[str, Any], dict[str, str], None]:
        question = self._site.questions.by_name.get(single(pairs, "question") or "")
        if question is None:
            raise NotFound
        given = {
            item.name: text
            for item in question.parameters
            if (text := single(pairs, item.name))
        }
        values = {
            item.name: read_value(item, given[item.name], self._choices)
            for item in question.parameters
            if item.name in given
        }
        asked = {
            "query": question.ask(values),
            "question": question.name,
            "values": given,
        }
        titles = {x: title_of(self._site, question, values, x) for x in LANGUAGES}
        return asked, titles, None

    def _thing(self, pairs: Pairs) -> tuple[dict[str, Any], dict[str, str], str | None]:
        found = _PLACE.fullmatch((single(pairs, "path") or "").partition("?")[0])
        start, _, rest = (found["path"] if found else "").partition("/")
        if found is None or start not in ORIGINALS or not rest:
            raise ParameterError(
                "The path is not that of a thing.", "Send one such as /doc/overleg/x."
            )
        iri = f"{self._site.base}{ORIGINALS[start]}/{split_extension(rest)[0]}"
        release = self._release(_first(single(pairs, "release"), found["release"]))
        if not release.describes(iri):
            raise UnknownResourceError(iri)
        titles = {x: word(self._site, Iri(iri), x) for x in LANGUAGES}
        return {"iri": iri}, titles, found["release"]

    def _release(self, identity: str | None) -> ServedRelease:
        """Return a release by its id, without one that which answers."""
        if identity in {None, self._site.release.manifest.id}:
            return self._site.release
        if not _RELEASE.fullmatch(identity or ""):
            raise ParameterValueError("release", self._site.release.manifest.id)
        found = self._site.history.get(str(identity))
        if found is None:
            raise GoneReleaseError(str(identity))
        return found

    def _kept(self, citation: Citation) -> ServedRelease | None:
        """Return the release of a citation, None if it is no longer kept."""
        try:
            return self._release(citation.release)
        except GoneReleaseError:
            return None

    def _citation(self, identity: str) -> Citation:
        found = self._citations.get(identity) if _ID.fullmatch(identity) else None
        if found is None:
            raise NotFound
        return found

    def _page(self, citation: Citation) -> Response:
        release = self._kept(citation)
        then = ask(self._site, release, citation.asked) if release else None
        page = self._show("citation.html", citation, then=then)
        if then and len(then.rows) > ROWS_ON_PAGE:
            page.headers[CUT] = cut("rows", ROWS_ON_PAGE)
        return page

    def _show(self, template: str, citation: Citation, **values: Any) -> Response:  # noqa: ANN401  passed on to the template
        site, language = self._site, self._site.language()
        response = site.page(
            template,
            citation=citation,
            title=citation.title(language),
            published=day_words(citation.day, language),
            created=day_words(citation.moment, language),
            url=self._address(citation),
            writers=tuple(WRITERS),
            rows_on_page=ROWS_ON_PAGE,
            column=lambda name: site.questions.column(name, language),
            cell=linker(site),
            outer=site.root(),
            **values,
        )
        return self._with_headers(response, citation)

    def _address(self, citation: Citation) -> str:
        return f"{self._site.outer_address()}/cite/{citation.id}"

    def _written(self, citation: Citation, form: Markup) -> Response:
        """Return a citation for a reference manager."""
        title = citation.title(self._site.language())
        text = WRITERS[form](citation, title, self._address(citation))
        response = Response(text, content_type=f"{form.media_type}; charset=utf-8")
        response.headers["Cache-Control"] = "no-cache"
        response.vary.update(("Accept", "Accept-Language"))
        return self._with_headers(response, citation)

    def _with_headers(self, response: Response, citation: Citation) -> Response:
        """Add where it is cited as, https://www.rfc-editor.org/rfc/rfc8574."""
        address = in_header(self._address(citation))
        response.headers["Link"] = f'<{address}>; rel="cite-as"'
        return response


def _first(one: str | None, other: str | None) -> str | None:
    return other if one is None else one
