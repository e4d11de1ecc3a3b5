"""The assets of the pages: their addresses, and the blueprint that sends them.

`hatch_build.py` builds them from `frontend/`. Where it could not, no asset has an
address and the pages use their plain style sheet. A name holds a digest of the content,
so that browsers may keep what they have.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, request, send_from_directory, url_for

from server.errors import ThemeError

if TYPE_CHECKING:
    from collections.abc import Mapping

STATIC: Final = Path(__file__).parent / "static"
BUILT: Final = STATIC / "build"
#: Seconds that a browser may keep what never changes under its name.
YEAR: Final = 365 * 24 * 60 * 60
#: Encodings of which a file lies ready, best first, and how their names end.
ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))


@dataclass(frozen=True)
class Assets:
    """What was built: `files` leads from a plain name to that with the digest.

    `theme` is the operator's own style sheet, None where there is none.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    theme: bytes | None = None

    @classmethod
    def read(cls, theme: str | None = None, folder: Path = BUILT) -> Assets:
        """Read what is there; ThemeError if the operator's style sheet is not."""
        return cls(_built(folder), _read_theme(Path(theme)) if theme else None)

    def url(self, name: str) -> str | None:
        """Return the address of an asset, None if it was not built."""
        built = self.files.get(name)
        return url_for("assets.send", name=built) if built else None

    def style_sheets(self, version: str) -> list[str]:
        """Return the addresses of a page's style sheets, the last one wins.

        `version` distinguishes the plain one where it was not built.
        """
        plain = url_for("static", filename="base.css", v=version)
        found = [self.url("nlds.css"), self.url("base.css") or plain, self.theme_url()]
        return [address for address in found if address]

    def script(self, name: str, version: str) -> str:
        """Return the address of a script, of the plain one where it was not built."""
        return self.url(name) or url_for("static", filename=name, v=version)

    def theme_url(self) -> str | None:
        """Return the address of the operator's style sheet, None if there is none."""
        if self.theme is None:
            return None
        digest = hashlib.sha256(self.theme).hexdigest()[:12]
        return url_for("assets.send_theme", digest=digest)


def blueprint(assets: Assets) -> Blueprint:
    """Return the blueprint that sends assets."""
    routes = Blueprint("assets", __name__)
    names = frozenset(assets.files.values())

    @routes.route("/assets/<name>")
    def send(name: str) -> Response:
        """Send what was built, compressed as the browser takes it."""
        if name not in names:
            abort(404)
        encoding, suffix = _encoding()
        response = send_from_directory(
            BUILT, name + suffix, mimetype=_media_type(name), max_age=YEAR, etag=False
        )
        response.set_etag(name + suffix)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.make_conditional(request)
        return _kept(response)

    @routes.route("/assets/theme-<digest>.css")
    def send_theme(digest: str) -> Response:
        """Send the operator's own style sheet."""
        del digest
        if assets.theme is None:
            abort(404)
        return _kept(Response(assets.theme, mimetype="text/css"))

    return routes


def _built(folder: Path) -> dict[str, str]:
    """Return the files of a build; one whose source has changed since is left out."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    stale = {
        name
        for name, digest in manifest["sources"].items()
        if hashlib.sha256((STATIC / name).read_bytes()).hexdigest() != digest
    }
    return {k: v for k, v in manifest["files"].items() if k not in stale}


def _read_theme(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ThemeError(path, error) from None


def _encoding() -> tuple[str, str]:
    """Return the best encoding that the browser takes, and how its files end."""
    accepted = request.accept_encodings
    return next(((e, s) for e, s in ENCODINGS if accepted.quality(e) > 0), ("", ""))


def _media_type(name: str) -> str:
    kinds = {".css": "text/css", ".js": "text/javascript"}
    return kinds.get(Path(name).suffix, "text/plain")


def _kept(response: Response) -> Response:
    """Let caches keep an answer for good."""
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response.vary.add("Accept-Encoding")
    return response
