"""Every dump holds the whole dataset, and the same bytes each time."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from backports import zstd

from graph.dumping import DUMPED, order_by_graph, write_dumps

if TYPE_CHECKING:
    from pathlib import Path

    from graph.formats import Format
    from graph.releasing import Release


@pytest.mark.parametrize("compression", ["gz", "zst"])
@pytest.mark.parametrize("syntax", DUMPED, ids=lambda item: item.name)
def test_a_dump_holds_the_dataset(
    release: Release, syntax: Format, compression: str
) -> None:
    """Read back by the parser alone, it is the canonical dataset again."""
    path = release.path / f"dataset.{syntax.extension}.{compression}"
    unpack = {"gz": gzip.decompress, "zst": zstd.decompress}[compression]
    kind = pyoxigraph.RdfFormat.from_extension(syntax.extension)

    found = pyoxigraph.Dataset(pyoxigraph.parse(unpack(path.read_bytes()), kind))
    found.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)

    lines = pyoxigraph.serialize(found, format=pyoxigraph.RdfFormat.N_QUADS) or b""
    assert sorted(lines.splitlines()) == release.dataset.read_bytes().splitlines()


def test_dumps_tell_no_time_and_no_name(release: Release, tmp_path: Path) -> None:
    """A second writing gives the same bytes; gzip's header holds no date."""
    write_dumps(release.dataset, tmp_path, release.manifest.base)

    for path in tmp_path.iterdir():
        assert path.read_bytes() == (release.path / path.name).read_bytes()
    assert (tmp_path / "dataset.nq.gz").read_bytes()[3:8] == bytes(5)


def test_little_memory_gives_the_same_order(release: Release, tmp_path: Path) -> None:
    """What does not fit waits on disk, and leaves nothing behind."""
    wide, narrow = tmp_path / "wide.nq", tmp_path / "narrow.nq"

    sizes = order_by_graph(release.dataset, wide)

    assert order_by_graph(release.dataset, narrow, room=1_000) == sizes
    assert wide.read_bytes() == narrow.read_bytes()
    assert sorted(wide.read_bytes().splitlines()) == sorted(
        release.dataset.read_bytes().splitlines()
    )
    assert sum(sizes.values()) == len(wide.read_bytes().splitlines())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["narrow.nq", "wide.nq"]


def test_literals_keep_the_form_they_were_written_in(tmp_path: Path) -> None:
    """A store would write 1.00 as 1."""
    line = b'<x:a> <x:b> "1.00"^^<http://www.w3.org/2001/XMLSchema#decimal> <x:g> .\n'
    (tmp_path / "data.nq").write_bytes(line)

    write_dumps(tmp_path / "data.nq", tmp_path, "https://data.example/")

    for name in ("nq", "trig", "jsonld"):
        assert b"1.00" in gzip.decompress(
            (tmp_path / f"dataset.{name}.gz").read_bytes()
        )
