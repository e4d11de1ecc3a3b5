"""Query workers take a faster allocator if there is one, and do without elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.allocating import (
    LARGE_PAGES,
    PLACES,
    PRELOAD,
    with_allocator,
    with_large_pages,
)
from graph.errors import QueryMemoryError
from graph.formats import JSON
from graph.paths import ROOT
from graph.workers import Limits, QueryWorkers

if TYPE_CHECKING:
    from graph.releasing import Release

DOUBLINGS = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(30))
DOUBLING = f"SELECT (STRLEN(?v30) AS ?n) {{ BIND('0123456789' AS ?v0) {DOUBLINGS} }}"


def children() -> set[str]:
    """Return the numbers of the processes that this one started."""
    told = Path("/proc/self/task").glob("*/children")
    return set(" ".join(path.read_text(encoding="ascii") for path in told).split())


def libraries_of(numbers: set[str]) -> list[str]:
    """Return what each of these processes has mapped."""
    return [Path(f"/proc/{n}/maps").read_text(encoding="utf-8") for n in numbers]


def test_the_first_library_that_is_there_is_taken(tmp_path: Path) -> None:
    """Without one, or with one named already, the environment stays as it is."""
    missing, found = str(tmp_path / "none.so"), str(tmp_path / "found.so")
    Path(found).touch()

    assert with_allocator({"A": "b"}, (missing, found)) == {"A": "b", PRELOAD: found}
    assert with_allocator({"A": "b"}, (missing,)) == {"A": "b"}
    assert with_allocator({PRELOAD: "own"}, (found,)) == {PRELOAD: "own"}


INSTALLED = pytest.mark.skipif(
    not any(Path(place).is_file() for place in PLACES), reason="no jemalloc here"
)


def test_what_is_said_of_an_allocator_stays() -> None:
    """Each that is not spoken of takes large pages."""
    found = with_large_pages({"MALLOC_CONF": "narenas:1", PRELOAD: "own"})

    assert found == LARGE_PAGES | {"MALLOC_CONF": "narenas:1", PRELOAD: "own"}


def test_a_build_begins_anew_with_it_once() -> None:
    """The second time it has what it asked for, and so goes on."""
    code = (
        "import os\n"
        "from server.build_command import use_allocator\n"
        "print('begun', flush=True)\n"
        "use_allocator()\n"
        "print(os.environ['GLIBC_TUNABLES'], open('/proc/self/maps').read())\n"
    )
    own = {n: v for n, v in os.environ.items() if n not in {PRELOAD, *LARGE_PAGES}}
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=own,
    )

    assert done.stdout.count("begun") == 2
    assert LARGE_PAGES["GLIBC_TUNABLES"] in done.stdout
    assert ("jemalloc" in done.stdout) is any(Path(it).is_file() for it in PLACES)


@INSTALLED
@pytest.mark.parametrize(("allocator", "taken"), [("auto", True), ("system", False)])
def test_memory_is_bounded_with_either(
    release: Release,
    allocator: str,
    taken: bool,  # noqa: FBT001  a parameter of the table
) -> None:
    """The workers have the library that was asked for, and no more than their share."""
    limits = Limits(workers=1, slow=1, memory=256 * 1024 * 1024, allocator=allocator)
    before = children()
    pool = QueryWorkers(release.store_path, limits)
    try:
        answer = pool.evaluate("ASK {}", solutions=JSON, graph=None)
        assert b"true" in b"".join(answer.chunks)
        started = libraries_of(children() - before)
        mapped = [text for text in started if "pyoxigraph" in text]
        assert mapped
        assert all(("jemalloc" in text) is taken for text in mapped)
        with pytest.raises(QueryMemoryError):
            pool.evaluate(DOUBLING, solutions=JSON, graph=None)
    finally:
        pool.close()
