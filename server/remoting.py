"""Serves the release in a store elsewhere, and notices when another is put there.

While `regietafel push` changes the store, everything is answered with 503: neither the
old release nor the new one is there whole.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from flask import request
from werkzeug.wsgi import ClosingIterator

from graph.body import Bounds
from graph.described import RemoteRelease, read_description
from graph.endpoint import Endpoint
from graph.errors import (
    QueryTimeoutError,
    StoreError,
    StoreLoadingError,
    StoreSlowError,
)
from graph.gathering import silent
from graph.workers import QueryWorkers
from server.admitting import UNCOUNTED, Admission
from server.app import create_app
from server.sizing import limits_of
from server.switching import Hosted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Unpack
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Response

    from graph.described import Description
    from graph.workers import Answer, Asked
    from server.caching import State
    from server.calls import Call
    from server.settings import Settings

LOG: Final = logging.getLogger(__name__)
#: Seconds between two looks at what the store says it holds; a push waits for longer.
PAUSE: Final = 2.0
#: Bytes of an answer that a page may be made from.
PAGE_SIZE: Final = 256 << 20


class RemoteWorkers(QueryWorkers):
    """Workers that ask a store elsewhere, whose time is that of the query."""

    def evaluate(
        self,
        query: str,
        *,
        abandoned: Callable[[], bool] = lambda: False,
        **asked: Unpack[Asked],
    ) -> Answer:
        """Begin a query as its parent does; StoreSlowError at the deadline."""
        try:
            return super().evaluate(query, abandoned=abandoned, **asked)
        except QueryTimeoutError as error:
            raise StoreSlowError(f"more than {error.seconds:g} seconds") from None


class StoreSwitch:
    """The application of a store; `host` opens what the store says it holds."""

    def __init__(
        self,
        endpoint: Endpoint,
        host: Callable[[StoreSwitch, Description | None], Hosted],
    ) -> None:
        """Open what is there; raises the StoreErrors."""
        self._endpoint = endpoint
        self._host = host
        self._stop = threading.Event()
        self.loading: StoreLoadingError | None = None
        self.current = host(self, read_description(endpoint))

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request from the release in the store."""
        while not (hosted := self.current).enter():
            pass
        try:
            body = hosted.application(environ, start_response)
        except BaseException:
            hosted.leave()
            raise
        return ClosingIterator(body, hosted.leave)

    def state(self) -> State:
        """Return what answers of this moment hold for: no releases lie beside it."""
        return self.current.release.manifest.id, 0

    def begin(self, _: Call) -> None:
        """Leave each query to the application, which tells how the store is."""

    def refuse(self) -> None:
        """Raise StoreLoadingError while the store is being changed."""
        if self.loading and not request.path.startswith(UNCOUNTED):
            raise self.loading

    def watch(self) -> None:
        """Look now and then whether the store holds another release, until closed."""
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def refresh(self) -> None:
        """Move to what the store holds now; a store that fails is asked again later."""
        try:
            described = read_description(self._endpoint)
            if described and described.manifest.id != self.current.release.manifest.id:
                old, self.current = self.current, self._host(self, described)
                old.retire()
            self.loading = None
        except StoreLoadingError as error:
            self.loading = error
        except (StoreError, OSError) as error:
            LOG.warning("the store does not say what it holds: %s", error)

    def close(self) -> None:
        """Stop watching and end the workers."""
        self._stop.set()
        self.current.retire()

    def _watch(self) -> None:
        while not self._stop.wait(PAUSE):
            self.refresh()


def open_store(settings: Settings) -> StoreSwitch:
    """Return the application of a store; it moves to another release by itself."""
    admission = Admission(settings)

    def host(switch: StoreSwitch, described: Description | None) -> Hosted:
        release = _release(settings, described)
        release.prepare(silent)
        limits = limits_of(settings, release, is_current=False)
        workers = RemoteWorkers(release.store_path, limits)
        try:
            application = create_app(release, workers, settings, admission)
        except BaseException:
            workers.close()
            raise
        application.before_request(switch.refuse)
        if not release.is_known:
            application.after_request(_unkept)
        return Hosted(release, application, workers)

    switch = StoreSwitch(_endpoint(settings), host)
    switch.watch()
    return switch


def release_of(settings: Settings) -> RemoteRelease:
    """Return the release in a store; raises the StoreErrors."""
    return _release(settings, read_description(_endpoint(settings)))


def _release(settings: Settings, described: Description | None) -> RemoteRelease:
    endpoint = _endpoint(settings)
    return RemoteRelease(endpoint, described, settings.store_cache, settings.store_base)


def _endpoint(settings: Settings) -> Endpoint:
    bounds = Bounds(seconds=settings.store_timeout, size=PAGE_SIZE)
    return Endpoint(settings.store or "", bounds)


def _unkept(response: Response) -> Response:
    """Let nobody keep an answer: what an unknown store holds may change unnoticed."""
    response.headers["Cache-Control"] = "no-store"
    response.headers.pop("ETag", None)
    return response
