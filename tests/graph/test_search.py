"""Names are found by words and beginnings of words, whatever their case or accents."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from graph import indexing
from graph.indexing import build_index, fold
from graph.search import SearchIndex
from graph.store import Store
from graph.terms import Iri, Literal, Statement

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://example.org/"
LABEL = Iri("http://www.w3.org/2004/02/skos/core#prefLabel")
OTHER = Iri("http://www.w3.org/2004/02/skos/core#altLabel")


def thing(kind: str, name: str) -> Iri:
    """Return the IRI of a thing of a kind."""
    return Iri(f"{BASE}id/{kind}/{name}")


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    """Return an index of three things, one of which is pointed at."""
    names = [
        (thing("organisatie", "lrt"), LABEL, "Landelijke Regietafel", "nl"),
        (thing("organisatie", "lrt"), LABEL, "National table", "en"),
        (thing("organisatie", "lrt"), OTHER, "LRT", "nl"),
        (thing("organisatie", "prt"), LABEL, "Provinciale Regietafel Fryslân", "nl"),
        (thing("periode", "2017"), LABEL, "Regietafel 2017", "nl"),
    ]
    statements = [
        Statement(subject, predicate, Literal(text, language))
        for subject, predicate, text, language in names
    ]
    link = Statement(thing("overleg", "a"), Iri("x:p"), thing("organisatie", "prt"))
    store = Store.in_memory()
    store.add([*statements, link])
    build_index(tmp_path / "search.db", store, BASE)
    return SearchIndex(tmp_path / "search.db")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("regietafel", ["prt", "lrt"]),
        ("REGIE", ["prt", "lrt"]),
        ("fryslan", ["prt"]),
        ("landelijke regie", ["lrt"]),
        ("national", ["lrt"]),
        ("lrt", ["lrt"]),
        ("zoekraakt", []),
        ("", []),
        ('" OR *', []),
        ("NEAR(a, b) -", []),
    ],
)
def test_what_has_every_word_is_found_best_known_first(
    index: SearchIndex, text: str, found: list[str]
) -> None:
    """Things pointed at most come first; operators in the text mean nothing."""
    names = [hit.iri.rpartition("/")[2] for hit in index.search(text, 10)]

    assert names == found


def test_a_hit_has_its_label_in_the_language_asked(index: SearchIndex) -> None:
    """The label shown is the preferred one in the reader's language."""
    hit = index.search("lrt", 10, "en")[0]

    assert (hit.label, hit.language, hit.kind) == (
        "National table",
        "en",
        "organisatie",
    )


def test_the_number_of_hits_is_bounded(index: SearchIndex) -> None:
    """No more hits come than were asked for."""
    assert len(index.search("regietafel", 1)) == 1


def test_folding_drops_case_and_accents() -> None:
    """Letters are compared without their marks."""
    assert fold("Zoë Één") == "zoe een"


def test_an_interrupt_amid_the_index_is_none_of_sqlites_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite calls functions of ours, and would tell that the disk is full."""

    def interrupted(text: str) -> str:
        signal.raise_signal(signal.SIGINT)
        return fold(text)

    monkeypatch.setattr(indexing, "fold", interrupted)
    store = Store.in_memory()
    name = Literal("Landelijke Regietafel", "nl")
    store.add([Statement(thing("organisatie", "lrt"), LABEL, name)])

    with pytest.raises(KeyboardInterrupt):
        build_index(tmp_path / "search.db", store, BASE)
