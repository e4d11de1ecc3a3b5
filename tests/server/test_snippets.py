"""Snippets: what a program asks is the query to the letter, whatever is in it."""

from __future__ import annotations

import ast
import html
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest

from server.snippets import snippets

if TYPE_CHECKING:
    from pathlib import Path

#: Queries whose text would end the text that holds it, if that were not quoted.
HOSTILE = [
    "ASK {}",
    'ASK { ?a ?b "x\'y\\"z" }',
    'SELECT * WHERE { ?a ?b """one\ntwo""" }\n# "',
    'SELECT * WHERE {\n ?a ?b \'$(id) `id` \\\\\' }\n#""""',
    '# )" )-" )--"\nASK { ?a ?b "é\U0001f600\\u0041" }',
    "ASK {\r\n ?a ?b ?c }",
]


def text_of(name: str, query: str, endpoint: str = "http://x.test/sparql") -> str:
    """Return the snippet of a query in one language."""
    pairs = [("query", query), ("default-graph-uri", "http://x.test/g?a='b'")]
    found = snippets(endpoint, pairs, "solutions")
    return next(item.text for item in found if item.name == name)


@pytest.mark.parametrize("query", HOSTILE)
def test_python_sends_the_query_to_the_letter(query: str) -> None:
    """The literal in the program is the query."""
    program = ast.parse(text_of("python", query))
    fields = next(node for node in program.body if isinstance(node, ast.Assign))

    assert dict(ast.literal_eval(fields.value))["query"] == query


@pytest.mark.parametrize("query", HOSTILE)
def test_a_shell_sends_the_query_to_the_letter(query: str) -> None:
    """A shell hands curl the arguments that were meant."""
    listed = text_of("curl", query).replace("curl ", "printf '%s\\0' ", 1)
    done = subprocess.run(
        ["sh", "-c", listed], check=True, capture_output=True, text=False
    )

    assert f"query={query}" in done.stdout.decode().split("\0")


@pytest.mark.parametrize("query", HOSTILE)
def test_r_holds_the_query_to_the_letter(query: str) -> None:
    """A raw string of R ends at the first bracket, its dashes and a quote."""
    text = text_of("r", query)
    found = re.search(r'`query` = r"(-*)\((.*?)\)\1"', text, re.DOTALL)

    assert found is not None
    assert found[2] == query


def test_the_programs_run_as_they_are(address: str, tmp_path: Path) -> None:
    """Copied from the page, curl and Python get the rows that the page shows."""
    query = "SELECT ?n WHERE { VALUES ?n { 1 2 } }"
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    page = httpx.get(
        f"{address}/sparql?query={quote(query)}", headers={"Accept": "text/html"}
    ).text
    shell, python = (text_of_page(page, number) for number in range(2))
    (tmp_path / "ask.py").write_text(python)
    commands = (["sh", "-c", shell], [sys.executable, str(tmp_path / "ask.py")])
    answers = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for command in commands
    ]

    assert [answer.split() for answer in answers] == [["n", "1", "2"]] * 2


def text_of_page(page: str, number: int) -> str:
    """Return the text that a page offers to copy for a program."""
    found = re.findall(
        r'<details class="snippet">.*?<code>(.*?)</code>', page, re.DOTALL
    )
    return html.unescape(found[number])
