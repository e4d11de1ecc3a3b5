"""The gate's report: its words, its waivers, its forms, and that both engines agree."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from rdflib import Graph
from rdflib.namespace import RDF, SH

from benchmarks.generate import write
from graph.checking import check
from graph.comparing import alike, differences
from graph.deriving import derive
from graph.engines import ENGINES, Result, fallback_note, load_engine
from graph.errors import EngineRefusalError, WaiversError
from graph.findings import LANGUAGES, Finding, Report
from graph.formats import NQUADS
from graph.incremental import since_release
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE, expand
from graph.paths import NOT_MERGED, ONTOLOGY, WAIVERS, source_files
from graph.reading import read_file
from graph.reporting import as_text, as_turtle, results_from_json
from graph.store import Store
from graph.terms import BlankNode, Iri, Literal, as_json, from_json
from graph.validation import validate
from graph.waiving import Waiver, read_waivers, waive

if TYPE_CHECKING:
    from pathlib import Path

    from graph.releasing import Release

OVL: Final = DEFAULT_BASE + "def/overleg#"
A: Final = DEFAULT_BASE + "id/periode/2021-01-02_2021-01-01"
#: A period that ends before it begins, an agreement without much, a seat for nobody.
WRONG: Final = f"""
<{A}> <{RDF.type}> <http://purl.org/dc/terms/PeriodOfTime> .
<{A}> <http://www.w3.org/ns/dcat#endDate> "2021-01-01"^^<xsd:date> .
<{A}> <http://www.w3.org/ns/dcat#startDate> "2021-01-02"^^<xsd:date> .
<{DEFAULT_BASE}id/afspraak/x> <{RDF.type}> <{OVL}Agreement> .
<{DEFAULT_BASE}id/zetel/x> <{RDF.type}> <{OVL}Seat> .
<{DEFAULT_BASE}id/zetel/x> <http://www.w3.org/ns/org#postIn> "nobody"@NL-nl .
""".replace("xsd:", "http://www.w3.org/2001/XMLSchema#")


@pytest.fixture(scope="module")
def background() -> bytes:
    """Return the ontology and the concept schemes, which data leans on."""
    store = Store.in_memory()
    for path, graph in source_files():
        if path.is_relative_to(ONTOLOGY):
            read_file(store, path, DEFAULT_BASE, DEFAULT_BASE + graph)
    return store.canonical_nquads()


@pytest.fixture(scope="module")
def wrong() -> Report:
    """Return the report on data with mistakes of several kinds."""
    return validate(WRONG.lstrip().encode(), files=())


@pytest.mark.parametrize("errors", [0, 0.01, 0.4])
def test_both_engines_agree_on_generated_data(background: bytes, errors: float) -> None:
    """However many errors there are, both engines find the same."""
    text = io.StringIO()
    write(text, 2000, errors)
    store = Store.in_memory()
    store.load(background, NQUADS, DEFAULT_BASE)
    store.load(text.getvalue().encode(), NQUADS, DEFAULT_BASE)
    derive(store)
    triples = merge(
        store.canonical_nquads(), [DEFAULT_BASE + name for name in NOT_MERGED]
    )

    report = validate(triples, engine="both", files=())

    assert report.differences == ()
    assert bool(report.violations) == bool(errors)
    assert all(name in report.engine for name in ENGINES)


def test_a_difference_between_engines_is_told() -> None:
    """What only one engine finds is named with that engine, and nothing passes."""
    one = Result(Iri("x:a"), "x:p", Literal("v", "nl-NL"), "x:s", "x:S", "x:c")
    same = one._replace(value=Literal("v", "NL-nl"), focus=Iri("x:a"))
    more = one._replace(focus=BlankNode("b1"), value=None)

    assert differences(("a", [one]), ("b", [same])) == ()
    found = differences(("a", [one, more]), ("b", [same]))
    assert found == (("a", alike(more)),)
    report = Report((), "a and b", differences=found)
    assert not report.passes
    assert "only a" in as_text(report)


def test_a_finding_is_in_words_of_both_languages(wrong: Report) -> None:
    """Each finding has the shape's words, and none is without a remedy."""
    for item in wrong.findings:
        for tag in LANGUAGES:
            assert " " in item.messages[tag]
            assert "{" not in item.mends[tag]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("PeriodOfTimeShape-order", "2021-01-02 is not later than dcat:endDate (2021"),
        ("PostShape-postIn-class", "Give nobody the type org:Organization"),
        ("NamedShape-prefLabel-en", "satisfies: English text"),
        ("SeatFillerShape", "exactly one of: Filled ex officio by"),
        ("AgreementShape-party", "Add ovl:party (at least 2, org:Organization)."),
    ],
)
def test_a_remedy_names_what_is_asked(wrong: Report, shape: str, words: str) -> None:
    """The remedy says which property, type, value or dates are at stake."""
    mends = [
        item.mends["en"]
        for item in wrong.findings
        if item.shape == expand(f"ovlsh:{shape}")
    ]

    assert any(words in mend for mend in mends), mends


def test_where_the_message_says_it_all_there_is_no_remedy(release: Release) -> None:
    """A rule that forbids a node has no remedy but the one in its message."""
    text = as_text(check())

    assert release.report["findings"]
    assert "\n         →" in text
    assert "→ \n" not in text
    assert "Pas de beschrijving aan" not in text


def test_the_report_is_a_report_of_w3c(wrong: Report) -> None:
    """As Turtle it is a `sh:ValidationReport` with a result for each finding."""
    text = as_turtle(wrong)
    graph = Graph().parse(data=text, format="turtle")
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)

    assert text == as_turtle(wrong)
    assert len(set(graph.objects(node, SH.result))) == len(wrong.findings)
    for result in graph.objects(node, SH.result):
        tags = {text.language for text in graph.objects(result, SH.resultMessage)}  # type: ignore[attr-defined]
        assert tags == set(LANGUAGES)
        for predicate in (SH.focusNode, SH.resultSeverity, SH.sourceShape):
            assert graph.value(result, predicate)
    assert str(graph.value(node, SH.conforms)) == "false"
    assert "true" in as_turtle(Report((), "x"))


