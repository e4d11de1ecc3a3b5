"""What a release says of itself: its manifest, and the seal that tells an alteration.

`files` are a function of the sources and the tools, so two machines make them alike.
`parts` differ from copy to copy: the store holds numbers that its engine draws, and
`changes.tsv` depends on the release before. So does what is known of publishing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from graph.errors import UnreadableReleaseError

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "manifest.json"
CHANGES: Final = "changes.tsv"
GRAPHS: Final = "graphs.tsv"
#: Hexadecimal digits of the dataset's hash that a release is called by.
ID_LENGTH: Final = 16


@dataclass(frozen=True)
class Manifest:
    """What is in a release, and where it comes from.

    `rdfc10` is the SHA-256 of the dataset in canonical form, and `id` its beginning.
    `published` is when this id was first made, in ISO 8601; `parent` was current then.
    """

    id: str
    rdfc10: str
    base: str
    validated: bool
    engine: str | None
    ontology: str
    counts: dict[str, int]
    tools: dict[str, str]
    files: dict[str, str]
    parts: dict[str, str]
    published: str
    parent: str | None
    seal: str = ""

    @property
    def moment(self) -> datetime:
        """Return when the release was first published."""
        return datetime.fromisoformat(self.published)

    def reproducible(self) -> dict[str, Any]:
        """Return what another machine makes alike from the same sources and tools."""
        own = ("parts", "published", "parent", "seal")
        return {name: value for name, value in asdict(self).items() if name not in own}

    def sealed(self) -> Manifest:
        """Return the manifest with the hash of everything else it says."""
        text = as_text(asdict(replace(self, seal="")))
        return replace(self, seal=hashlib.sha256(text.encode()).hexdigest())

    def text(self) -> str:
        """Return the manifest as its file holds it."""
        return as_text(asdict(self))


def identity_of(digest: str) -> str:
    """Return the id of the release of a dataset with this hash."""
    return digest[:ID_LENGTH]


def as_text(value: object) -> str:
    """Return plain values as JSON, always written alike."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests_of(paths: list[Path], folder: Path) -> dict[str, str]:
    """Return the SHA-256 of files by their path within a folder."""
    return {path.relative_to(folder).as_posix(): digest_of(path) for path in paths}


def read_manifest(folder: Path) -> Manifest:
    """Return a folder's manifest; UnreadableReleaseError if there is none to trust."""
    try:
        text = (folder / NAME).read_bytes().decode()
        manifest = Manifest(**json.loads(text))
        whole = manifest.sealed().text() == text and bool(manifest.moment.tzinfo)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableReleaseError(folder, f"bad manifest ({error})") from None
    if not whole:
        reason = "bad manifest (it was altered after it was sealed)"
        raise UnreadableReleaseError(folder, reason)
    return manifest
