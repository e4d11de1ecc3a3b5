"""Every error of the project, drawn as one tree.

RegietafelError
├── InputError                 a file or setting of the operator is not as it must be
│   ├── SourceSyntaxError      a data file does not parse
│   ├── SourceEncodingError    a data file is not UTF-8
│   ├── UnknownFormatError     a file's extension names no RDF syntax
│   ├── UnknownTermError       a file names a term that its vocabulary does not have
│   ├── UnreadableFileError    a file is not there or may not be read
│   ├── AddressError           an address cannot be listened on
│   ├── SourceTooLargeError    a data file is larger than what is read at once
│   ├── SourceLineError        a line of a data file is longer than any line may be
│   ├── BlankGraphError        a data file names a graph by a blank node
│   ├── WaiversError           the file of waivers is not as it must be
│   ├── UntraceableError       it cannot be told what a shape reads
│   ├── StoreAddressError      a store's address is none, or tells secrets
│   ├── ServiceAddressError    an endpoint that queries may name has no such address
│   ├── EngineRefusalError     a SHACL engine cannot read the shapes or the data
│   ├── WrongVersionError      the ontology's version does not say what changed in it
│   └── ShapesFaultError       the shapes themselves are wrong
├── InvalidDataError           the gate found violations; carries the report
├── ReleaseError
│   ├── NoReleaseError         there is no release to serve or query
│   ├── UnreadableReleaseError a release folder is incomplete or damaged
│   ├── UnsearchableReleaseError  its search index is that of another version
│   ├── UnwritableReleaseError the disk is full, or a folder may not be written to
│   ├── BusyReleasesError      another build or pruning is at work in the folder
│   └── UnknownReleaseError    no release has that id
├── StoreError                 a store elsewhere does not do its part
│   ├── StoreUnreachableError  it cannot be reached, or breaks the connection
│   ├── StoreSlowError         it takes longer than it may
│   ├── StoreAnswerError       it answers what was not asked, or not all of it
│   ├── StoreRefusalError      it refuses, or reports an error of its own
│   ├── StoreLoadingError      another release is being loaded into it
│   └── StoreContentError      it does not hold what was put into it
└── QueryError                 a query from outside cannot be answered
    ├── QuerySyntaxError       with line and column
    ├── QueryRefusedError      too long, too deep, an update, or a fetch from elsewhere
    │   └── ServiceRefusedError  it names others than it may, or not as it must
    ├── ServiceError           an endpoint that it names does not do its part
    │   └── ServiceSlowError   that takes longer than it may
    ├── UnknownFragmentError   it includes a fragment that does not exist
    ├── DateNotAskedError      a day is given, and the query asks about none
    ├── NotAcceptableAnswerError  no acceptable syntax for this kind of answer
    ├── QueryTimeoutError
    ├── QueryMemoryError
    ├── QueryEvictedError      it had run the longest when others needed its worker
    ├── QueryAbandonedError    whoever asked has left
    ├── WorkersBusyError
    └── AnswerBrokenError      the answer broke off after it had begun

Each says in `message` what is wrong and where, and in `mend` how to mend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.faults import Fault
    from graph.findings import Report


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


class UnknownTermError(InputError):
    """A file names a term that its vocabulary does not have."""

    def __init__(self, path: Path, line: int, iri: str, near: str | None) -> None:
        """Name the place, the term, and the one that was probably meant."""
        super().__init__(
            f"{path}:{line}: <{iri}> is no term of its vocabulary",
            f"Write <{near}> if that is meant." if near else "Use a term that exists.",
        )
        self.path = path
        self.line = line
        self.iri = iri
        self.near = near


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


class SourceTooLargeError(InputError):
    """A data file is larger than what is read at once."""

    def __init__(self, path: Path, size: int, limit: int) -> None:
        """Name both sizes."""
        super().__init__(
            f"{path}: {size} bytes, where {limit} is the most that is read at once",
            "Split the file, or build from N-Quads, which are read line by line.",
        )
        self.path = path


class SourceLineError(InputError):
    """A line of a data file is longer than any line may be."""

    def __init__(self, path: Path, line: int, limit: int) -> None:
        """Name the line and the limit in bytes."""
        super().__init__(
            f"{path}:{line}: the line is longer than {limit} bytes",
            "Keep texts of that size outside the graph, and point to them.",
        )
        self.path = path
        self.line = line


class BlankGraphError(InputError):
    """A data file names a graph by a blank node, which no register can describe."""

    def __init__(self, label: str) -> None:
        """Name the blank node."""
        super().__init__(
            f"The graph _:{label} has no IRI.",
            "Give every graph an IRI, and describe it in the register.",
        )


class WaiversError(InputError):
    """The file of waivers is not as it must be."""

    def __init__(self, path: Path, reason: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(
            f"{path}: {reason}",
            "Give each [[waiver]] a shape, a node, a reason in nl and en and a date, "
            "both names with a known prefix.",
        )


class UntraceableError(InputError):
    """It cannot be told what a shape reads, so everything must be validated again."""

    def __init__(self, what: str) -> None:
        """Name what cannot be followed."""
        super().__init__(
            f"What it reads cannot be told because of {what}.",
            "Connect each pattern to ?this with constant properties.",
        )


class StoreAddressError(InputError):
    """The address of a store elsewhere is none, or holds what must stay secret."""

    def __init__(self, reason: str) -> None:
        """Say what is wrong with the address, without repeating it."""
        super().__init__(
            f"The address of the store {reason}.",
            "Give one such as https://example.org/sparql; a name and a password "
            "belong in the file .netrc.",
        )


class ServiceAddressError(InputError):
    """An endpoint that queries may name has no address that can be asked."""

    def __init__(self, address: str, reason: str) -> None:
        """Name the address, unless it holds secrets, and what is wrong with it."""
        shown = "An endpoint" if "@" in address else f"The endpoint {address}"
        super().__init__(
            f"{shown} that --service names {reason}.",
            "Give one such as https://example.org/sparql, letter for letter as queries "
            "are to name it.",
        )


class EngineRefusalError(InputError):
    """A SHACL engine cannot read the shapes or the data, so it says nothing of them."""

    def __init__(self, engine: str, reason: str) -> None:
        """Keep the engine and its reason, which is for whoever mends the shapes."""
        super().__init__(
            f"{engine} gives up: {reason}",
            "Find what it cannot read in the shapes or the data, or use another engine "
            "with --engine.",
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


class WrongVersionError(InputError):
    """The ontology's version does not say what changed in it."""

    def __init__(self, path: Path, stated: str, wanted: str, why: str | None) -> None:
        """Carry the version that is stated, and the one that the changes ask for."""
        reason = why or "no term has changed"
        super().__init__(
            f"{path} has version {stated}, and it should be {wanted}: {reason}.",
            f"Write {wanted} in owl:versionInfo and owl:versionIRI, in ontology/"
            "CHANGELOG.md and in graph/paths.py, or take the change back.",
        )


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
        self.reason = reason