def _told(item: Finding | Result) -> tuple[object, ...]:
    severity = item.severity.rpartition("#")[2]
    return item.focus, item.path, item.value, severity, item.shape, item.component


def test_the_report_is_read_back_from_json(wrong: Report) -> None:
    """As JSON nothing of a result is lost, not even a language or a datatype."""
    plain = json.loads(json.dumps(wrong.as_json()))

    assert list(map(_told, results_from_json(plain))) == list(
        map(_told, wrong.findings)
    )
    for term in (BlankNode("b"), Literal("a", "nl"), Literal("1", None, "x:t")):
        found = from_json(as_json(term))
        assert (found.value, type(found)) == (term.value, type(term))


def test_every_warning_of_the_graph_has_its_reason() -> None:
    """No warning is left that nobody looked at, and no waiver without its warning."""
    report = check()

    assert report.passes, as_text(report)
    assert report.count("Warning") == len(read_waivers())
    assert "waived" in as_text(report)


def test_a_warning_without_a_waiver_does_not_pass() -> None:
    """Nor does a waiver without a warning; an Info cannot be waived."""
    report, waivers = check(), read_waivers()
    info = next(item for item in report.findings if item.severity == "Info")
    other = Waiver(info.shape, info.focus.value, {"nl": "omdat"}, date(2026, 1, 1))

    open_ = waive(_without_waivers(report), waivers[1:])
    stale = waive(report, [*waivers, other])

    assert (open_.unwaived, open_.passes, open_.violations) == (1, False, 0)
    assert stale.stale == (other,)
    assert not stale.passes
    assert "Stale waiver" in as_text(stale)
    assert stale.as_json()["stale"][0]["date"] == "2026-01-01"
    assert stale.about({waivers[0].node}).stale == ()


def _without_waivers(report: Report) -> Report:
    return replace(
        report, findings=tuple(i._replace(waiver=None) for i in report.findings)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("shape =", "shop ="),
        ("date = ", 'date = "x" #'),
        ("ovlsh:", "nowhere:"),
        ('reason.nl = "', 'reason.nl = "" # "'),
        ("reason.en =", "reason.de ="),
        ("reason.", "#"),
        ("[[waiver]]", "[[waived]]"),
        ("[[waiver]]", "[["),
    ],
)
def test_a_bad_file_of_waivers_is_told(tmp_path: Path, old: str, new: str) -> None:
    """A waiver that is not whole is an error, not a waiver."""
    path = tmp_path / "waivers.toml"
    path.write_text(WAIVERS.read_text("utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(WaiversError, match="waivers"):
        read_waivers(path=path)


def test_waivers_follow_the_base() -> None:
    """With another base they are about the same things."""
    assert read_waivers("x:")[0].node.startswith("x:id/")


def test_a_fallback_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first engine cannot be installed, the report says which one ran."""
    assert fallback_note() is None
    monkeypatch.setattr("graph.engines.find_spec", lambda name: name == "pyshacl")

    report = validate(b"", files=())

    assert "pyshacl" in report.engine
    assert "no wheel" in str(report.note)
    assert report.as_json()["note"] == report.note


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("data", "shapes"),
    [(b"<x:a> <x:b", ""), (b"", "<x:a> <x:b"), (b"", "<x:S> a sh:NodeShape .")],
)
def test_an_engine_that_gives_up_says_so(engine: str, data: bytes, shapes: str) -> None:
    """An engine's own exception does not get out."""
    with pytest.raises(EngineRefusalError, match="gives up"):
        load_engine(engine).validate(data, shapes)


@pytest.mark.parametrize("engine", ENGINES)
def test_classes_in_a_circle_are_told(engine: str) -> None:
    """Neither engine hangs on a circle of classes, and the gate names each of them."""
    below = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
    circle = f"<{OVL}A> <{below}> <{OVL}B> .\n<{OVL}B> <{below}> <{OVL}A> .\n"
    thing = f"<x:a> <{RDF.type}> <{OVL}A> .\n<{OVL}C> <{below}> <{OVL}C> .\n"

    report = validate((circle + thing).encode(), engine=engine, files=())
    found = [i for i in report.findings if i.shape.endswith("ClassCircleRule")]

    assert {item.focus.value for item in found} == {OVL + name for name in "ABC"}
    assert all(item.severity == "Violation" for item in found)


def test_the_change_since_a_release_is_enough(release: Release) -> None:
    """Validating what changed since a release gives the report on the whole."""
    nquads = (release.path / "dataset.nq").read_bytes()
    triples = merge(nquads, [DEFAULT_BASE + name for name in NOT_MERGED])
    lines = triples.splitlines(keepends=True)
    kept = b"".join(line for line in lines if b"org#postIn" not in line)

    for data in (triples, kept):
        report = since_release(release, data)
        assert report.findings == validate(data).findings
        assert "validated again" in str(report.note)


def test_a_release_that_cannot_be_built_upon_is_told(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another base, another set of shapes or no report: then all is validated."""
    for change, said in (
        ({"base": "x:"}, "another base"),
        ({"validated": False}, "not validated"),
    ):
        other = type(release)(release.path)
        other.manifest = replace(release.manifest, **change)
        assert said in str(since_release(other, b"").note)
    monkeypatch.setattr("graph.incremental.NOT_MERGED", ("graph/none",))
    assert "shapes changed" in str(since_release(release, b"").note)
