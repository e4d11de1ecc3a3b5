"""Each competency question has one answer, and two engines agree on it."""

import csv
from pathlib import Path

import pytest
from rdflib import Dataset
from rdflib.query import ResultRow

from graph.deriving import derive
from graph.formats import by_name
from graph.including import head_comment, include
from graph.merging import merge
from graph.namespaces import DEFAULT_BASE
from graph.paths import NOT_MERGED, QUERIES
from graph.reading import read_graph
from graph.store import Store

ANSWERS = Path(__file__).parent / "answers"

#: Query by question: of the facts (f, one to 25) and of the ontology (o, one to 16).
COVERAGE = {
    "f01": "founding-agreement",
    "f02": "earlier-name-of-the-table",
    "f03": "chair-on-date",
    "f04": "chair-on-date",
    "f05": "chair-hand-over",
    "f06": "standing-then-guest",
    "f07": "meetings-with-exact-day",
    "f08": "inferred-dates",
    "f09": "outcomes-of-2021-11-18",
    "f10": "lrt-agreements-without-fulfilment",
    "f11": "commitments-and-fulfilment",
    "f12": "promise-object-and-fulfilment",
    "f13": "parliamentary-papers-on-meetings",
    "f14": "who-announced-the-quota",
    "f15": "quota-series",
    "f16": "largest-provincial-target",
    "f17": "difference-between-target-versions",
    "f18": "commissioners-as-chair",
    "f19": "publicity-of-provincial-reports",
    "f20": "holder-of-office-on-date",
    "f21": "persons-in-more-roles",
    "f22": "agreements-after-2015",
    "f23": "other-tables-of-that-name",
    "f24": "rota-of-september-2024",
    "f25": "facts-from-one-source",
    "o01": "standing-participants-on-date",
    "o02": "who-chaired",
    "o03": "founding-agreement",
    "o04": "remit-change-2017",
    "o05": "frequency",
    "o06": "meetings-in-a-period",
    "o07": "statements-on-a-topic",
    "o08": "agreements-of-a-meeting",
    "o09": "commitments-and-fulfilment",
    "o10": "days-until-fulfilment",
    "o11": "open-commitments-by-office",
    "o12": "attendance-of-organisations",
    "o13": "statement-sources",
    "o14": "contradictions",
    "o15": "official-identifiers",
    "o16": "graphs-made-since",
}
#: Queries that answer none of these questions, and are asked all the same.
FURTHER = {
    "documents-about-an-entity",
    "documents-by-source",
    "seats-of-a-body-on-date",
    "totals-that-do-not-add-up",
    "where-sources-disagree-on-a-date",
}

questions = pytest.mark.parametrize(
    "path", sorted(QUERIES.glob("*.rq")), ids=lambda path: path.stem
)


def expected(path: Path) -> list[list[str]]:
    """Return the rows of the answer that belongs to a query, its names first."""
    answer = ANSWERS / f"{path.stem}.csv"
    with answer.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def nquads() -> bytes:
    """Give every named graph, the derived ones included."""
    store = read_graph()
    derive(store)
    return store.canonical_nquads()


@pytest.fixture(scope="module")
def merged(nquads: bytes) -> bytes:
    """Give the triples of the merged default graph."""
    return merge(nquads, [DEFAULT_BASE + name for name in NOT_MERGED])


@pytest.fixture(scope="module")
def store(nquads: bytes, merged: bytes) -> Store:
    """Give the graph as a release holds it."""
    store = Store.in_memory()
    store.load(nquads, by_name("nquads"), DEFAULT_BASE)
    store.load(merged, by_name("ntriples"), DEFAULT_BASE)
    return store


@pytest.fixture(scope="module")
def dataset(nquads: bytes, merged: bytes) -> Dataset:
    """Give the same graphs in rdflib."""
    dataset = Dataset()
    dataset.parse(data=nquads, format="nquads")
    dataset.default_graph.parse(data=merged, format="nt")
    return dataset


def test_every_question_has_an_answer_and_back() -> None:
    """Queries and answers bear the same names."""
    queries = {path.stem for path in QUERIES.glob("*.rq")}

    assert {path.stem for path in ANSWERS.iterdir()} == queries


def test_every_competency_question_has_a_query() -> None:
    """All 41 are asked, by queries that are there, and no query stands apart."""
    numbers = {f"f{i:02}" for i in range(1, 26)} | {f"o{i:02}" for i in range(1, 17)}

    assert COVERAGE.keys() == numbers
    assert set(COVERAGE.values()) | FURTHER == {p.stem for p in QUERIES.glob("*.rq")}


@questions
def test_a_query_asks_its_question_in_both_languages(path: Path) -> None:
    """The head of a query is its question, in Dutch and in English."""
    asked = head_comment(path.read_text(encoding="utf-8"))

    assert asked.keys() == {"nl", "en"}
    assert all(question.endswith("?") for question in asked.values())


@questions
def test_the_store_gives_the_expected_answer(path: Path, store: Store) -> None:
    """The engine that serves the graph gives the answer, row by row."""
    names, *rows = expected(path)
    found = [
        [solution[name].value if name in solution else "" for name in names]
        for solution in store.select(include(path.read_text(encoding="utf-8")))
    ]

    assert found == rows


@pytest.mark.filterwarnings(  # rdflib's own code still uses what it deprecates
    r"ignore:Dataset\.\w+ is deprecated:DeprecationWarning"
)
@questions
def test_rdflib_gives_the_expected_answer(path: Path, dataset: Dataset) -> None:
    """An engine that shares no code with the first gives the same answer."""
    names, *rows = expected(path)
    result = dataset.query(include(path.read_text(encoding="utf-8")))
    solutions = [row.asdict() for row in result if isinstance(row, ResultRow)]
    found = [[str(row.get(name, "")) for name in names] for row in solutions]

    assert [str(variable) for variable in result.vars or []] == names
    assert found == rows
