"""``manage.py run``: what it prints, how it ends, and what it refuses in one sentence."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.forms import STOP_WITHIN, Embedded
from tests.journeys.processes import base_environment, children, free_port, is_alive, run, until

ROLES = ("admin", "manager", "technician", "seller", "customer")


@pytest.fixture
def copy(embedded: Embedded, scratch: Path) -> Iterator[Embedded]:
    """A shop with data that has been stopped: what a second start finds."""
    form = embedded.copy_to(scratch)
    yield form
    form.service.kill()


def test_the_printed_logins_open_every_role(embedded: Embedded) -> None:
    printed = embedded.service.said()

    assert f"Mendery is running at {embedded.base}/" in printed
    for role in ROLES:
        assert f"{role}@demo.example" in printed
        assert embedded.caller(role).user["role"] == role


def test_a_second_start_changes_nothing_and_ctrl_c_ends_all_of_it(copy: Embedded) -> None:
    before = copy.dump()
    started = time.monotonic()
    copy.start()
    seconds = time.monotonic() - started
    processes = [copy.service.pid, *children(copy.service.pid)]

    status, stopping = copy.service.stop(signal.SIGINT)

    print(f"second start {seconds:.1f} s, stop {stopping:.1f} s")  # noqa: T201
    assert status == 0
    assert copy.service.said().endswith("\nStopped.\n")
    assert len(processes) == 4
    assert not any(is_alive(pid) for pid in processes)
    assert copy.dump() == before
    assert seconds < 15  # about three on an idle machine
    assert stopping < STOP_WITHIN


def test_children_end_when_the_supervisor_is_killed(copy: Embedded) -> None:
    copy.start()
    processes = children(copy.service.pid)

    copy.service.kill()

    assert len(processes) == 3
    until(lambda: not any(is_alive(pid) for pid in processes), "all children have ended", STOP_WITHIN)


def test_a_signal_during_the_first_steps_ends_it_without_a_traceback(copy: Embedded) -> None:
    copy.service.start()
    until((copy.data / "run.lock").exists, "it has begun")

    status, _ = copy.service.stop(signal.SIGTERM)

    assert status == 0
    assert copy.service.said().endswith("Stopped.\n")
    assert "Traceback" not in copy.service.said()


def test_a_second_run_on_the_same_folder_is_refused(embedded: Embedded) -> None:
    ended = run(["python", "manage.py", "run"], {**embedded.environment, "PORT": str(free_port())})

    assert ended.returncode == 1
    assert ended.stderr == (
        f"CommandError: Mendery is already running with the data folder {embedded.data}; "
        "stop it or set DATA_DIR to another.\n"
    )


def test_a_port_in_use_is_refused_before_anything_is_made(embedded: Embedded, scratch: Path) -> None:
    ended = run(["python", "manage.py", "run"], {**embedded.environment, "DATA_DIR": str(scratch)})

    assert ended.returncode == 1
    assert ended.stderr == (
        f"CommandError: Port {embedded.port} on 127.0.0.1 cannot be used (Address already in use); set PORT to another.\n"
    )
    assert not (scratch / "mendery.sqlite3").exists()


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = base_environment(DATA_DIR=str(tmp_path / "file" / "data"), PORT=str(free_port()))

    ended = run(["python", "manage.py", "run"], environment)

    assert ended.returncode == 1
    assert ended.stderr == (
        f"Mendery cannot start: the data folder {tmp_path / 'file' / 'data'} cannot be used (Not a directory); "
        "set DATA_DIR to another.\n"
    )
