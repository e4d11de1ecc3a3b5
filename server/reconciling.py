"""The blueprint of reconciliation: which thing here is meant by a name in a table.

OpenRefine and programs like it ask this of a column of names. See
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Blueprint, Response, json, request

from graph.indexing import FINDABLE, fold
from server.errors import ParameterValueError
from server.parameters import LONGEST
from server.protocol import read_pairs, single

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from server.site import Site

#: Queries in one request, candidates of one query at the most and by default.
BATCH: Final = 50
MOST: Final = 25
USUAL: Final = 5
#: Of 100: the score below which a candidate is left out, and that of the same name.
LEAST: Final = 40
SAME: Final = 100
_EXAMPLE: Final = '{"q0": {"query": "COA", "type": "organisatie", "limit": 5}}'


class Question(NamedTuple):
    """One query of a batch: a name, the kinds that it may be of, and how many."""

    text: str
    kinds: tuple[str, ...]
    limit: int


def blueprint(site: Site) -> Blueprint:
    """Return the blueprint of reconciliation."""
    routes = Blueprint("reconciling", __name__)

    @routes.route("/reconcile", methods=["GET", "POST"])
    def reconcile() -> Response:
        """Tell what things names may mean; without names, what this service can."""
        text = single(read_pairs(request), "queries")
        if text is None and request.method == "GET":
            return _json(_manifest(site))
        asked = _read(text or "")
        found = {key: {"result": _candidates(site, q)} for key, q in asked.items()}
        return _json(found)

    @routes.route("/reconcile/suggest/entity")
    def suggest_entity() -> Response:
        """Suggest things whose names begin so."""
        language = site.language()
        hits = site.release.index.suggest(_prefix(), USUAL * 2, language)
        return _json(
            {
                "result": [
                    {
                        "id": _local(site, hit.iri),
                        "name": hit.label,
                        "description": site.texts.text(f"kind.{hit.kind}", language),
                        "notable": [_type(site, hit.kind)],
                    }
                    for hit in hits
                ]
            }
        )

    @routes.route("/reconcile/suggest/type")
    def suggest_type() -> Response:
        """Suggest kinds of things whose names begin so."""
        prefix = fold(_prefix())
        known = (_type(site, kind) for kind in FINDABLE)
        found = [kind for kind in known if fold(kind["name"]).startswith(prefix)]
        return _json({"result": found})

    return routes


def _manifest(site: Site) -> dict[str, Any]:
    """Return what the service can, and how its answers are to be read."""
    address = site.address()
    return {
        "versions": ["0.2"],
        "name": site.texts.text("site.name", site.language()),
        "identifierSpace": f"{site.base}id/",
        "schemaSpace": f"{site.base}id/",
        "documentation": f"{address}/api#reconcile",
        "defaultTypes": [_type(site, kind) for kind in FINDABLE],
        "view": {"url": f"{address}/doc/{{{{id}}}}"},
        "batchSize": BATCH,
        "suggest": {
            name: {"service_url": address, "service_path": f"/reconcile/suggest/{name}"}
            for name in ("entity", "type")
        },
    }


def _read(text: str) -> dict[str, Question]:
    """Return a batch of queries; an error that shows one if it cannot be read."""
    try:
        batch = json.loads(text)
    except (ValueError, RecursionError):
        batch = None
    if not isinstance(batch, dict) or not 0 < len(batch) <= BATCH:
        raise ParameterValueError("queries", f"1–{BATCH} × {_EXAMPLE}")
    return {key: _question(value) for key, value in batch.items()}


def _question(value: object) -> Question:
    if not isinstance(value, dict) or not isinstance(value.get("query"), str):
        raise ParameterValueError("queries", _EXAMPLE)
    kinds, limit = value.get("type") or [], value.get("limit", USUAL)
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(kinds, list) or not all(kind in FINDABLE for kind in kinds):
        raise ParameterValueError("queries.type", ", ".join(FINDABLE))
    if type(limit) is not int or not 0 < limit <= MOST:
        raise ParameterValueError("queries.limit", f"1–{MOST}")
    if len(value["query"]) > LONGEST:
        raise ParameterValueError("queries.query", f"≤ {LONGEST}")
    return Question(value["query"], tuple(kinds), limit)


def _candidates(site: Site, asked: Question) -> list[dict[str, Any]]:
    """Return what a name may mean, the most alike first.

    It matches by itself only where one thing alone is called exactly so.
    """
    named = site.release.index.named(asked.text, asked.kinds, site.language())
    scored = [(_score(asked.text, item.names), item) for item in named]
    best = sorted(scored, key=lambda pair: -pair[0])
    same = sum(score == SAME for score, _ in best)
    return [
        {
            "id": _local(site, item.hit.iri),
            "name": item.hit.label,
            "description": site.texts.text(f"kind.{item.hit.kind}", site.language()),
            "type": [_type(site, item.hit.kind)],
            "score": score,
            "match": score == SAME and same == 1,
        }
        for score, item in best[: asked.limit]
        if score >= LEAST
    ]


def _score(text: str, names: Sequence[str]) -> int:
    """Return how alike a name is to the nearest of others, of 100; order is nothing."""
    from rapidfuzz import fuzz  # noqa: PLC0415  only where names are compared

    plain = fold(text).strip()
    found = max((fuzz.token_sort_ratio(plain, fold(name)) for name in names), default=0)
    exact = any(fold(name).strip() == plain for name in names)
    return SAME if exact else min(SAME - 1, round(found))


def _type(site: Site, kind: str) -> dict[str, str]:
    return {"id": kind, "name": site.texts.text(f"kind.{kind}", site.language())}


def _local(site: Site, iri: str) -> str:
    """Return what identifies a thing within the space of identifiers."""
    return iri.removeprefix(f"{site.base}id/")


def _prefix() -> str:
    text = request.args.get("prefix", "")
    if len(text) > LONGEST:
        raise ParameterValueError("prefix", f"≤ {LONGEST}")
    return text


def _json(value: Mapping[str, Any]) -> Response:
    text = json.dumps(value, ensure_ascii=False)
    response = Response(text, mimetype="application/json")
    response.vary.add("Accept-Language")
    return response
