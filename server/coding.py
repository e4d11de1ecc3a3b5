"""Compresses answers: which content coding a client gets, and how it is made.

See RFC 9110, sections 8.4 and 12.5.3: https://www.rfc-editor.org/rfc/rfc9110.
"""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import brotli
from backports import zstd

from server.negotiation import parse_accept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

IDENTITY: Final = "identity"
#: Bytes below which compressing saves less than its header costs.
LEAST: Final = 512
#: Codings of an answer that is there as a whole, the smallest result first.
WHOLE: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "zstd": lambda body: zstd.compress(body, 3),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
#: Media types that grow smaller, besides every `text/…`.
_TEXTUAL: Final = frozenset(("application/javascript", "image/svg+xml"))
_TEXTUAL_ENDS: Final = (
    "json",
    "xml",
    "n-triples",
    "n-quads",
    "trig",
    "link-format",
    "sparql-query",
)


class Compressor(NamedTuple):
    """Compresses a stream; what goes in comes out at once, so that no reader waits."""

    press: Callable[[bytes], bytes]
    finish: Callable[[], bytes]


def _zstd() -> Compressor:
    stream = zstd.ZstdCompressor(1)
    return Compressor(
        lambda data: stream.compress(data, stream.FLUSH_BLOCK), stream.flush
    )


def _gzip() -> Compressor:
    stream = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return Compressor(
        lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH),
        stream.flush,
    )


#: Codings of a stream, the cheapest first.
STREAMED: Final[Mapping[str, Callable[[], Compressor]]] = {"zstd": _zstd, "gzip": _gzip}


def shrinks(content_type: str) -> bool:
    """Tell whether a media type is worth compressing."""
    name = content_type.partition(";")[0].strip().lower()
    return name.startswith("text/") or name in _TEXTUAL or name.endswith(_TEXTUAL_ENDS)


@lru_cache(maxsize=256)
def choose_coding(accept: str | None, offers: tuple[str, ...]) -> str:
    """Return the coding that is wanted most, the earlier offer where alike.

    Identity is what a client gets that says nothing, or wants nothing on offer.
    """
    ranges = {item.value: item.quality for item in parse_accept(accept)}
    rest = ranges.get("*", 0.0)
    found = {name: ranges.get(name, rest) for name in offers}
    best = max(found, key=lambda name: found[name])
    plain = ranges.get(IDENTITY, 0.0)
    return best if found[best] > 0 and found[best] >= plain else IDENTITY


def varied(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer whose coding depends on who asks.

    Its tag is weak, because it holds for other bytes too.
    """
    found = dict(headers)
    names = found.get(b"vary", b"").replace(b",", b" ").split()
    vary = b", ".join(dict.fromkeys((*names, b"Accept-Encoding")))
    tag = found.get(b"etag")
    kept = [item for item in headers if item[0] not in {b"vary", b"etag"}]
    weak = [(b"etag", b"W/" + tag.removeprefix(b"W/"))] if tag else []
    return [*kept, (b"vary", vary), *weak]
