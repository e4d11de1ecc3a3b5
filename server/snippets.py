"""How to ask a query from a program: lines of shell, Python and R that run as they are.

Each language quotes the query by its own rules, so that nothing in a query can end the
text that holds it.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.formats import CSV, JSON, TURTLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Pairs = Sequence[tuple[str, str]]

#: What is asked for, by the kind of answer.
_FORMATS: Final = {"solutions": CSV, "boolean": JSON, "graph": TURTLE}


class Snippet(NamedTuple):
    """A program that asks a query, and the language it is in."""

    name: str
    label: str
    text: str


def snippets(endpoint: str, pairs: Pairs, kind: str) -> list[Snippet]:
    """Return programs that ask a query; `kind` is what it answers with."""
    media_type = _FORMATS[kind].media_type
    return [
        Snippet(name, label, write(endpoint, pairs, media_type))
        for name, label, write in _WRITERS
    ]


def _shell(endpoint: str, pairs: Pairs, media_type: str) -> str:
    fields = [f"  --data-urlencode {shlex.quote(f'{k}={v}')}" for k, v in pairs]
    head = [f"curl --fail-with-body {shlex.quote(endpoint)}"]
    return " \\\n".join([*head, f"  --header 'Accept: {media_type}'", *fields]) + "\n"


def _python(endpoint: str, pairs: Pairs, media_type: str) -> str:
    fields = "".join(f"    ({json.dumps(k)}, {_python_text(v)}),\n" for k, v in pairs)
    return (
        "from urllib.parse import urlencode\n"
        "from urllib.request import Request, urlopen\n\n"
        f"fields = [\n{fields}]\n"
        "request = Request(\n"
        f"    {json.dumps(endpoint)},\n"
        "    data=urlencode(fields).encode(),\n"
        f'    headers={{"Accept": {json.dumps(media_type)}}},\n'
        ")\n"
        "with urlopen(request) as answer:\n"
        "    print(answer.read().decode())\n"
    )


def _r(endpoint: str, pairs: Pairs, media_type: str) -> str:
    fields = ",\n".join(f"    `{k}` = {_r_text(v)}" for k, v in pairs)
    read = " |>\n  read.csv(text = _)" if media_type == CSV.media_type else ""
    return (
        "library(httr2)\n\n"
        f"answer <- request({json.dumps(endpoint)}) |>\n"
        f"  req_headers(Accept = {json.dumps(media_type)}) |>\n"
        f"  req_body_form(\n{fields}\n  ) |>\n"
        f"  req_perform() |>\n  resp_body_string(){read}\n"
    )


def _python_text(text: str) -> str:
    """Return a text as Python writes it, over several lines if it has them."""
    if "\n" not in text:
        return repr(text)
    inner = text.replace("\\", "\\\\").replace('"""', r"\"\"\"").replace("\r", "\\r")
    ends = inner.endswith('"')
    return f'"""{inner[:-1]}\\""""' if ends else f'"""{inner}"""'


def _r_text(text: str) -> str:
    """Return a text as a raw string of R, whose end the text does not hold."""
    dashes = ""
    while f'){dashes}"' in text:
        dashes += "-"
    return f'r"{dashes}({text}){dashes}"'


_WRITERS: Final[tuple[tuple[str, str, Callable[[str, Pairs, str], str]], ...]] = (
    ("curl", "curl", _shell),
    ("python", "Python", _python),
    ("r", "R", _r),
)
