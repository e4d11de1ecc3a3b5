"""Opens a folder of releases for serving: an application and workers for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.workers import Limits, QueryWorkers
from server.admitting import Admission
from server.app import create_app
from server.switching import Hosted, Switch

if TYPE_CHECKING:
    from pathlib import Path

    from graph.releasing import Release
    from server.settings import Settings


def open_folder(folder: Path, settings: Settings) -> Switch:
    """Return the application of a folder; it moves to new releases by itself."""
    limits = Limits(
        workers=settings.query_workers,
        seconds=settings.query_timeout_max,
        memory=settings.query_memory,
    )

    admission = Admission(settings)

    def host(release: Release) -> Hosted:
        workers = QueryWorkers(release.store_path, limits)
        try:
            application = create_app(release, workers, settings, admission)
        except BaseException:
            workers.close()
            raise
        return Hosted(release, application, workers)

    switch = Switch(folder, host)
    switch.watch()
    return switch
