"""Compiled templates are kept where they can be, and never those of another source."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from server.templating import CompiledTemplates


def environment(folder: Path, source: str) -> Environment:
    """Return an environment with one template, whose compiled form is kept."""
    return Environment(
        loader=DictLoader({"page": source}),
        bytecode_cache=CompiledTemplates(folder),
        autoescape=True,
    )


def test_a_template_is_compiled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second process does not compile it again."""
    folder = tmp_path / "compiled"
    environment(folder, "<p>{{ name }}").get_template("page")
    assert len(list(folder.iterdir())) == 1
    again = environment(folder, "<p>{{ name }}")
    monkeypatch.delattr(Environment, "_generate")
    assert again.get_template("page").render(name="<b>") == "<p>&lt;b&gt;"


def test_a_changed_source_is_compiled_anew(tmp_path: Path) -> None:
    """What was compiled of another source is never shown."""
    environment(tmp_path, "old").get_template("page")
    assert environment(tmp_path, "new").get_template("page").render() == "new"


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_what_is_damaged_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    """A compiled template that was cut off, is empty or is no such thing is no harm."""
    environment(tmp_path, "whole").get_template("page")
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:40] if damage is None else damage)
    assert environment(tmp_path, "whole").get_template("page").render() == "whole"


def test_a_folder_that_takes_nothing_is_no_harm(tmp_path: Path) -> None:
    """Templates are then compiled at each start."""
    (tmp_path / "file").touch()
    page = environment(tmp_path / "file" / "below", "page").get_template("page")
    assert page.render() == "page"
