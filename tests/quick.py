"""The quick form of the suite: what `make suite` leaves to `make suite-rest`, and what should be left to it as well.

A test is `exhaustive` because it says so, because it waits for the processes of a whole form, or as one of many cases: of
a test with parameters that uses the database, the quick form runs a few, always the same ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from zlib import crc32

import pytest

QUICK_CASES = 2
SLOW = 1.0  # seconds on two quiet cores
WITH_DATABASE = {"db", "transactional_db"}
STARTED_ONCE = {"form", "embedded", "stack"}  # the fixtures of tests.journeys


def waits_for_processes(item: pytest.Item) -> bool:
    return bool(STARTED_ONCE.intersection(getattr(item, "fixturenames", ())))


def uses_database(item: pytest.Item) -> bool:
    return bool(WITH_DATABASE.intersection(getattr(item, "fixturenames", ()))) or any(item.iter_markers("django_db"))


def further_cases(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Of each test with the database all cases but a few, which are strewn over its parameters."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if hasattr(item, "callspec") and uses_database(item):
            cases[item.nodeid.partition("[")[0]].append(item)
    return [
        item
        for of_one in cases.values()
        for item in sorted(of_one, key=lambda item: crc32(item.nodeid.encode()))[QUICK_CASES:]
    ]


@pytest.hookimpl(wrapper=True)  # around the choice that -m makes, and within the shuffling
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What waits for real processes comes first: one worker of the suite gets all of it and starts them once."""
    for item in [*further_cases(items), *filter(waits_for_processes, items)]:
        item.add_marker(pytest.mark.exhaustive)
    yield
    items.sort(key=lambda item: not waits_for_processes(item))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """In the quick form, name what is not quick; on a busy machine that can be anything, so nothing fails."""
    if "not exhaustive" not in config.option.markexpr:
        return
    calls = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    slow = sorted(((report.duration, report.nodeid) for report in calls if report.duration > SLOW), reverse=True)
    if slow:
        terminalreporter.section(f"took more than {SLOW:.0f} s: quicken or mark as exhaustive")
        for seconds, name in slow:
            terminalreporter.line(f"{seconds:5.1f} s  {name}")
