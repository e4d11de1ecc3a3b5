"""Whatever ends a build, the release before it still serves and no half one is seen."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from benchmarks.generate import lines
from graph.building import build
from graph.paths import ROOT
from graph.releasing import current_release
from graph.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.releasing import Release

KILLS: Final = 24
#: Builds on disk, as large graphs are, and says when it begins.
BUILD: Final = """
import sys
from pathlib import Path
from graph import building, gathering
gathering.IN_MEMORY = int(sys.argv[3])
print("ready", flush=True)
building.build(Path(sys.argv[1]), files=[Path(sys.argv[2])])
"""
WHOLE: Final = 1 << 30


@pytest.fixture
def out(tmp_path: Path, release: Release) -> Path:
    """Return a folder with a good release, to see that it stays."""
    folder = tmp_path / "releases"
    shutil.copytree(release.path, folder / release.manifest.id)
    (folder / "current").symlink_to(release.manifest.id)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a file of a generated graph."""
    return generate(tmp_path, 20_000)


def generate(folder: Path, quads: int, seed: int = 1) -> Path:
    """Write a generated graph."""
    path = folder / f"{quads}-{seed}.nq"
    path.write_text("".join(lines(quads, seed=seed)), encoding="utf-8")
    return path


def remains(out: Path) -> list[str]:
    """Return what builds have left behind."""
    return [path.name for path in out.glob(".*")]


@contextmanager
def begun(out: Path, data: Path, in_memory: int) -> Iterator[subprocess.Popen[str]]:
    """Give a process that has begun to build."""
    words = [sys.executable, "-c", BUILD, str(out), str(data), str(in_memory)]
    with running(words, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process


@contextmanager
def running(
    words: list[str], stdout: int | None = None, stderr: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a command, which does not outlive a test that fails.

    It is not measured: an interrupt in the midst of coverage's own bookkeeping leaves
    a lock taken there, and the process then waits for ever.
    """
    with subprocess.Popen(
        words, cwd=ROOT, stdout=stdout, stderr=stderr, text=True, env=unmeasured()
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_build_killed_at_any_point_leaves_the_old_release(
    tmp_path: Path, out: Path
) -> None:
    """After each kill every release is whole; the next build clears up and succeeds."""
    data = generate(tmp_path, 2000)
    started = time.perf_counter()
    with begun(tmp_path / "elsewhere", data, 0) as process:
        assert process.wait() == 0
    whole, interrupted = time.perf_counter() - started, 0

    for number in range(KILLS):
        before = current_release(out).manifest.id
        data = generate(tmp_path, 2000, seed=number + 2)
        with begun(out, data, 0 if number % 2 else WHOLE) as process:
            time.sleep(whole * number / KILLS)
            process.kill()
        interrupted += bool(remains(out))
        now = current_release(out)
        assert process.returncode in {0, -signal.SIGKILL}
        assert (now.manifest.id == before) <= bool(process.returncode)
        assert len(list(now.store.statements(graph=None))) > 1000
        for path in out.glob("[!.]*"):
            assert verify(path.resolve()) == []

    build(out)
    assert interrupted >= KILLS / 4
    assert remains(out) == []


@contextmanager
def small_disk(path: Path, size: int) -> Iterator[None]:
    """Lay a small filesystem over a folder; skips where that is not permitted."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if (
        os.getuid()
        or subprocess.run(command, capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting a filesystem is not permitted here")
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True)


def command(out: Path, data: Path) -> list[str]:
    """Return the command that builds."""
    return [
        sys.executable,
        "-m",
        "server",
        "build",
        "--out",
        str(out),
        "--from",
        str(data),
    ]


def assert_refused(done: subprocess.CompletedProcess[str], out: Path) -> None:
    """See that a build said what is wrong and how to mend it, and left nothing."""
    assert done.returncode == 1, done.stderr
    said = " ".join(done.stderr.split())
    assert "could not be written" in said
    assert "Make room" in said
    assert "Traceback" not in said
    assert remains(out) == []


@pytest.mark.parametrize("room", [100_000, 3 << 20, 8 << 20])
def test_a_full_disk_leaves_the_old_release(
    tmp_path: Path, release: Release, data: Path, room: int
) -> None:
    """The error is clear wherever the disk runs full."""
    out = tmp_path / "small"
    out.mkdir()
    size = sum(path.stat().st_size for path in release.path.rglob("*"))
    with small_disk(out, size + room + (1 << 20)):
        shutil.copytree(release.path, out / release.manifest.id)
        (out / "current").symlink_to(release.manifest.id)
        done = subprocess.run(
            command(out, data), cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert_refused(done, out)
        assert verify((out / "current").resolve()) == []


@pytest.mark.parametrize("room", [50_000, 1 << 20, 4 << 20])
def test_a_limit_of_files_leaves_the_old_release(
    out: Path, data: Path, room: int
) -> None:
    """Where no filesystem may be mounted, a limit on each file does the same."""
    done = subprocess.run(
        command(out, data),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=unmeasured(),
        preexec_fn=lambda: limit(room),
    )

    assert_refused(done, out)
    assert verify((out / "current").resolve()) == []


def unmeasured() -> dict[str, str]:
    """Return the environment without coverage, whose own file may pass the limit."""
    kept = os.environ.items()
    return {name: value for name, value in kept if not name.startswith("COVERAGE")}


def limit(room: int) -> None:
    """Limit the size of a file, and let writing more fail."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


@pytest.mark.parametrize("delay", [0.0, 0.4, 1.0])
def test_an_interrupt_cancels_cleanly(out: Path, data: Path, delay: float) -> None:
    """Ctrl-C ends a build with 130 and a word, and leaves nothing."""
    before = current_release(out).manifest.id
    with running(command(out, data), stderr=subprocess.PIPE) as process:
        while not remains(out):
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)

    assert process.returncode == 130
    assert "nothing was released" in said
    assert remains(out) == []
    assert current_release(out).manifest.id == before
