"""Opens a folder of releases for serving: an application and workers for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.current import current_id
from graph.workers import QueryWorkers
from server.admitting import Admission
from server.app import SHORTCUT, create_app
from server.sizing import limits_of
from server.switching import Hosted, Switch

if TYPE_CHECKING:
    from pathlib import Path

    from graph.releasing import Release
    from server.remoting import StoreSwitch
    from server.settings import Settings


def open_served(settings: Settings) -> Switch | StoreSwitch:
    """Return the application of a folder of releases, or of a store elsewhere."""
    if settings.store:
        from server.remoting import open_store  # noqa: PLC0415  HTTP is only needed here

        return open_store(settings)
    return open_folder(settings.releases, settings)


def open_folder(folder: Path, settings: Settings) -> Switch:
    """Return the application of a folder; it moves to new releases by itself."""
    admission = Admission(settings)

    def host(release: Release) -> Hosted:
        is_current = current_id(folder) == release.manifest.id
        limits = limits_of(settings, release, is_current=is_current)
        workers = QueryWorkers(release.store_path, limits)
        try:
            application = create_app(release, workers, settings, admission)
        except BaseException:
            workers.close()
            raise
        shortcut = application.extensions[SHORTCUT]
        return Hosted(release, application, workers, shortcut)

    switch = Switch(folder, host)
    switch.watch()
    return switch
