"""Every text of the pages is there in both languages, and none is unused."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import server
from graph.indexing import FINDABLE
from graph.namespaces import KINDS
from server.errors import FRAMEWORK_CODES, RULES, UNKNOWN
from server.negotiation import LANGUAGES
from server.texts import Texts, number

TEXTS = Texts.read()
HERE = Path(server.__file__).parent


@pytest.mark.parametrize("key", list(TEXTS))
def test_a_text_is_there_in_every_language_with_the_same_blanks(key: str) -> None:
    """A translation says as much as the original."""
    found = TEXTS.languages(key)
    blanks = [
        {name for _, name, _, _ in Formatter().parse(text) if name}
        for text in found.values()
    ]

    assert set(found) == set(LANGUAGES)
    assert all(text.strip() == text and text for text in found.values())
    assert all(item == blanks[0] for item in blanks)


def test_every_text_that_a_template_names_is_there() -> None:
    """A template with a wrong key would be a page that fails."""
    calls = re.compile(r"\b(?:t|counted)\(\s*[\"']([\w.-]+)[\"']\s*[,)]")
    named = {
        key
        for path in HERE.glob("templates/*.html")
        for key in calls.findall(path.read_text(encoding="utf-8"))
    }

    assert {key for key in named if key not in TEXTS and f"{key}.one" not in TEXTS} == (
        set()
    )


def test_every_text_is_used() -> None:
    """What nobody reads is not kept."""
    sources = [*HERE.glob("templates/*.html"), *HERE.glob("*.py")]
    everything = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    families = (
        "errors.",
        "kind.",
        "kinds.",
        "incoming.",
        "counts.",
        "vocabulary.",
        "graph.family",
        "severities.",
    )
    unused = [
        key
        for key in TEXTS
        if not key.startswith(families)
        and not re.search(rf"[\"']{re.escape(key)}[\"']", everything)
        and f'"{key.rpartition(".")[0]}.' not in everything
        and f'"{key.rpartition(".")[0]}"' not in everything
    ]

    assert unused == []


def test_every_error_and_every_kind_has_its_words() -> None:
    """An error of a new class needs words before it can be answered."""
    codes = {rule.code for rule in RULES.values()} | set(FRAMEWORK_CODES.values())
    wanted = {
        f"errors.{code}.{part}"
        for code in codes | {UNKNOWN}
        for part in ("title", "text", "mend")
    }

    assert wanted - set(TEXTS) == set()
    assert {f"kinds.{kind}" for kind in KINDS} - set(TEXTS) == set()
    assert {f"kind.{kind}" for kind in FINDABLE} - set(TEXTS) == set()


def test_numbers_are_written_as_the_language_does() -> None:
    """Thousands are marked with a point in Dutch and with a comma in English."""
    assert number(1234567, "nl") == "1.234.567"
    assert number(1234567, "en") == "1,234,567"
    assert number(12, "nl") == "12"


def test_a_broken_number_has_the_mark_of_the_language() -> None:
    """Half a second, and one second in full."""
    texts = Texts({"slow": {"nl": "Na {seconds} s", "en": "After {seconds} s"}})

    assert texts.text("slow", "nl", seconds=0.5) == "Na 0,5 s"
    assert texts.text("slow", "en", seconds=0.5) == "After 0.5 s"
    assert texts.text("slow", "nl", seconds=1.0) == "Na 1 s"


def test_one_and_many_are_worded_apart() -> None:
    """No page says `1 results`."""
    assert TEXTS.counted("search.results", "en", 1) == "1 result for"
    assert TEXTS.counted("search.results", "en", 2000) == "2,000 results for"
