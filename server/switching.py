"""Hands each request to the release it asks for, and moves to a new one unnoticed.

`/release/{id}/…` is answered from that release, anything else from the current one. A
release is opened, tried and only then published, as one object in one assignment;
requests under way finish on the old one, whose workers end after the last of them.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

from werkzeug.test import Client
from werkzeug.wsgi import ClosingIterator

from graph.current import CURRENT, current_id
from graph.errors import RegietafelError, ReleaseError, UnreadableReleaseError
from graph.history import History
from graph.releasing import Release, current_release
from graph.verifying import check_parts
from server.shortcut import Underway
from server.site import MOUNTED
from server.sparql import UNDERWAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from graph.interfaces import ServedRelease
    from graph.workers import QueryWorkers
    from server.caching import State
    from server.calls import Call
    from server.shortcut import Shortcut

LOG: Final = logging.getLogger(__name__)
#: Seconds between two looks at which release is current.
PAUSE: Final = 0.5
#: Releases other than the current one that are held open.
HELD: Final = 4
#: What a new release must answer before anyone sees it.
TRIED: Final = ("/", "/sparql?query=ASK%7B%7D")
_MOUNT: Final = re.compile(r"/release/([0-9a-f]{16})(/.*)?")
_FAILURE: Final = 500


class Hosted:
    """A release that is served: its application, and the requests under way."""

    def __init__(
        self,
        release: ServedRelease,
        application: WSGIApplication,
        workers: QueryWorkers,
        shortcut: Shortcut | None = None,
    ) -> None:
        """Keep what answers from the release, and what does so ahead of it."""
        self.release = release
        self._shortcut = shortcut
        self.application = application
        self.ended = threading.Event()
        self.workers = workers
        self._lock = threading.Lock()
        self._requests = 0
        self._retired = False

    def enter(self) -> bool:
        """Count a request in; False if no more are taken."""
        with self._lock:
            self._requests += not self._retired
            return not self._retired

    def begin(self, call: Call) -> Underway | None:
        """Begin to answer a query ahead of the application; None if it must answer."""
        if self._shortcut is None or not self.enter():
            return None
        asked = self._shortcut.begin(call)
        if asked is None:
            self.leave()
            return None
        return Underway(self, self._shortcut, asked)

    def stay(self) -> None:
        """Count a request in once more that is under way."""
        with self._lock:
            self._requests += 1

    def leave(self) -> None:
        """Count a request out; after the last one the workers end."""
        with self._lock:
            self._requests -= 1
            last = self._retired and not self._requests
        if last:
            self._end()

    def retire(self) -> None:
        """Take no more requests, and end once those under way are answered."""
        with self._lock:
            first, self._retired = not self._retired, True
            last = first and not self._requests
        if last:
            self._end()

    def _end(self) -> None:
        self.workers.close()
        self.ended.set()


class Link(NamedTuple):
    """What `current` said when it was looked at: an id, and when it was set."""

    identity: str | None
    moment: int


class Switch:
    """The application of a folder of releases; `host` opens one of them."""

    def __init__(self, folder: Path, host: Callable[[Release], Hosted]) -> None:
        """Open the current release; NoReleaseError if there is none."""
        self._folder = folder
        self._host = host
        self._history = History(folder)
        self._seen = self._look()
        self.beside = self._changed()
        self.current = host(current_release(folder))
        self._held: OrderedDict[str, Hosted] = OrderedDict()
        self._lock = threading.Lock()
        self._moving = threading.Lock()
        self._stop = threading.Event()

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request from the release that it is for."""
        hosted = self._choose(environ)
        try:
            body = hosted.application(environ, start_response)
        except BaseException:
            hosted.leave()
            raise
        return ClosingIterator(body, hosted.leave)

    def state(self) -> State:
        """Return what answers of this moment hold for."""
        return self.current.release.manifest.id, self.beside

    def begin(self, call: Call) -> Underway | None:
        """Begin to answer a query of the current release ahead of its application."""
        return self.current.begin(call)

    def watch(self) -> None:
        """Look for a new current release now and then, until closed."""
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def refresh(self) -> None:
        """Move to the current release if it is another; keep this one if it is bad."""
        with self._moving:
            self._refresh(self._look())
            self.beside = self._changed()

    def _refresh(self, seen: Link) -> None:
        if seen == self._seen:
            return
        self._seen = seen
        if seen.identity in {None, self.current.release.manifest.id}:
            return
        try:
            new = self._open(str(seen.identity))
        except (RegietafelError, OSError) as error:
            LOG.warning("release %s is not served: %s", seen.identity, error)
            return
        old, self.current = self.current, new
        old.retire()

    def close(self) -> None:
        """Stop watching and end all workers."""
        self._stop.set()
        with self._lock:
            for hosted in (self.current, *self._held.values()):
                hosted.retire()

    def _watch(self) -> None:
        while not self._stop.wait(PAUSE):
            self.refresh()

    def _look(self) -> Link:
        try:
            moment = (self._folder / CURRENT).lstat().st_mtime_ns
        except OSError:
            moment = 0
        return Link(current_id(self._folder), moment)

    def _changed(self) -> int:
        """Return when a release last came to the folder or left it."""
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return 0

    def _open(self, identity: str) -> Hosted:
        """Open a release and try it, so that its first visitor need not wait."""
        place = self._folder / identity
        check_parts(place)
        hosted = self._host(Release(place))
        client = Client(hosted.application)
        for path in TRIED:
            if client.get(path, buffered=True).status_code >= _FAILURE:
                hosted.retire()
                raise UnreadableReleaseError(place, f"no answer to {path}")
        return hosted

    def _choose(self, environ: WSGIEnvironment) -> Hosted:
        """Return what answers a request, counted in; the prefix leaves the path.

        A query that a worker of one release has is answered by that release.
        """
        underway: Underway | None = environ.get(UNDERWAY)
        if underway:
            underway.hosted.stay()
            return underway.hosted
        found = _MOUNT.fullmatch(environ.get("PATH_INFO", ""))
        hosted = self._of_release(found[1]) if found else None
        if found and hosted:
            environ["SCRIPT_NAME"] += f"/release/{found[1]}"
            environ["PATH_INFO"] = found[2] or "/"
            environ[MOUNTED] = found[1]
            return hosted
        while not (current := self.current).enter():
            pass
        return current

    def _of_release(self, identity: str) -> Hosted | None:
        """Return the release of an id, counted in; None if there is none."""
        current = self.current
        if identity == current.release.manifest.id and current.enter():
            return current
        with self._lock:
            found = self._held.pop(identity, None)
            if self._history.get(identity) is None:
                if found:
                    found.retire()
                return None
            try:
                self._held[identity] = found or self._open(identity)
            except ReleaseError as error:
                LOG.warning("release %s is not served: %s", identity, error)
                return None
            hosted = self._held[identity]
            hosted.enter()
            if len(self._held) > HELD:
                self._held.popitem(last=False)[1].retire()
            return hosted
