"""Every error of the project, drawn as one tree.

RegietafelError
├── InputError                 a file or setting of the operator is not as it must be
│   ├── SourceSyntaxError      a data file does not parse
│   ├── SourceEncodingError    a data file is not UTF-8
│   ├── UnknownFormatError     a file's extension names no RDF syntax
│   ├── UnreadableFileError    a file is not there or may not be read
│   ├── AddressError           an address cannot be listened on
│   └── ShapesFaultError       the shapes themselves are wrong
├── InvalidDataError           the gate found violations; carries the report
├── ReleaseError
│   ├── NoReleaseError         there is no release to serve or query
│   └── UnreadableReleaseError a release folder is incomplete or damaged
└── QueryError                 a query from outside cannot be answered
    ├── QuerySyntaxError       with line and column
    ├── QueryRefusedError      too long, too deep, an update, or a fetch from elsewhere
    ├── NotAcceptableAnswerError  no acceptable syntax for this kind of answer
    ├── QueryTimeoutError
    ├── QueryMemoryError
    ├── WorkersBusyError
    └── AnswerBrokenError      the answer broke off after it had begun

Each says in `message` what is wrong and where, and in `mend` how to mend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.linting import Fault
    from graph.validation import Report


class RegietafelError(Exception):
    """Anything the project raises on purpose."""

    def __init__(self, message: str, mend: str) -> None:
        """Keep what is wrong and how to mend it."""
        super().__init__(message)
        self.message = message
        self.mend = mend


class InputError(RegietafelError):
    """A file or setting of the operator is not as it must be."""


class SourceSyntaxError(InputError):
    """A data file does not parse; `line` and `column` count from 1."""

    def __init__(self, path: Path, line: int, column: int, reason: str) -> None:
        """Name the place in the file."""
        super().__init__(
            f"{path}:{line}:{column}: {reason}",
            "Correct the file at that place; `regietafel validate FILE` checks it.",
        )
        self.path = path
        self.line = line
        self.column = column
        self.reason = reason


class SourceEncodingError(InputError):
    """A data file is not UTF-8."""

    def __init__(self, path: Path, line: int, offset: int) -> None:
        """Name the line and the byte."""
        super().__init__(
            f"{path}:{line}: byte {offset} is not valid UTF-8",
            "Save the file as UTF-8.",
        )
        self.path = path
        self.line = line


class UnknownFormatError(InputError):
    """A file's extension names no RDF syntax."""

    def __init__(self, path: Path, known: Sequence[str]) -> None:
        """Name the extensions that are understood."""
        super().__init__(
            f"{path}: the extension {path.suffix or '(none)'} names no RDF syntax",
            f"Use one of {', '.join('.' + item for item in known)}.",
        )


class UnreadableFileError(InputError):
    """A file is not there or may not be read."""

    def __init__(self, path: Path, reason: str) -> None:
        """Keep the system's reason."""
        super().__init__(f"{path}: {reason}", "Check the path and its permissions.")


class AddressError(InputError):
    """An address cannot be listened on."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        """Keep the address and the system's reason."""
        super().__init__(
            f"{host}:{port} cannot be listened on: {reason}",
            "Stop what listens there, or choose another with --host and --port.",
        )


class ShapesFaultError(InputError):
    """The shapes themselves are wrong, so nothing was validated with them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """List every fault with its remedy."""
        lines = [f"{item.node}: {item.fault} {item.mend}" for item in faults]
        super().__init__(
            "The shapes have faults:\n" + "\n".join(lines),
            "Mend the shapes; nothing was validated with them.",
        )
        self.faults = tuple(faults)


class InvalidDataError(RegietafelError):
    """The gate found violations, so nothing is published."""

    def __init__(self, report: Report) -> None:
        """Carry the report, which has the details."""
        super().__init__(
            f"The data has {report.violations} violation(s); nothing was published.",
            "Mend each finding of the report and build again.",
        )
        self.report = report


class ReleaseError(RegietafelError):
    """Something is the matter with a release."""


class NoReleaseError(ReleaseError):
    """There is no release to serve or query."""

    def __init__(self, releases: Path) -> None:
        """Name the folder that was looked in."""
        super().__init__(
            f"{releases} holds no release.",
            "Make one with `regietafel build --out DIR`, or name another folder.",
        )


class UnreadableReleaseError(ReleaseError):
    """A release folder is incomplete or damaged."""

    def __init__(self, path: Path, reason: str) -> None:
        """Name the folder and what is the matter."""
        super().__init__(
            f"{path}: {reason}",
            "Build the release again; the sources are not affected.",
        )


class QueryError(RegietafelError):
    """A query from outside cannot be answered."""


class QuerySyntaxError(QueryError):
    """A query does not parse; `line` and `column` count from 1."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        """Name the place in the query."""
        super().__init__(
            f"Line {line}, column {column}: {reason}",
            "Correct the query at that place.",
        )
        self.reason = reason
        self.line = line
        self.column = column


class QueryRefusedError(QueryError):
    """A query asks for what this service does not do."""


class NotAcceptableAnswerError(QueryError):
    """The kind of answer a query gives has none of the syntaxes asked for."""

    def __init__(self, kind: str) -> None:
        """Keep the kind of answer: `solutions`, `boolean` or `graph`."""
        super().__init__(
            f"This query gives {kind}, which none of the formats asked for can hold.",
            "Ask for another format.",
        )
        self.kind = kind


class QueryTimeoutError(QueryError):
    """A query ran longer than it may."""

    def __init__(self, seconds: float) -> None:
        """Keep the limit that was in force."""
        super().__init__(
            f"The query ran longer than {seconds:g} seconds and was stopped.",
            "Make it narrower, add a LIMIT, or query a download of the release.",
        )
        self.seconds = seconds


class QueryMemoryError(QueryError):
    """A query needed more memory than it may, or ended its worker."""

    def __init__(self) -> None:
        """Say that only this query is affected."""
        super().__init__(
            "The query needed more memory than one query may use and was stopped.",
            "Make it narrower: fewer unconnected patterns, less to sort or to join.",
        )


class WorkersBusyError(QueryError):
    """Every query worker is busy."""

    def __init__(self, retry_after: int) -> None:
        """Keep the seconds after which to try again."""
        super().__init__(
            "Every query worker is busy.", f"Try again in {retry_after} second(s)."
        )
        self.retry_after = retry_after


class AnswerBrokenError(QueryError):
    """An answer broke off after it had begun, so what was sent is incomplete."""

    def __init__(self, reason: str) -> None:
        """Keep why it broke off."""
        super().__init__(
            f"The answer broke off: {reason}", "Do not use what was received."
        )