class UnsearchableReleaseError(ReleaseError):
    """The search index of a release has other tables than are searched here."""

    def __init__(self) -> None:
        """Say what still works, and what mends it."""
        super().__init__(
            "The search index of this release is that of another version, or damaged.",
            "Ask with SPARQL; the operator can build the release again.",
        )


class UnwritableReleaseError(ReleaseError):
    """A release could not be written; the one before it stays as it is."""

    def __init__(self, releases: Path, reason: str) -> None:
        """Keep the folder and the system's reason."""
        super().__init__(
            f"{releases}: the release could not be written: {reason}",
            "Make room there (a build needs some eight times the size of its N-Quads) "
            "and build again; the current release still serves.",
        )
        self.reason = reason


class BusyReleasesError(ReleaseError):
    """Another build or pruning is at work in a folder of releases."""

    def __init__(self, releases: Path) -> None:
        """Name the folder."""
        super().__init__(
            f"{releases}: another build, or `releases prune`, is at work there",
            "Wait until it has ended, and try again; nothing was changed.",
        )


class UnknownReleaseError(ReleaseError):
    """No release has that id."""

    def __init__(self, identity: str, known: Sequence[str]) -> None:
        """Name the releases that there are."""
        super().__init__(
            f"There is no release {identity}.",
            f"Choose one of: {', '.join(known) or '(none)'}.",
        )


class StoreError(RegietafelError):
    """A store elsewhere does not do its part; `reason` says how."""

    told = "The store"
    advice = "Try again later, or tell whoever runs the store."
    retry_after: int | None = None

    def __init__(self, reason: str) -> None:
        """Keep what is the matter, which never names the store's address."""
        super().__init__(f"{self.told} {reason}.", self.advice)
        self.reason = reason


class StoreUnreachableError(StoreError):
    """A store cannot be reached, or breaks the connection."""

    told = "The store behind this service cannot be reached:"
    retry_after = 10


class StoreSlowError(StoreError):
    """A store takes longer than it may."""

    told = "The store behind this service takes too long:"
    advice = "Try again later, or ask something narrower."
    retry_after = 10


