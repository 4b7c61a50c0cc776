"""How what is typed and scanned is read, and what the buttons say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.dashboard.rules import is_overdue, phone_digits, search_text, step_name
from apps.repairs.rules import TRANSITIONS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  R-2026-000001  ", "R-2026-000001"),
        ("49 015420 323751 8", "490154203237518"),
        ("49-015420-323751-8", "490154203237518"),
        ("49-015420-323751", "49-015420-323751"),  # a digit short of an IMEI: as it is
        ("2026-01-02 03:04:05", "2026-01-02 03:04:05"),
        ("a\0b", "ab"),
        ("x" * 300, "x" * 200),
        (" \t\n", ""),
    ],
)
def test_what_is_scanned_is_read_as_it_is_stored(typed: str, read: str) -> None:
    assert search_text(typed) == read


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("07700 900123", "7700900123"), ("+44 (7700) 900-123", "447700900123"), ("0044 7700", "447700"), ("1234", ""),
        ("00001", ""), ("R-2026-000001", ""), ("Kim 900123", ""), ("", ""),
    ],
)  # fmt: skip
def test_phone_numbers_are_told_from_other_text(typed: str, digits: str) -> None:
    assert phone_digits(typed) == digits


@pytest.mark.parametrize(
    ("status", "promised", "overdue"),
    [
        ("pending", NOW - timedelta(seconds=1), True),
        ("waiting_parts", NOW - timedelta(days=1), True),
        ("pending", NOW, False),
        ("pending", None, False),
        ("completed", NOW - timedelta(days=1), False),
        ("delivered", NOW - timedelta(days=1), False),
    ],
)
def test_only_unfinished_work_is_overdue(status: str, promised: datetime | None, overdue: bool) -> None:
    assert is_overdue(status, promised, NOW) is overdue


def test_every_move_has_a_button_of_its_own() -> None:
    for status, targets in TRANSITIONS.items():
        names = [step_name(status, to) for to in targets]

        assert len(set(names)) == len(targets)
        assert all(names)
