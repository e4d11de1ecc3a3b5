"""Each page is wholly in the language that was asked for; what is not says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import html5lib

#: A row of `types.toml`, as `conftest.py` makes it.
PageType = Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

    import httpx

#: Frequent words of one language that the other has not, nor names of people.
WORDS = {
    "nl": "aan alle bij dat deze die dit door een geen het hier maar naar niet om "
    "ook onder staan staat tot uit voor waar wat welke werd wie wordt zijn zoals",
    "en": "about all and are been does each every for from has have into more not "
    "other than that the their these they this those what when where which who with",
}
#: What a reader is told besides the words between tags.
ATTRIBUTES = ("aria-label", "title", "alt", "placeholder", "data-label", "content")
#: Queries, code and addresses have no language.
SILENT = {"script", "style", "code", "pre", "textarea"}
#: A place in a document is called by its heading, which stands as it was written.
PLACE = "/doc/vindplaats/"
_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"[a-zé]+")


def said(element: Element, language: str) -> Iterator[tuple[str, str]]:
    """Yield each text of a page with the language that it is said to be in."""
    language = element.get("lang") or language
    if str(element.tag) in SILENT or PLACE in (element.get("href") or ""):
        return
    yield from ((language, element.get(name) or "") for name in ATTRIBUTES)
    yield language, element.text or ""
    for child in element:
        yield from said(child, language)
        yield language, child.tail or ""


def test_no_word_of_the_other_language_is_on_a_page(
    fetched: Callable[..., httpx.Response], page_type: PageType, language: str
) -> None:
    """Texts are in the language of the page, or have one of their own."""
    text = fetched(page_type, language).text
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    other = {"nl": "en", "en": "nl"}[language]
    foreign = set(WORDS[other].split())
    strange = [
        " ".join(text.split())[:120]
        for own, text in said(tree, "")
        if own == language
        and foreign & set(_WORD.findall(_ADDRESS.sub("", text.lower())))
    ]

    assert strange == []
