"""Fragments are written out where a query includes them, and answer for any day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from graph import including
from graph.errors import DateNotAskedError, UnknownFragmentError
from graph.including import ask_on, fragments, head_comment, include
from graph.namespaces import shorten
from graph.store import check_query

if TYPE_CHECKING:
    from pathlib import Path

    from graph.releasing import Release

HOLDERS = """
PREFIX functie: <https://data.regietafel.example/id/functie/>
SELECT ?person ?holds ?standIn WHERE {{
  VALUES ?post {{ functie:{post} }}
  # include: holder-at
}}
"""
CHAIRS = """
PREFIX organisatie: <https://data.regietafel.example/id/organisatie/>
SELECT ?person ?holds ?seatHolds WHERE {
  VALUES ?body { organisatie:lrt }
  # include: chair-at
  FILTER (?holds = "ja" && !BOUND(?standIn))
}
"""
PERIODS = """
PREFIX periode: <https://data.regietafel.example/id/periode/>
SELECT ?holds WHERE {{
  VALUES ?period {{ periode:{period} }}
  # include: period-at
}}
"""


def answer(release: Release, query: str, day: str) -> list[tuple[str, ...]]:
    """Return the rows of a query on a day as prefixed names, sorted."""
    rows = release.store.select(ask_on(include(query), date.fromisoformat(day)))
    return sorted({tuple(shorten(term.value) for term in row.values()) for row in rows})


def holders(release: Release, post: str, day: str, holds: str) -> list[tuple[str, ...]]:
    """Return who held an office on a day, and who stood in, for one of the answers."""
    rows = answer(release, HOLDERS.format(post=post), day)
    return [(row[0], *row[2:]) for row in rows if row[1] == holds]


def test_knops_was_minister_on_3_march_2020(release: Release) -> None:
    """Knops, and not Ollongren, was Minister of the Interior that day."""
    found = holders(release, "minister-bzk", "2020-03-03", "ja")

    assert found == [("persoon:knops-r",)]
    assert ("persoon:ollongren-k",) in holders(
        release, "minister-bzk", "2020-03-03", "nee"
    )


def test_van_der_maat_stood_in_on_3_november_2023(release: Release) -> None:
    """Van der Burg remained State Secretary, and Van der Maat stood in for him."""
    assert holders(release, "staatssecretaris-jenv", "2023-11-03", "ja") == [
        ("persoon:van-der-burg-e", "persoon:van-der-maat-c"),
        ("persoon:van-der-maat-c",),
    ]


def test_an_unknown_end_is_not_still_running(release: Release) -> None:
    """Of a membership without an end it is unknown whether it still holds."""
    day = "2025-03-03"

    assert holders(release, "minister-bzk", day, "ja") == []
    assert ("persoon:uitermark-j",) in holders(release, "minister-bzk", day, "onbekend")


def test_the_chair_between_two_sources_is_inferred(release: Release) -> None:
    """On 3 March 2020 the office had a holder, but no source names the chair."""
    row = ("persoon:knops-r", "ja", "onbekend")

    assert row in answer(release, CHAIRS, "2020-03-03")
    assert ("persoon:ollongren-k", "ja", "ja") in answer(release, CHAIRS, "2021-12-20")


@pytest.mark.parametrize(
    ("period", "day", "holds"),
    [
        ("2021-12-20", "2021-12-20", "ja"),
        ("2021-12-20", "2021-12-19", "nee"),
        ("2017", "2017-06-01", "onbekend"),
        ("2017", "2018-01-01", "nee"),
        ("2015-11", "2015-11-27", "onbekend"),
        ("2017-10-26_2019-11-01", "2018-05-05", "ja"),
        ("2017-12-01_", "2017-11-30", "nee"),
        ("2017-12-01_", "2018-01-01", "onbekend"),
        ("_2017-10-26", "2017-10-27", "nee"),
        ("_2017-10-26", "2017-10-25", "onbekend"),
    ],
)
def test_a_period_gives_one_of_three_answers(
    release: Release, period: str, day: str, holds: str
) -> None:
    """Yes, no or unknown, as far as start and end are known."""
    assert answer(release, PERIODS.format(period=period), day) == [(holds,)]


@pytest.mark.parametrize("path", fragments(), ids=lambda path: path.stem)
def test_a_fragment_says_what_it_does(path: Path) -> None:
    """A fragment has a description in both languages, and names what it gives."""
    text = path.read_text(encoding="utf-8")

    assert head_comment(text).keys() == {"nl", "en"}
    assert ("\n# given: ?at" in text) is path.stem.endswith("-at")
    assert "\n# gives: ?" in text


@pytest.mark.parametrize("path", fragments(), ids=lambda path: path.stem)
def test_a_fragment_stands_alone_twice_over(path: Path) -> None:
    """Included twice in one query it parses, its inner variables kept apart."""
    query = f"SELECT * {{\n# include: {path.stem}\n}}"
    twice = f"SELECT * {{\n# include: {path.stem}\n{{\n# include: {path.stem}\n}} }}"

    check_query(include(query))
    check_query(include(twice))


def test_places_keep_their_line() -> None:
    """A fragment takes one line, so what follows stays on its line."""
    head = "# nl: Vraag?\n# en: Question?\n\n"
    query = head + "SELECT * {\n  # include: holder-at\n  ?x ?y\n}"

    written = include(query)

    assert len(written.splitlines()) == len(query.splitlines())
    assert head_comment(written).keys() == {"nl", "en"}


def test_a_fragment_may_keep_its_lines() -> None:
    """Who reads the query gets its lines, as deep as they stand."""
    query = "# Question?\nSELECT * {\n  # include: period-at\n}"
    lines = include(query, in_lines=True).splitlines()

    assert lines[0] == "# Question?"
    assert [line for line in lines if line.count("PREFIX ") > 1] == []
    assert "  ?period a dcterms:PeriodOfTime ." in lines
    assert any(line.startswith("    IF(?startPrecision") for line in lines)
    assert [line for line in lines[1:] if line.lstrip().startswith("#")] == []
    check_query("\n".join(lines))


def test_variables_are_bound_to_the_query_s_own() -> None:
    """A query may give the variables of a fragment names of its own."""
    written = include(
        "SELECT * {\n# include: period-at ?period=?since ?holds=?known\n}"
    )

    assert "?since a dcterms:PeriodOfTime" in written
    assert "AS ?known)" in written
    assert "?period" not in written


@pytest.mark.parametrize("name", ["nothing", "holder"])
def test_only_fragments_are_included(name: str) -> None:
    """A name of no fragment is refused, and those that there are are named."""
    with pytest.raises(UnknownFragmentError) as caught:
        include(f"SELECT * {{\n# include: {name}\n}}")

    assert "holder-at" in caught.value.mend


@pytest.mark.parametrize("name", ["../queries/frequency", "holder-at.rq", "Holder-At"])
def test_what_is_no_name_stays_a_comment(name: str) -> None:
    """Nothing outside the folder of fragments can be named."""
    query = f"SELECT * {{\n# include: {name}\n}}"

    assert include(query) == query


def test_fragments_that_include_each_other_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inclusion ends."""
    monkeypatch.setattr(including, "FRAGMENTS", tmp_path)
    (tmp_path / "one.rq").write_text("# include: two\n", encoding="utf-8")
    (tmp_path / "two.rq").write_text("# include: one\n", encoding="utf-8")

    with pytest.raises(UnknownFragmentError):
        include("SELECT * {\n# include: one\n}")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?d { ?s ?p ?d FILTER (?d < ?at) }",
        "CONSTRUCT { ?s ?p ?at } WHERE { ?s ?p ?d }",
        "# { in a comment\nASK WHERE { ?s ?p '{', ?at }",
        "SELECT ?at { ?s <x:{at> ?at }".replace("<x:{at>", "<x:at>"),
    ],
)
def test_a_day_is_bound_where_the_patterns_begin(query: str) -> None:
    """The day is a value of the query's own ?at, whatever the query's form."""
    written = ask_on(query, date(2020, 3, 3))

    check_query(written)
    assert written.count('VALUES (?at) { ("2020-03-03"^^') == 1
    assert written.index("VALUES") > query.rindex("{ ?s")


def test_a_day_for_a_query_without_one_is_refused() -> None:
    """A day that would change nothing is not taken in silence."""
    with pytest.raises(DateNotAskedError, match="no variable"):
        ask_on("SELECT * { ?s ?p '?at' }", date(2020, 3, 3))
