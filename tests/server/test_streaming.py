"""What one thread began, that thread ends, whoever lets go of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from graph.errors import WorkersBusyError
from server.streaming import MOST, Confined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def ended() -> list[bool]:
    """Return where pieces tell whether they ended in the thread that began them."""
    return []


@pytest.fixture
def make(ended: list[bool]) -> Callable[[], Iterator[bytes]]:
    """Return what makes pieces without an end."""

    def pieces() -> Iterator[bytes]:
        thread = threading.get_ident()
        try:
            while True:
                yield b"piece"
        finally:
            ended.append(threading.get_ident() == thread)

    return pieces


def test_what_nobody_closes_is_closed(
    make: Callable[[], Iterator[bytes]], ended: list[bool]
) -> None:
    """In its own thread, and there is room again for as many as before."""
    for _ in range(2 * MOST):
        answer = Confined(make)
        assert next(answer) == b"piece"
        del answer

    assert ended == [True] * 2 * MOST


def test_what_nobody_has_begun_is_closed(
    make: Callable[[], Iterator[bytes]], ended: list[bool]
) -> None:
    """As for who wants the head alone."""
    for _ in range(2 * MOST):
        Confined(make).close()

    assert ended == []


def test_too_many_answers_are_told_so(make: Callable[[], Iterator[bytes]]) -> None:
    """Those that are there go on."""
    answers = [Confined(make) for _ in range(MOST)]
    with pytest.raises(WorkersBusyError):
        Confined(make)

    assert {next(answer) for answer in answers} == {b"piece"}
    for answer in answers:
        answer.close()
        answer.close()
