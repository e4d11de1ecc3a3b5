"""The settings of the service: one table of name, default and help."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from graph.namespaces import DEFAULT_BASE


@dataclass(frozen=True)
class Settings:
    """What an operator may choose; every setting has a default that works."""

    host: str = field(default="127.0.0.1", metadata={"help": "address to listen on"})
    port: int = field(
        default=8000, metadata={"help": "port to listen on; 0 takes a free one"}
    )
    releases: Path = field(
        default=Path("releases"), metadata={"help": "folder that holds the releases"}
    )
    store: str | None = field(
        default=None,
        metadata={"help": "SPARQL endpoint to serve instead of a folder of releases"},
    )
    store_base: str = field(
        default=DEFAULT_BASE,
        metadata={"help": "base of the IRIs in a store that does not describe itself"},
    )
    store_cache: Path = field(
        default=Path(".cache/store"),
        metadata={"help": "folder for the search index of what a store holds"},
    )
    store_timeout: float = field(
        default=10.0, metadata={"help": "seconds a store gets for one part of a page"}
    )
    page_timeout: float = field(
        default=10.0,
        metadata={"help": "seconds that the queries of one page get together"},
    )
    public_url: str | None = field(
        default=None,
        metadata={"help": "address that people use, where a proxy changes it"},
    )
    theme_class: str = field(
        default="regietafel-theme",
        metadata={"help": "class of the theme, on the root of every page"},
    )
    theme_css: str | None = field(
        default=None,
        metadata={"help": "style sheet of your own, with the tokens of a theme"},
    )
    processes: int = field(
        default=0,
        metadata={"help": "processes that answer requests; 0 is half the processors"},
    )
    cache_bytes: int = field(
        default=128 * 1024 * 1024,
        metadata={"help": "bytes of finished answers that are kept; 0 keeps none"},
    )
    contact: str | None = field(
        default=None,
        metadata={"help": "where readers reach the operator, as mailto: or https:"},
    )
    citations: Path = field(
        default=Path("citations.db"),
        metadata={"help": "file that keeps what readers cite"},
    )
    citations_bytes: int = field(
        default=64 * 1024 * 1024,
        metadata={"help": "bytes that the file of citations may take"},
    )
    citations_per_hour: int = field(
        default=600,
        metadata={
            "help": "new citations that are taken in an hour, of one client a tenth"
        },
    )
    query_workers: int = field(
        default=0,
        metadata={
            "help": "workers for quick queries, and as many for slow ones, in each "
            "process; 0 is one a processor, and two at least"
        },
    )
    query_store: str = field(
        default="auto",
        metadata={
            "help": "where the merged graph is queried: disk, memory, or auto by size",
            "choices": ("auto", "disk", "memory"),
        },
    )
    query_allocator: str = field(
        default="auto",
        metadata={
            "help": "allocator of query workers; auto is jemalloc where installed",
            "choices": ("auto", "system"),
        },
    )
    max_result_bytes: int = field(
        default=1024 * 1024 * 1024,
        metadata={"help": "longest answer of a query; a longer one breaks off"},
    )
    query_timeout: float = field(
        default=10.0, metadata={"help": "seconds a query gets when it asks for none"}
    )
    query_timeout_max: float = field(
        default=30.0, metadata={"help": "most seconds a query may ask for"}
    )
    service: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "SPARQL endpoint that queries may name in SERVICE; may be repeated"
        },
    )
    service_timeout: float = field(
        default=5.0,
        metadata={"help": "seconds that such endpoints get together for one query"},
    )
    service_bytes: int = field(
        default=16 * 1024 * 1024,
        metadata={"help": "bytes that such endpoints may answer to one query"},
    )
    query_memory: int = field(
        default=512 * 1024 * 1024,
        metadata={"help": "bytes of memory one query may use"},
    )
    max_query_bytes: int = field(
        default=65_536, metadata={"help": "longest query text in bytes"}
    )
    rows_on_page: int = field(
        default=500, metadata={"help": "rows of a query's result that its page shows"}
    )
    values_on_page: int = field(
        default=25, metadata={"help": "values of one property that a page shows"}
    )
    links_on_page: int = field(
        default=6,
        metadata={
            "help": "things pointing at another that its page shows, by property"
        },
    )
    things_on_page: int = field(
        default=75, metadata={"help": "things that a page of a list shows"}
    )
    incoming_in_rdf: int = field(
        default=1_000,
        metadata={"help": "statements that point at a thing, in its RDF at the most"},
    )
    requests_per_minute: int = field(
        default=1_200,
        metadata={
            "help": "pages and files a client may ask in a minute; 0 is no limit"
        },
    )
    queries_per_minute: int = field(
        default=300,
        metadata={"help": "queries a client may ask in a minute; 0 is no limit"},
    )
    trusted_proxies: int = field(
        default=0,
        metadata={"help": "proxies in front whose X-Forwarded headers are believed"},
    )
    log_format: str = field(
        default="auto",
        metadata={
            "help": "how lines of the log look: text, json, or auto",
            "choices": ("auto", "json", "text"),
        },
    )
    log_queries: bool = field(
        default=False, metadata={"help": "whether the log holds the text of queries"}
    )
    log_addresses: bool = field(
        default=False,
        metadata={"help": "whether the log holds whole addresses of clients"},
    )
    log_cached: bool = field(
        default=False,
        metadata={"help": "whether the log tells of answers that were kept ready"},
    )
