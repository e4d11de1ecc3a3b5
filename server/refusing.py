"""Words what the gateway itself refuses: as JSON, or for people as a page.

The page needs no release and carries its few rules of style, since nothing more may be
at hand.
"""

from __future__ import annotations

import base64
import hashlib
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

#: How the page looks, in the colours of the others.
STYLE: Final = (
    "body{max-width:40rem;margin:0 auto;padding:2rem 1rem;background:#f5f4ef;"
    "color:#17242a;font:1.0625rem/1.6 system-ui,sans-serif}"
    "header{border-bottom:4px solid #b8860b;font-weight:600}"
    "h1{font-family:Georgia,serif;line-height:1.2}"
    "a,a:visited{color:#0a566f}"
    "@media(prefers-color-scheme:dark){"
    "body{background:#0f1619;color:#e9eeee}a,a:visited{color:#7fcbe2}}"
)
#: Nothing at all may be fetched, nor run, and no other style is taken.
POLICY: Final = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
).encode()
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
        style=STYLE,
        again=_TEXTS.text("errors.again", language) if call.method == "GET" else "",
        status=_TEXTS.text("errors.reported", language, status=problem.status),
    )