class StoreAnswerError(StoreError):
    """A store answers what was not asked, or not all of it."""

    told = "The store behind this service gave an answer that cannot be trusted:"


class StoreRefusalError(StoreError):
    """A store refuses, or reports an error of its own."""

    told = "The store behind this service refuses:"
    advice = "Ask something simpler, or tell whoever runs the store."


class StoreLoadingError(StoreError):
    """Another release is being loaded into a store, so it holds neither whole."""

    told = "The store behind this service is being changed:"
    advice = "Try again in a minute."
    retry_after = 30


class StoreContentError(StoreError):
    """A store does not hold what was put into it."""

    told = "The store does not hold what was put into it:"
    advice = (
        "Push again. If it stays so, the store alters data, or it cuts what it gives "
        "(Virtuoso at ResultSetMaxRows in virtuoso.ini) and cannot be read back."
    )


def store_error(name: str, reason: str) -> StoreError:
    """Return a StoreError of a class by its name, as it came from another process."""
    known = {kind.__name__: kind for kind in StoreError.__subclasses__()}
    return known[name](reason)


class QueryError(RegietafelError):
    """A query from outside cannot be answered."""


class QuerySyntaxError(QueryError):
    """A query does not parse; `line` and `column` count from 1.

    `fault` is a key of `graph.diagnosing.WORDS`, whose blanks are `found` and `likely`.
    """

    def __init__(  # noqa: PLR0913  as much as there is to tell
        self,
        reason: str,
        line: int,
        column: int,
        *,
        fault: str = "",
        found: str = "",
        likely: str = "",
    ) -> None:
        """Name the place in the query, and what is wrong there."""
        super().__init__(
            f"Line {line}, column {column}: {reason}",
            "Correct the query at that place.",
        )
        self.reason = reason
        self.line = line
        self.column = column
        self.fault = fault
        self.found = found
        self.likely = likely


class QueryRefusedError(QueryError):
    """A query asks for what this service does not do."""


class ServiceRefusedError(QueryRefusedError):
    """A query names others in SERVICE than it may, or not as it must."""

    def __init__(self, reason: str, allowed: Sequence[str]) -> None:
        """Keep the reason, and the endpoints that may be named."""
        super().__init__(
            f"SERVICE is refused: {reason}.",
            f"Name one of these by its full IRI, letter for letter: "
            f"{', '.join(allowed)}.",
        )
        self.allowed = ", ".join(allowed)


class ServiceError(QueryError):
    """An endpoint that a query names in SERVICE does not do its part."""

    def __init__(self, endpoint: str, reason: str) -> None:
        """Name the endpoint and what is the matter."""
        super().__init__(
            f"{endpoint}, which the query names in SERVICE, gave no answer that can be "
            f"used: {reason}.",
            "Try again later, ask it less, or write SERVICE SILENT to do without it.",
        )
        self.endpoint = endpoint
        self.reason = reason


class ServiceSlowError(ServiceError):
    """An endpoint that a query names takes longer than it may."""


def service_error(name: str, endpoint: str, reason: str) -> ServiceError:
    """Return a ServiceError of a class by its name, as it came from another process."""
    known = {kind.__name__: kind for kind in (ServiceError, ServiceSlowError)}
    return known[name](endpoint, reason)


class UnknownFragmentError(QueryError):
    """A query includes a fragment that does not exist, or fragments without end."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """Name the fragments there are."""
        super().__init__(
            f"There is no fragment {name} that can be included here.",
            f"Choose one of: {', '.join(known)}.",
        )


class DateNotAskedError(QueryError):
    """A day is given for a query that has no variable for it."""

    def __init__(self) -> None:
        """Say which variable the day is bound to."""
        super().__init__(
            "The query has no variable ?at, so a day makes no difference to it.",
            "Use ?at in the query, or include a fragment such as holder-at.",
        )


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


class QueryEvictedError(QueryError):
    """A query had run the longest when others needed its worker."""

    def __init__(self, retry_after: int) -> None:
        """Keep the seconds after which to try again."""
        super().__init__(
            "The query was stopped to make room for others while it was busy.",
            f"Try again in {retry_after} second(s), or make it narrower.",
        )
        self.retry_after = retry_after


class QueryAbandonedError(QueryError):
    """Whoever asked a query has left, so its answer is of no use."""

    def __init__(self) -> None:
        """Say so; nobody reads it."""
        super().__init__("Nobody waits for the answer any more.", "Ask again.")


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
