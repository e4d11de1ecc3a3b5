"""Files of any size become one dataset: the same for the same data, however written."""

from __future__ import annotations

import gzip
import random
import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from backports import zstd

from benchmarks.generate import lines
from graph import gathering
from graph.building import build
from graph.deriving import derive
from graph.errors import (
    BlankGraphError,
    InputError,
    SourceEncodingError,
    SourceLineError,
    SourceSyntaxError,
    UnknownFormatError,
    UnreadableFileError,
)
from graph.formats import NTRIPLES
from graph.gathering import gather, instead
from graph.merging import merge, merge_lines
from graph.namespaces import DEFAULT_BASE
from graph.paths import NOT_MERGED, VERSION
from graph.reading import LONGEST, Source, read_graph, stream_file
from graph.releasing import current_release
from graph.sorting import Runs
from graph.store import Store
from graph.terms import BlankNode, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.gathering import Advance
    from graph.releasing import Release

QUAD = b"<x:s> <x:p> <x:o> <x:g> .\n"
BAD: dict[str, tuple[bytes, type[InputError], str]] = {
    "short.nq": (QUAD + QUAD[:-10], SourceSyntaxError, ":2:"),
    "latin.nq": (QUAD + b'<x:s> <x:p> "\xe9" <x:g> .\n', SourceEncodingError, ":2:"),
    "cut.nq.gz": (gzip.compress(QUAD * 999)[:-20], UnreadableFileError, "too early"),
    "cut.nq.zst": (zstd.compress(QUAD * 999)[:-9], UnreadableFileError, "too early"),
    "no.nq.gz": (QUAD, UnreadableFileError, "damaged"),
    "tree.ttl.gz": (b"", UnknownFormatError, ".gz"),
    "table.xls": (b"", UnknownFormatError, ".xls"),
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a file of a generated graph."""
    path = tmp_path / "generated.nq"
    path.write_text("".join(lines(5000)), encoding="utf-8")
    return path


def gathered(folder: Path, path: Path, base: str = DEFAULT_BASE) -> tuple[bytes, bytes]:
    """Return the dataset and the merged triples that a file gives."""
    folder.mkdir()
    gather(folder, instead([path], base), base)
    return (folder / "dataset.nq").read_bytes(), (folder / "merged.nt").read_bytes()


def streamed(tmp_path: Path, path: Path) -> list[bytes]:
    """Return a file's lines of N-Quads, sorted."""
    out = Runs(tmp_path / "runs")
    stream_file(path, DEFAULT_BASE, "x:given", out)  # type: ignore[arg-type]
    return list(out.lines())


def test_the_order_of_lines_does_not_matter(tmp_path: Path, data: Path) -> None:
    """Shuffled, repeated, commented, compressed or spaced: the same dataset."""
    text = data.read_text(encoding="utf-8").splitlines()
    random.Random(1).shuffle(text)  # noqa: S311  no secret
    again = "\n\n# a comment\n".join([*text, text[0]]).replace("> <", ">\t  <")
    (tmp_path / "again.nq.gz").write_bytes(gzip.compress(again.encode()))
    (tmp_path / "again.nq.zst").write_bytes(zstd.compress(again.encode()))
    first = gathered(tmp_path / "one", data)

    assert first == gathered(tmp_path / "two", tmp_path / "again.nq.gz")
    assert first == gathered(tmp_path / "three", tmp_path / "again.nq.zst")


def test_disk_and_memory_give_the_same(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large graph is released like a small one, store and all."""
    small, _ = build(tmp_path / "small", files=[data])
    monkeypatch.setattr(gathering, "IN_MEMORY", 0)
    large, _ = build(tmp_path / "large", files=[data])

    assert small.manifest.reproducible() == large.manifest.reproducible()
    stores = [_named(item.store) for item in (small, large)]
    assert stores[0] == stores[1]


def _named(store: Store) -> set[Statement]:
    """Return the statements without blank nodes, whose names each store draws."""
    return {
        item
        for item in store.statements()
        if not isinstance(item.subject, BlankNode)
        and not isinstance(item.object, BlankNode)
    }


def test_the_checkout_is_what_a_store_makes_of_it(release: Release) -> None:
    """Streaming and a store in memory agree, but for how the store writes times."""
    store = read_graph()
    derive(store)
    merged = merge(store.canonical_nquads(), [DEFAULT_BASE + n for n in NOT_MERGED])
    found = set(release.store.statements(graph=None))

    assert found == set(_parsed(merged))
    assert len(release.dataset.read_bytes().splitlines()) == len(store)


def _parsed(ntriples: bytes) -> list[Statement]:
    """Return what N-Triples state."""
    store = Store.in_memory()
    store.load(ntriples, NTRIPLES, DEFAULT_BASE)
    return list(store.statements())


def test_another_base_is_put_in_while_reading(tmp_path: Path, data: Path) -> None:
    """Nothing of the default base is left, across every piece that is read."""
    dataset, merged = gathered(tmp_path / "draft", data, "https://data.example.org/")

    assert DEFAULT_BASE.encode() not in dataset + merged
    assert b"https://data.example.org/id/organisatie/tafel-1>" in merged


def test_what_always_comes_along(tmp_path: Path, data: Path) -> None:
    """Ontology, schemes and shapes are in; the checkout's sources are not."""
    dataset, merged = gathered(tmp_path / "draft", data)

    assert f"/def/overleg-shapes/{VERSION}> .".encode() in dataset
    assert b"/id/begrip/rol-lid> " in merged
    assert b"/graph/bron/brief-2021-12-20-jenv-lrt>" not in dataset


def test_blank_nodes_get_canonical_names(tmp_path: Path) -> None:
    """Labels and order make no difference, and no two files share a node."""
    names = ("a", "b"), ("z", "y")
    found = []
    for number, (one, two) in enumerate(names):
        path = tmp_path / f"blank{number}.nq"
        quads = [
            f'_:{one} <x:p> "_:no" <x:g> .',
            f"_:{two} <x:q> _:{one} <x:g> .",
            "<x:s> <x:p> <x:o> <x:g> .",
        ]
        path.write_text("\n".join(quads[:: 1 - 2 * number]), encoding="utf-8")
        found.append(gathered(tmp_path / f"draft{number}", path)[0])

    assert found[0] == found[1]
    assert re.search(rb'_:c14n\d+ <x:p> "_:no" <x:g>', found[0])


def test_triples_without_a_graph_go_to_one_for_the_file(tmp_path: Path) -> None:
    """N-Triples, and N-Quads without a name, are stated by their file."""
    path = tmp_path / "plain.nq"
    path.write_bytes(QUAD + b'<x:s> <x:p> "1" .\n')

    assert streamed(tmp_path, path) == [b'<x:s> <x:p> "1" <x:given> .\n', QUAD]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    """Truncated, mis-encoded or of an unknown kind: the file, the place, the mend."""
    content, error, place = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(error) as caught:
        streamed(tmp_path, path)

    assert str(path) in caught.value.message
    assert place in caught.value.message
    assert caught.value.mend


def test_a_bad_file_leaves_the_releases_as_they_were(tmp_path: Path) -> None:
    """Nothing is begun with a file that cannot be read."""
    path = tmp_path / "short.nq"
    path.write_bytes(QUAD[:-10])

    with pytest.raises(SourceSyntaxError):
        build(tmp_path / "out", files=[path])
    with pytest.raises(UnreadableFileError):
        build(tmp_path / "out", files=[tmp_path / "none.nq"])

    assert list((tmp_path / "out").iterdir()) == []


def test_a_graph_must_have_an_iri(tmp_path: Path) -> None:
    """A register cannot describe a graph that a blank node names."""
    path = tmp_path / "blank.nq"
    path.write_bytes(b"<x:s> <x:p> <x:o> _:g .\n")

    with pytest.raises(BlankGraphError):
        streamed(tmp_path, path)


def test_a_line_may_not_be_longer_than_its_limit(tmp_path: Path) -> None:
    """The line is named, and little more than the limit has been read."""
    path = tmp_path / "long.nq"
    path.write_bytes(QUAD + b'<x:s> <x:p> "' + b"a" * (4 << 20) + b'" <x:g> .\n')

    with (
        Source(path, longest=1 << 20) as source,
        pytest.raises(SourceLineError) as told,
    ):
        list(iter(partial(source.read, 1024), b""))
    assert f"{path}:2: " in told.value.message
    assert LONGEST < 16 << 20


def test_merging_keeps_each_triple_once() -> None:
    """Literals that begin alike do not come between the lines of a triple."""
    texts = ('"a"', '"a"@nl', '"a"^^<x:t>', "<x:a>", "<x:a>", '"a" <b"')
    nquads = sorted(
        f"<x:s> <x:p> {text} <x:{name}> .\n".encode()
        for text in texts[:-1]
        for name in "abc"
    )
    found = list(merge_lines(sorted(set(nquads)), ["x:c"]))

    assert found == sorted({f"<x:s> <x:p> {t} .\n".encode() for t in texts[:-1]})


def test_progress_is_told_in_bytes_and_rules(tmp_path: Path, data: Path) -> None:
    """Every step of some length says how far it is."""
    told: dict[str, set[str]] = {}

    @contextmanager
    def step(name: str) -> Iterator[Advance]:
        units = told.setdefault(name, set())
        yield lambda _done, _total, unit: units.add(unit)

    build(tmp_path / "out", step=step, files=[data])

    assert told["read"] >= {"B", "quads"}
    assert told["derive"] >= {"rules", "B"}
    assert current_release(tmp_path / "out").manifest.validated


def test_the_waivers_of_the_checkout_are_not_stale_for_other_files(
    tmp_path: Path, data: Path
) -> None:
    """They are about other data, so that they are not needed tells nothing."""
    _, report = build(tmp_path / "releases", files=[data])

    assert report.stale == ()
