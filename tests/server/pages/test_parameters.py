"""What cannot be asked is refused on a friendly page, whichever parameter it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import html5lib

from server.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

ABSURD = (
    "-1",
    "1e9",
    "9" * 40,
    "2021-02-30",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "../../etc/passwd",
    "\u202e\x00\ufffe",
    "x" * 3_000,
)
#: Pages that stand for those whose path has blanks.
PLACES = {
    "/doc/{kind}": "/doc/document",
    "/doc/{kind}/{name}": "/doc/organisatie/lrt",
    "/def/{name}": "/def/overleg",
    "/graph/{name}": "/graph/bron/brief-2021-12-20-jenv-lrt",
    "/tijdlijn/{name}": "/tijdlijn/lrt",
    "/releases/{identity}": "/releases/{release}",
    "/cite/{name}": "/cite/aaaaaaaaaaaa",
    "/cite/{identity}/difference": "/cite/aaaaaaaaaaaa/difference",
}
#: Questions that stand for those like them: with a day, a choice, a thing, a text and a
#: number.
QUESTIONS = (
    "chair-on-date",
    "seats-of-a-body-on-date",
    "documents-about-an-entity",
    "other-tables-of-that-name",
    "days-until-fulfilment",
)
#: What takes any text, any number, any time; what names a thing that may be unknown;
#: and what is a form, of which others are on offer.
OTHERWISE = {
    "q": {200, 400},
    "query": {400},
    "default-graph-uri": {200, 400},
    "named-graph-uri": {200, 400},
    "timeout": {200, 400},
    "called": {200, 400},
    "least": {200, 400},
    "thing": {400, 404},
    "format": {406},
}
ALLOWED = {"nl": "Wel mogelijk: ", "en": "Allowed: "}


def parameters_of(paths: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each page with each parameter that it is said to take."""
    for path, item in paths.items():
        answer = item.get("get", {}).get("responses", {}).get("200", {})
        name = path.removeprefix("/queries/")
        if "text/html" not in answer.get("content", {}):
            continue
        if name != path and name not in QUESTIONS:
            continue
        for parameter in item["get"]["parameters"]:
            if parameter["in"] == "query":
                yield PLACES.get(path, path), parameter["name"]


def main_of(answer: httpx.Response) -> str:
    """Return the words of the part of a page that is its own; it must be valid HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return "".join(parser.parse(answer.text).find(".//main").itertext())


def test_an_absurd_value_is_refused_with_what_is_allowed(
    browser_client: httpx.Client, language: str
) -> None:
    """In the language of the reader, and never as an error of the server."""
    paths = browser_client.get("/openapi.json").json()["paths"]
    release = browser_client.get("/").headers["Regietafel-Release"]
    pages = [
        (path.replace("{release}", release), name)
        for path, name in parameters_of(paths)
        if name != "lang"
    ]
    wrong = []
    for path, name in pages:
        for value in ABSURD:
            asked = {name: value, "lang": language}
            answer = browser_client.get(path, params=asked)
            status, said = answer.status_code, main_of(answer)
            is_told = ALLOWED[language] in said or name in OTHERWISE
            if status not in OTHERWISE.get(name, {400}) or not is_told:
                wrong.append((path, name, value[:20], status))
            assert answer.headers["Content-Language"] == language

    assert len(pages) > 50
    assert wrong == []


def test_the_words_that_are_looked_for_are_those_of_the_page() -> None:
    """Else a page that tells nothing would pass."""
    texts = Texts.read().languages("errors.parameter-value.text")

    assert all(ALLOWED[language] in text for language, text in texts.items())
