"""No flipped byte and no lie of a manifest goes unnoticed."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.errors import UnreadableReleaseError
from graph.manifest import Manifest, digest_of, read_manifest
from graph.verifying import check_parts, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from graph.releasing import Release

    Publish = Callable[[Path, Iterable[str]], Release]

BASE = "https://data.regietafel.example/"
LINES = [
    f"<{BASE}id/persoon/a-{n}> <http://xmlns.com/foaf/0.1/name> "
    f'"Naam {n}" <{BASE}graph/bron/b> .'
    for n in range(5)
]


@pytest.fixture
def small(tmp_path: Path, publish_lines: Publish) -> Path:
    """Return the folder of a small second release, which has a parent."""
    publish_lines(tmp_path, LINES[:3])
    return publish_lines(tmp_path, LINES).path


def rewrite(folder: Path, **changes: object) -> None:
    """Make a manifest lie, with a seal that fits the lie."""
    values = vars(read_manifest(folder)) | changes
    text = Manifest(**values).sealed().text()
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def test_a_release_is_as_it_was_published(release: Release, small: Path) -> None:
    """Nothing is found where nothing is wrong, also after it was read from."""
    assert release.search("regietafel", 5)
    assert release.label(f"{BASE}id/organisatie/lrt", "nl")

    assert verify(release.path) == []
    assert verify(small) == []


def test_any_flipped_bit_is_found_and_named(small: Path) -> None:
    """In a byte of each file that holds any, the store's and the manifest included."""
    chance = random.Random(4)  # noqa: S311  chance for a test, no secret
    files = [path for path in small.rglob("*") if path.is_file()]
    flipped = 0
    for path in files:
        whole = path.read_bytes()
        for place in chance.sample(range(len(whole)), min(8, len(whole))):
            data = bytearray(whole)
            data[place] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
            found = {item.file for item in verify(small)}
            assert path.relative_to(small).as_posix() in found, (path, place)
            flipped += 1
        path.write_bytes(whole)

    assert flipped > 8 * 15
    assert verify(small) == []


def test_a_missing_and_an_added_file_are_found(small: Path) -> None:
    """Also in the store."""
    (small / "dataset.trig.gz").unlink()
    (small / "store" / "more.sst").write_bytes(b"")

    assert [(item.file, item.reason) for item in verify(small)] == [
        ("dataset.trig.gz", "is missing"),
        ("store/more.sst", "is not of this release"),
    ]
    with pytest.raises(UnreadableReleaseError, match="is missing"):
        check_parts(small)


def test_a_manifest_of_another_release_is_found(small: Path) -> None:
    """A folder under another name is not that release."""
    moved = small.with_name("0123456789abcdef")
    shutil.copytree(small, moved)

    assert "is that of release" in verify(moved)[0].reason
    with pytest.raises(UnreadableReleaseError):
        check_parts(moved)


def test_a_wrong_id_is_found(small: Path) -> None:
    """An id must follow from the dataset."""
    rewrite(small, id="0123456789abcdef")

    reasons = [item.reason for item in verify(small)]
    assert "has an id that does not follow from the dataset's hash" in reasons


def test_a_wrong_hash_is_found_even_with_a_fitting_seal(small: Path) -> None:
    """The hash of the dataset, and that of any other file."""
    files = read_manifest(small).files
    rewrite(small, files=files | {"graphs.tsv": "0" * 64, "dataset.nq": "1" * 64})

    found = {(item.file, item.reason.partition(" ")[0]) for item in verify(small)}
    assert found == {
        ("manifest.json", "gives"),
        ("graphs.tsv", "differs"),
        ("dataset.nq", "differs"),
    }


def test_wrong_counts_are_found(small: Path) -> None:
    """The store is asked."""
    rewrite(small, counts=read_manifest(small).counts | {"statements": 6})

    assert [item.reason for item in verify(small)] == ["counts wrongly: statements"]


def test_a_store_that_fits_its_hashes_and_cannot_be_opened_is_found(
    small: Path,
) -> None:
    """A lie about the store's files does not get through either."""
    path = small / "store" / "CURRENT"
    path.write_text("nothing\n", encoding="utf-8")
    parts = read_manifest(small).parts
    rewrite(small, parts=parts | {"store/CURRENT": digest_of(path)})

    assert [item.file for item in verify(small)] == ["store"]


@pytest.mark.parametrize("change", [{"published": "2021-12-20"}, {"published": 5}])
def test_a_manifest_without_a_moment_is_refused(
    small: Path, change: dict[str, object]
) -> None:
    """A date must tell its time zone."""
    rewrite(small, **change)

    assert [item.file for item in verify(small)] == ["manifest.json"]


def test_an_unsealed_change_is_refused_when_the_release_is_opened(small: Path) -> None:
    """Whatever the change."""
    told = json.loads((small / "manifest.json").read_text(encoding="utf-8"))
    manifest = Manifest(**told)
    text = replace(manifest, ontology="9.9.9").text()
    (small / "manifest.json").write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableReleaseError, match="altered"):
        read_manifest(small)
