"""What changed between two releases is found entity by entity, and only that."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from graph.diffing import as_json, as_patch, as_text, diff

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://data.regietafel.example/"
NAME = "<http://www.w3.org/2004/02/skos/core#prefLabel>"


def written(path: Path, lines: set[str]) -> Path:
    """Write lines as a release holds them."""
    path.write_bytes(b"".join(sorted(f"{line}\n".encode() for line in lines)))
    return path


def quads(chance: random.Random, size: int) -> set[str]:
    """Return random quads about a few entities whose names begin alike."""
    entities = ["<x:a>", "<x:a/b>", "<x:ab>", "_:c14n1", "_:c14n10", "<x:é>"]
    return {
        f'{chance.choice(entities)} <x:p{chance.randrange(3)}> "{chance.randrange(9)}" '
        "<x:g> ."
        for _ in range(size)
    }


@pytest.mark.parametrize("seed", range(40))
def test_a_diff_is_the_difference_of_the_sets(tmp_path: Path, seed: int) -> None:
    """Each entity once, with its state and exactly what was added and removed."""
    chance = random.Random(seed)  # noqa: S311  chance for a test, no secret
    old, new = (quads(chance, chance.randrange(30)) for _ in range(2))

    changes = list(diff(written(tmp_path / "a", old), written(tmp_path / "b", new)))

    assert {line for item in changes for line in item.added} == new - old
    assert {line for item in changes for line in item.removed} == old - new
    assert len({item.entity for item in changes}) == len(changes)
    for item in changes:
        before, after = (
            any(line.startswith(f"{item.entity} ") for line in lines)
            for lines in (old, new)
        )
        states = {(False, True): "new", (True, True): "changed", (True, False): "gone"}
        assert item.state == states[before, after]


@pytest.mark.parametrize("seed", range(10))
def test_the_patch_turns_one_into_the_other(tmp_path: Path, seed: int) -> None:
    """Every line of the patch is needed, and they suffice."""
    chance = random.Random(seed)  # noqa: S311  chance for a test, no secret
    old, new = (quads(chance, 20) for _ in range(2))
    changes = diff(written(tmp_path / "a", old), written(tmp_path / "b", new))

    lines = list(as_patch(changes, "x:old", "x:new"))

    assert lines[:3] == ["H id <x:new> .", "H prev <x:old> .", "TX ."]
    assert lines[-1] == "TC ."
    result = set(old)
    for line in lines[3:-1]:
        act = {"A": result.add, "D": result.remove}[line[0]]
        act(line[2:])
    assert result == new


def test_the_json_is_one_document(tmp_path: Path) -> None:
    """With the ids, and for each entity its quads as they are written."""
    new = {f'<{BASE}id/persoon/a> {NAME} "A \\" B"@nl <x:g> .'}
    changes = diff(written(tmp_path / "a", set()), written(tmp_path / "b", new))

    found = json.loads("".join(as_json(changes, "old", "new")))

    assert (found["from"], found["to"]) == ("old", "new")
    assert found["entities"] == [
        {"iri": f"{BASE}id/persoon/a", "state": "new", "added": [*new], "removed": []}
    ]
    assert json.loads("".join(as_json([], "a", "b")))["entities"] == []


def test_the_text_names_things(tmp_path: Path) -> None:
    """A person reads labels, and sees which graph says it."""
    person, other = f"{BASE}id/persoon/a", f"{BASE}id/persoon/b"
    old = {f'<{person}> {NAME} "A"@nl <{BASE}graph/bron/x> .'}
    new = {f"<{person}> <x:knows> <{other}> <x:g> .", f"<{person}> <x:p> _:b <x:g> ."}
    changes = diff(written(tmp_path / "a", old), written(tmp_path / "b", new))

    text = list(as_text(changes, {person: "Anna"}.get, BASE))

    assert text == [
        "changed  Anna (persoon:a)",
        '  - skos:prefLabel "A"@nl  [bron:x]',
        "  + x:knows persoon:b  [x:g]",
        "  + x:p _:b  [x:g]",
        "",
    ]
