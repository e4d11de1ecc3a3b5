"""Which status each error has: the one table, and the shape of an error answer.

`graph` raises errors that know nothing of HTTP. Here each gets its status and a code;
`texts.toml` words the codes for people. See https://www.rfc-editor.org/rfc/rfc9457.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import HTTPException

from graph import errors as graph_errors
from graph.errors import RegietafelError
from server.links import in_header, may_link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graph.history import Sighting
    from graph.withdrawing import Withdrawal

#: Where whoever wants everything finds it at once.
DUMPS: Final = "/dataset"
#: How a Link header words what took the place of a thing.
REPLACED: Final = "http://purl.org/dc/terms/isReplacedBy"


class RequestError(RegietafelError):
    """A request that cannot be answered as it was made."""


class ParameterError(RequestError):
    """A parameter is missing, given twice, or not what it must be."""


class ParameterValueError(ParameterError):
    """The value of a parameter is none that it may have."""

    def __init__(self, parameter: str, allowed: str) -> None:
        """Name the parameter, and what is allowed without words of a language."""
        super().__init__(
            f"The value of {parameter} cannot be used. Allowed: {allowed}.",
            "Choose one of these values, or leave the parameter out.",
        )
        self.parameter = parameter
        self.allowed = allowed


class UnknownParameterError(ParameterError):
    """A parameter is given that is not asked about."""

    def __init__(self, parameter: str, known: Sequence[str]) -> None:
        """Name it and those that are there."""
        super().__init__(
            f"There is no parameter {parameter}. There are: {', '.join(known)}.",
            "Check its spelling, or leave it out.",
        )
        self.parameter = parameter
        self.known = ", ".join(known)


class CitationsClosedError(RegietafelError):
    """The file of citations cannot be read or written."""

    def __init__(self) -> None:
        """Say what still works."""
        super().__init__(
            "Citations cannot be kept or read at the moment.",
            "Name the release with the answer instead, or try again later.",
        )


class CitationsFullError(CitationsClosedError):
    """The file of citations, or the disk, is full."""


class TooManyCitationsError(RegietafelError):
    """More answers were cited in the last hour than are taken."""

    retry_after = 600

    def __init__(self, per_hour: int) -> None:
        """Name the limit."""
        super().__init__(
            f"No more than {per_hour} answers are cited in an hour.",
            "Try again later.",
        )


class AnswerTooLargeError(RequestError):
    """An answer has more rows than can be cited."""

    def __init__(self, rows: int) -> None:
        """Name the limit."""
        super().__init__(
            f"An answer of more than {rows} rows, or one that breaks off, "
            "cannot be cited.",
            "Narrow the question, or cite the release as a whole.",
        )
        self.rows = rows


class FederatedCitationError(RequestError):
    """An answer that other endpoints have a part in is to be cited."""

    def __init__(self) -> None:
        """Say why that cannot be."""
        super().__init__(
            "What a query asks others with SERVICE is in no release, so its answer "
            "cannot be asked again as it was.",
            "Cite what the release itself answers, and keep the other answer yourself.",
        )


class EncodingError(RequestError):
    """A request is not UTF-8."""

    def __init__(self, where: str) -> None:
        """Name the part of the request."""
        super().__init__(f"The {where} is not valid UTF-8.", "Encode it as UTF-8.")
        self.where = where


class HostError(RequestError):
    """A request names no host that there could be, or several."""

    def __init__(self) -> None:
        """Say what a request must name; what it did name is not repeated."""
        super().__init__(
            "The Host of the request is no name or address, or more than one.",
            "Name the host that you ask, once.",
        )


class NotAcceptableError(RequestError):
    """None of the forms on offer is acceptable to the client."""

    def __init__(self, offers: Sequence[str]) -> None:
        """List what there is."""
        super().__init__(
            "None of the formats asked for is on offer here.",
            f"Ask for one of: {', '.join(offers)}.",
        )
        self.offers = ", ".join(offers)


class MediaTypeError(RequestError):
    """The body of a request is of a kind that is not understood."""

    def __init__(self, media_type: str, known: Sequence[str]) -> None:
        """Name what came and what is understood."""
        super().__init__(
            f"A body of type {media_type or '(none)'} is not understood here.",
            f"Send one of: {', '.join(known)}.",
        )
        self.media_type = media_type
        self.known = ", ".join(known)


class ContentCodingError(RequestError):
    """The body of a request is compressed, so its size cannot be known."""

    def __init__(self, coding: str) -> None:
        """Name the content coding."""
        super().__init__(
            f"A body in the content coding {coding} is not read here.",
            "Send it as it is, without Content-Encoding.",
        )
        self.coding = coding


class LongQueryError(RequestError):
    """A query in a body is longer than it may be."""

    def __init__(self, limit: int) -> None:
        """Name the limit in bytes."""
        super().__init__(
            f"The query is longer than {limit} bytes.",
            "Shorten it, or split it in several.",
        )
        self.limit = limit


class LongAddressError(LongQueryError):
    """A query in an address is longer than it may be."""


class TooManyRequestsError(RequestError):
    """A client asks more in a minute than it may."""

    def __init__(self, limit: int, retry_after: int) -> None:
        """Name the requests a minute, and the seconds until there is room."""
        super().__init__(
            f"You asked more than {limit} times in a minute.",
            f"Wait {retry_after} seconds, or take a whole dump at {DUMPS}.",
        )
        self.limit = limit
        self.dumps = DUMPS
        self.retry_after = retry_after


class PageSlowError(RegietafelError):
    """The queries of a page take longer than they may."""

    def __init__(self, seconds: float) -> None:
        """Keep the seconds that they have together."""
        super().__init__(
            f"The queries of this page take more than {seconds:g} seconds.",
            "Try again later, or take a whole dump at /dataset.",
        )
        self.seconds = seconds


class ThemeError(RegietafelError):
    """The style sheet that a setting names cannot be read."""

    def __init__(self, path: Path, error: OSError) -> None:
        """Name the file and what the system says."""
        super().__init__(
            f"The style sheet {path} cannot be read: {error.strerror}.",
            "Give `--theme-css` the path of a readable file, or leave it out.",
        )


class UnknownResourceError(RequestError):
    """The release says nothing about an IRI."""

    def __init__(self, iri: str) -> None:
        """Name the IRI."""
        super().__init__(
            f"This release says nothing about {iri}.",
            "Check the spelling, or search for it by name.",
        )
        self.iri = iri


class VanishedError(RequestError):
    """An IRI was described by an earlier release, and is not by this one."""

    def __init__(self, iri: str, sighting: Sighting, memento: str) -> None:
        """Name the release that was the last to describe it, and where to ask it."""
        super().__init__(
            f"{iri} is no longer described; release {sighting.release} of "
            f"{sighting.moment:%Y-%m-%d} was the last that did.",
            "Ask that release, or search for the thing by name.",
        )
        self.iri = iri
        self.release = sighting.release
        self.day = f"{sighting.moment:%Y-%m-%d}"
        self.memento = memento


class WithdrawnError(RequestError):
    """The data says that an IRI is no longer in use, and why."""

    def __init__(self, withdrawal: Withdrawal, language: str) -> None:
        """Keep the reason and what took the place of the thing."""
        reason, successor = withdrawal.reason(language), withdrawal.successor
        super().__init__(
            f"{withdrawal.iri} was withdrawn: {reason}",
            f"Use {successor} instead." if successor else "Nothing took its place.",
        )
        self.iri = withdrawal.iri
        self.since = withdrawal.since[:10]
        self.reason = reason
        self.successor = successor or ""
        self.links = {REPLACED: successor} if may_link(self.successor) else {}


class NotHereError(RequestError):
    """What a folder of releases would have, and a store elsewhere has not."""

    def __init__(self, what: str) -> None:
        """Name what is asked for."""
        super().__init__(
            f"This service answers from a store elsewhere, without {what}.",
            "Ask its queries and pages, or whoever publishes the releases.",
        )
        self.what = what


class GoneReleaseError(RequestError):
    """A release was once published and is no longer kept."""

    def __init__(self, identity: str) -> None:
        """Name the release."""
        super().__init__(
            f"Release {identity} is no longer kept.", "Ask the current release."
        )
        self.release = identity


@dataclass(frozen=True)
class Rule:
    """The status of an error, its code, and its attributes that an answer repeats."""

    status: int
    code: str
    members: tuple[str, ...] = ()


RULES: Final[Mapping[type[BaseException], Rule]] = {
    graph_errors.QuerySyntaxError: Rule(
        400, "query-syntax", ("line", "column", "reason", "fault", "found", "likely")
    ),
    graph_errors.QueryRefusedError: Rule(403, "query-refused"),
    graph_errors.ServiceRefusedError: Rule(403, "service-refused", ("allowed",)),
    graph_errors.ServiceError: Rule(502, "service-answer", ("endpoint", "reason")),
    graph_errors.ServiceSlowError: Rule(504, "service-slow", ("endpoint", "reason")),
    graph_errors.NotAcceptableAnswerError: Rule(406, "answer-kind", ("kind",)),
    graph_errors.QueryTimeoutError: Rule(503, "query-timeout", ("seconds",)),
    graph_errors.QueryMemoryError: Rule(503, "query-memory"),
    graph_errors.QueryEvictedError: Rule(503, "query-evicted"),
    graph_errors.QueryAbandonedError: Rule(503, "query-abandoned"),
    graph_errors.WorkersBusyError: Rule(503, "workers-busy"),
    graph_errors.UnsearchableReleaseError: Rule(503, "no-search"),
    graph_errors.ReleaseError: Rule(503, "no-release"),
    graph_errors.StoreUnreachableError: Rule(502, "store-unreachable"),
    graph_errors.StoreSlowError: Rule(504, "store-slow"),
    graph_errors.StoreLoadingError: Rule(503, "store-loading"),
    graph_errors.StoreRefusalError: Rule(502, "store-refusal"),
    graph_errors.StoreError: Rule(502, "store-answer"),
    NotHereError: Rule(501, "not-here"),
    ParameterError: Rule(400, "parameter"),
    ParameterValueError: Rule(400, "parameter-value", ("parameter", "allowed")),
    UnknownParameterError: Rule(400, "parameter-unknown", ("parameter", "known")),
    CitationsClosedError: Rule(503, "citations-closed"),
    CitationsFullError: Rule(503, "citations-full"),
    TooManyCitationsError: Rule(429, "citations-many"),
    FederatedCitationError: Rule(400, "citation-federated"),
    AnswerTooLargeError: Rule(400, "answer-too-large", ("rows",)),
    EncodingError: Rule(400, "encoding"),
    HostError: Rule(400, "host"),
    NotAcceptableError: Rule(406, "not-acceptable", ("offers",)),
    MediaTypeError: Rule(415, "media-type", ("known",)),
    ContentCodingError: Rule(415, "content-coding", ("coding",)),
    LongQueryError: Rule(413, "long-query", ("limit",)),
    LongAddressError: Rule(414, "long-address", ("limit",)),
    PageSlowError: Rule(503, "page-slow", ("seconds",)),
    TooManyRequestsError: Rule(429, "too-many", ("limit", "retry_after", "dumps")),
    UnknownResourceError: Rule(404, "unknown-resource", ("iri",)),
    VanishedError: Rule(410, "vanished", ("iri", "release", "day", "memento")),
    WithdrawnError: Rule(410, "withdrawn", ("iri", "since", "reason", "successor")),
    GoneReleaseError: Rule(410, "gone-release", ("release",)),
}

#: What the framework itself refuses, by status.
FRAMEWORK_CODES: Final = {
    404: "unknown-page",
    405: "method",
    413: "long-body",
}
UNKNOWN: Final = "unknown"


@dataclass(frozen=True)
class Problem:
    """An error as it is answered; `detail` and `mend` are English sentences."""

    status: int
    code: str
    detail: str = ""
    mend: str = ""
    members: Mapping[str, str | int | float] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_of(error: BaseException) -> Problem:
    """Return how an error is answered; an unforeseen one says nothing of itself."""
    if isinstance(error, HTTPException):
        return _framework_problem(error)
    rule = next((RULES[c] for c in type(error).__mro__ if c in RULES), None)
    if rule is None or not isinstance(error, RegietafelError):
        return Problem(500, UNKNOWN, "Something went wrong on this server.")
    members = {name: getattr(error, name) for name in rule.members}
    if rule.code == "no-release":
        return Problem(rule.status, rule.code, "There is no release to answer from.")
    return Problem(
        rule.status, rule.code, error.message, error.mend, members, _headers(error)
    )


def _framework_problem(error: HTTPException) -> Problem:
    status = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name == "Allow"}
    code = FRAMEWORK_CODES.get(status, UNKNOWN)
    return Problem(status, code, error.description or "", headers=kept)


def _headers(error: RegietafelError) -> dict[str, str]:
    headers = {}
    if (seconds := getattr(error, "retry_after", None)) is not None:
        headers["Retry-After"] = str(seconds)
    if links := getattr(error, "links", {}):
        values = (f'<{in_header(iri)}>; rel="{rel}"' for rel, iri in links.items())
        headers["Link"] = ", ".join(values)
    return headers
