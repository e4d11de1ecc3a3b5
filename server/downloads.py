"""The blueprint of the files of a release: dumps, tables, reports and the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request, send_file

from graph.dumping import COMPRESSIONS
from graph.formats import CSV, RDF_FORMATS, TSV
from graph.manifest import NAME
from server.errors import NotHereError

if TYPE_CHECKING:
    from server.site import Site

#: Media types of the files, by their last extension.
MEDIA_TYPES: Final = {
    **{item.extension: item.media_type for item in (*RDF_FORMATS, CSV, TSV)},
    **COMPRESSIONS,
    "db": "application/vnd.sqlite3",
    "json": "application/json",
}


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint that sends each file which the manifest names."""
    routes = Blueprint("downloads", __name__)
    manifest = site.release.manifest
    own = (name for name in manifest.parts if "/" not in name)

    def send() -> Response:
        """Send a file of the release."""
        name = request.path.rpartition("/")[2]
        if not (site.release.path / name).exists():
            raise NotHereError(f"the file {name}")
        extension = name.rpartition(".")[2]
        return send_file(
            (site.release.path / name).resolve(),
            mimetype=MEDIA_TYPES[extension],
            etag=(manifest.files | manifest.parts).get(name, manifest.seal),
            max_age=0,
        )

    for name in (*manifest.files, *own, NAME):
        routes.add_url_rule(f"/{name}", name.replace(".", "-"), send)
    return routes
