"""Starts each form once for all journeys."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.forms import STOP_WITHIN, Embedded, Form, Stack

CLEAN = {"ws": -signal.SIGTERM}  # uvicorn ends by the signal itself, once it has closed everything


@pytest.fixture(scope="package")
def running_embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """``manage.py run`` from an empty data folder; SIGTERM must end it."""
    form = Embedded(tmp_path_factory.mktemp("embedded") / "data")
    try:
        yield form.start()
        status, seconds = form.service.stop()
    finally:
        form.service.kill()
    assert status == 0
    assert seconds < STOP_WITHIN, f"it took {seconds:.1f} s"


@pytest.fixture(scope="package")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The production form; each of its commands must end within ten seconds of SIGTERM."""
    server = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    form = Stack(tmp_path_factory.mktemp("stack"), server)
    try:
        form.start()
        yield form
    finally:
        ended = form.stop()
    for name, (status, seconds) in ended.items():
        assert (name, status) == (name, CLEAN.get(name, 0))
        assert seconds < STOP_WITHIN, f"{name} took {seconds:.1f} s"


@pytest.fixture
def embedded(running_embedded: Embedded) -> Iterator[Embedded]:
    yield running_embedded
    running_embedded.hang_up()


@pytest.fixture
def stack(running_stack: Stack) -> Iterator[Stack]:
    yield running_stack
    running_stack.hang_up()


@pytest.fixture(params=["embedded", pytest.param("stack", marks=pytest.mark.production)])
def form(request: pytest.FixtureRequest) -> Form:
    """Both forms, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder that does not exist yet."""
    return tmp_path / "data"
