"""What every answer needs: the release, the texts, and how to make a page of them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from flask import make_response, render_template, request

from server.answering import Asker
from server.assets import Assets
from server.describing import Describer
from server.links import Links
from server.listing import Lister
from server.negotiation import HTML, LANGUAGES, choose_language
from server.panels import Panels
from server.questions import Questions
from server.standing import Calendar
from server.texts import number
from server.viewing import EVERYTHING, Asked, Viewer
from server.vocabulary import Vocabulary
from server.wording import moment_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from graph.history import History
    from graph.interfaces import ServedRelease
    from graph.terms import Iri, Term
    from graph.workers import QueryWorkers
    from server.negotiation import Offer
    from server.settings import Settings
    from server.texts import Texts
    from server.views import View

HERE: Final = Path(__file__).parent
#: What counts as a use of a term: of a class, and of a property.
_USED: Final = {"classes": "?thing a ?term", "properties": "?thing ?term ?value"}
#: Where a request says which release it was asked of by id, if it was.
MOUNTED: Final = "regietafel.release"
#: Where a request tells which rule its path fits.
ROUTE: Final = "regietafel.route"
#: How long whoever keeps an answer may give it again: a new release shows in a minute.
FRESH: Final = "public, max-age=60, stale-while-revalidate=600"
#: Indentation, and what keeps its spaces and so comes first.
_INDENT: Final = re.compile(r"<(pre|textarea)\b.*?</\1>|\s*\n\s*", re.DOTALL)
#: Languages, mounts and choices for which what was read is kept.
_DESCRIBERS: Final = 8
#: Characters that data may hold and HTML may not, https://infra.spec.whatwg.org/#control.
_NO_HTML: Final = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(f"{chr(n * 65536 + 65534)}{chr(n * 65536 + 65535)}" for n in range(17))
    + "]"
)

#: The main menu: the text of each item and its path.
MENU: Final = (
    ("nav.day", "/op-datum"),
    ("nav.timeline", "/tijdlijn/lrt"),
    ("nav.meetings", "/overleggen"),
    ("nav.agreements", "/afspraken"),
    ("nav.commitments", "/toezeggingen"),
    ("nav.numbers", "/cijfers"),
    ("nav.contradictions", "/tegenspraken"),
    ("nav.sources", "/bronnen"),
    ("nav.questions", "/queries"),
    ("nav.kinds", "/doc"),
)
#: What stands at the foot of every page.
FOOTER: Final = (
    ("footer.about", "/about"),
    ("queries.title", "/queries"),
    ("footer.dataset", "/dataset"),
    ("releases.title", "/releases"),
    ("footer.api", "/api"),
    ("nav.sparql", "/sparql"),
    ("site.vocabulary", "/def/overleg"),
    ("site.shapes", "/def/overleg-shapes"),
    ("site.graphs", "/graph"),
    ("overview.quality_title", "/kwaliteit"),
    ("accessibility.title", "/toegankelijkheid"),
    ("privacy.title", "/privacy"),
)


def squeeze(html: str) -> str:
    """Return HTML without indentation, except in what keeps its spaces."""
    return _INDENT.sub(lambda found: found[0] if found[1] else "\n", html)


@dataclass(frozen=True)
class Site:
    """One release with all that is needed to answer from it."""

    release: ServedRelease
    workers: QueryWorkers
    settings: Settings
    texts: Texts
    history: History

    @property
    def base(self) -> str:
        """Return the start of the data's own IRIs."""
        return self.release.manifest.base

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Return the ontology and the shapes of the release."""
        return Vocabulary(self.release.store, self.base)

    @cached_property
    def assets(self) -> Assets:
        """Return what was built for browsers."""
        return Assets.read(self.settings.theme_css)

    @cached_property
    def lister(self) -> Lister:
        """Return what lists the things of the release."""
        labels = self.vocabulary.labels
        return Lister(labels, self.asker.select, named=self.release.names_all)

    @cached_property
    def bodies(self) -> list[dict[str, Term]]:
        """Return the tables, the best known first; a release never changes."""
        return self.asker.rows("bodies")

    @cached_property
    def questions(self) -> Questions:
        """Return the example questions."""
        return Questions(self.base)

    @cached_property
    def asker(self) -> Asker:
        """Return what asks the queries of the pages."""
        return Asker(self.workers, self.base, self.settings.page_timeout)

    @property
    def graph_sizes(self) -> dict[str, int]:
        """Return how many statements each named graph holds."""
        return self.release.graph_sizes

    @cached_property
    def term_uses(self) -> dict[str, dict[str, int]]:
        """Return how often classes and properties are used, each statement once."""
        found: dict[str, dict[str, int]] = {}
        for key, pattern in _USED.items():
            solutions = self.asker.select(
                f"SELECT ?term (COUNT(*) AS ?uses) WHERE {{ {pattern} }} GROUP BY ?term"
            )
            found[key] = {
                row["term"].value: int(row["uses"].value)
                for row in solutions
                if "term" in row
            }
        return found

    @cached_property
    def fingerprint(self) -> str:
        """Return a digest of the release and of all that shapes its answers."""
        digest = hashlib.sha256(self.release.manifest.id.encode())
        for path in sorted(HERE.rglob("*.*")):
            if path.suffix in {".py", ".html", ".toml", ".css", ".svg", ".json"}:
                digest.update(path.read_bytes())
        digest.update(self.settings.theme_class.encode() + (self.assets.theme or b""))
        return digest.hexdigest()[:16]

    def language(self) -> str:
        """Return the language of this request's page."""
        header = request.headers.get("Accept-Language")
        return choose_language(request.args.get("lang"), header)

    def links(self) -> Links:
        """Return the links of this request: they keep a language that was chosen."""
        asked = request.args.get("lang")
        return Links(
            self.base, request.script_root, asked if asked in LANGUAGES else ""
        )

    def describer(self) -> Describer:
        """Return what words things in the language of this request."""
        return self._describer(self.links(), self.language())

    @cached_property
    def _describer(self) -> Callable[[Links, str], Describer]:
        """Return what makes describers, and keeps the last with what they read."""

        def make(links: Links, language: str) -> Describer:
            return Describer(self.vocabulary, links, self.texts, language)

        return lru_cache(maxsize=_DESCRIBERS)(make)

    @cached_property
    def calendar(self) -> Calendar:
        """Return what tells when the things of the release held."""
        return Calendar(self.vocabulary.labels)

    def view(self, iri: Iri, asked: Asked = EVERYTHING) -> View | None:
        """Return what the page of a thing shows, or None if nothing is said of it."""
        viewer = Viewer(
            self.describer(), self.lister, self.calendar, self.settings, asked
        )
        return viewer.view(iri)

    def panels(self) -> Panels:
        """Return what makes panels in the language of this request."""
        bound = self.settings.things_on_page
        return Panels(self.asker, self.describer(), bound)

    def mount(self) -> str:
        """Return the start of this request's path if it asks a release by its id."""
        identity = request.environ.get(MOUNTED)
        return f"/release/{identity}" if identity else ""

    def root(self) -> str:
        """Return the path below which the current release is answered from."""
        return request.script_root.removesuffix(self.mount())

    def address(self) -> str:
        """Return the address of what answers this request, as its users know it."""
        return self.outer_address() + self.mount()

    def outer_address(self) -> str:
        """Return the address of this server as its users know it."""
        root = request.url_root.rstrip("/").removesuffix(self.mount())
        return (self.settings.public_url or root).rstrip("/")

    def etag(self, name: str) -> str:
        """Return the tag of an answer that a name tells from all others."""
        return f"{self.fingerprint}-{name}"

    def etag_of(self, path: str, form: Offer) -> str:
        """Return the tag of one form of a document, in this request's language."""
        language = f"-{self.language()}" if form is HTML else ""
        asked = path.encode() + b"?" + request.query_string
        digest = hashlib.sha256(asked).hexdigest()[:16]
        return self.etag(f"{digest}-{form.name}{language}")

    def page(self, template: str, /, status: int = 200, **values: Any) -> Response:  # noqa: ANN401  templates take anything
        """Return a page in the language of this request."""
        language = self.language()
        html = render_template(template, **self._context(language), **values)
        legal = _NO_HTML.sub("\N{REPLACEMENT CHARACTER}", html)
        response = make_response(squeeze(legal), status)
        response.headers["Content-Language"] = language
        response.vary.update(("Accept", "Accept-Language"))
        return response

    def _context(self, language: str) -> dict[str, object]:
        """Return what every template may use."""
        links = self.links()
        return {
            "t": partial(self._text, language),
            "counted": partial(self._counted, language),
            "number": partial(number, language=language),
            "moment": partial(moment_words, language=language),
            "lang": language,
            "language_links": self._language_links(),
            "link_to": links.page,
            "current_page": self._current_page(),
            "menu": MENU,
            "footer": FOOTER,
            "chosen": links.language,
            "address": self.address(),
            "release": self.release.manifest,
            "fingerprint": self.fingerprint,
            "has_text": self.texts.__contains__,
            "asset": self.assets.url,
            "suggesting": self.assets.script("suggest.js", self.fingerprint),
            "style_sheets": self.assets.style_sheets(self.fingerprint),
            "theme": self.settings.theme_class,
        }

    def _current_page(self) -> str:
        """Return where this page is answered from the current release, if it is not."""
        if not self.mount():
            return ""
        asked = request.query_string.decode("latin-1")
        return self.root() + quote(request.path) + (f"?{asked}" if asked else "")

    def _text(self, language: str, key: str, **values: object) -> str:
        return self.texts.text(key, language, **values)

    def _counted(self, language: str, key: str, count: int) -> str:
        return self.texts.counted(key, language, count)

    def _language_links(self) -> list[tuple[str, str]]:
        """Return this page's address in each language."""
        kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
        path = request.script_root + request.path
        return [
            (code, f"{path}?{urlencode([*kept, ('lang', code)])}") for code in LANGUAGES
        ]
