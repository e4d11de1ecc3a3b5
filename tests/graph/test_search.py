"""Names are found by words and beginnings of words, whatever their case or accents."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from graph import indexing
from graph.indexing import build_index, fold
from graph.search import SearchIndex
from graph.splitting import splits
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


@pytest.fixture
def compounds(tmp_path: Path) -> SearchIndex:
    """Return an index of names that have a compound whole, within another, in parts."""
    names = {
        "heel": "Asielopvang in 2021",
        "binnen": "Noodasielopvangplaatsen",
        "delen": "Opvang van asielzoekers",
        "ander": "Opvang van anderen",
        "besluit": "Besluit over de regering",
    }
    store = Store.in_memory()
    store.add(
        Statement(thing("document", name), LABEL, Literal(text, "nl"))
        for name, text in names.items()
    )
    build_index(tmp_path / "search.db", store, BASE)
    return SearchIndex(tmp_path / "search.db")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("asielopvang", ["heel", "binnen", "delen"]),
        ("asielzoekersopvang", ["delen"]),
        ("regeringsbesluit", ["besluit"]),
        ("asielopvang 2021", ["heel"]),
        ("opvang voor de asielzoekers", ["delen"]),
        ("asielbesluit", []),
    ],
)
def test_a_compound_is_found_whole_within_and_in_its_parts(
    compounds: SearchIndex, text: str, found: list[str]
) -> None:
    """Whole comes first; little words in between do not count."""
    result = compounds.find(text, {}, 10, 0)

    assert [hit.iri.rpartition("/")[2] for hit in result.hits] == found
    assert result.corrected == ""


@pytest.mark.parametrize(
    ("text", "fewer"),
    [
        ("besluit zoekraakt", (("besluit", 1),)),
        ("opvang regering", (("regering", 1), ("opvang", 4))),
        ("asielbesluit", (("asiel", 3), ("besluit", 1))),
        ("zoekraakt", ()),
        ("asielopvang", ()),
        ("", ()),
    ],
)
def test_what_is_found_with_fewer_words_is_told(
    compounds: SearchIndex, text: str, fewer: tuple[tuple[str, int], ...]
) -> None:
    """With a word less, or a part of one, where all together find nothing."""
    assert compounds.find(text, {}, 10, 0).fewer == fewer


def test_little_words_alone_are_looked_for(compounds: SearchIndex) -> None:
    """Who looks for one of them means it."""
    assert "van" in compounds.find("van", {}, 10, 0).hits[0].label.split()
    assert [hit.label for hit in compounds.suggest("opvang van as", 5)] == [
        "Opvang van asielzoekers"
    ]


def test_a_word_that_no_compound_is_as_long_as_is_not_split() -> None:
    """So that no text, however long, makes for many questions."""
    asked: list[str] = []

    def note(text: str) -> bool:
        asked.append(text)
        return True

    assert splits("asiel" * 4_000, note, note) == []
    assert asked == []


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
