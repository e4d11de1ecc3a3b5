"""Words what the gateway itself refuses: as JSON, or for people as a page.

The page needs no release and no style sheet, since neither may be at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader

from server.negotiation import HTML, PROBLEM, choose_language, prefers_page
from server.problems import as_json
from server.templating import CompiledTemplates
from server.texts import Texts

if TYPE_CHECKING:
    from server.calls import Call
    from server.errors import Problem

#: Nothing at all may be fetched, nor run.
POLICY: Final = b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
_TEXTS: Final = Texts.read()
_PAGE: Final = Environment(
    loader=PackageLoader("server"),
    autoescape=True,
    trim_blocks=True,
    bytecode_cache=CompiledTemplates(),
).get_template("refused.html")


def refusal(call: Call, problem: Problem) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return the headers and the body of a problem, as the client prefers it."""
    accept, spoken = (
        call.headers.get(name, b"").decode("latin-1")
        for name in (b"accept", b"accept-language")
    )
    headers = [
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", b"*"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", POLICY),
        (b"vary", b"Accept, Accept-Language"),
        *((k.lower().encode(), v.encode()) for k, v in problem.headers.items()),
    ]
    if not prefers_page(accept or None):
        kind = (b"content-type", PROBLEM.media_type.encode())
        return [kind, *headers], as_json(problem).encode()
    asked = parse_qs(call.scope["query_string"].decode("latin-1")).get("lang", [""])
    language = choose_language(asked[0], spoken or None)
    headers.append((b"content-type", f"{HTML.media_type}; charset=utf-8".encode()))
    headers.append((b"content-language", language.encode()))
    return headers, _page(call, problem, language).encode()


def _page(call: Call, problem: Problem, language: str) -> str:
    words = {
        name: _TEXTS.text(f"errors.{problem.code}.{name}", language)
        for name in ("title", "text", "mend")
    }
    return _PAGE.render(
        words,
        lang=language,
        site=_TEXTS.text("site.name", language),
        again=_TEXTS.text("errors.again", language) if call.method == "GET" else "",
        status=_TEXTS.text("errors.reported", language, status=problem.status),
    )
