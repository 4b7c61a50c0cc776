"""Bookings are moved, noted on, cancelled, and stay with a customer who is merged or kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from apps.accounts.services import merge_customers
from apps.audit.models import Event
from apps.inventory.models import Branch
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import CustomerFactory, booking
from tests.repairs.booking_requests import FULL, INVALID, NOW, TUESDAY, books, told, wanted
from tests.repairs.contract import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday_at_ten() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_booking_is_moved_within_its_own_time(seller: Api, branch: Branch) -> None:
    made, _ = booking(branch, starts_at=TUESDAY), booking(branch, starts_at=TUESDAY)

    answer = seller.patch(f"bookings/{made.pk}", {"startsAt": "2026-05-05T10:15:00Z", "durationMinutes": 60})

    data = answer.body["data"]
    assert (answer.status_code, data["startsAt"], data["endsAt"]) == (
        200, "2026-05-05T10:15:00.000000Z", "2026-05-05T11:15:00.000000Z"
    )  # fmt: skip
    assert told(made)[1:] == [("repairs.booking_changed", {
        "changed": ["duration_minutes", "starts_at"], "starts_at": "2026-05-05T10:15:00Z", "duration_minutes": 60,
    })]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"startsAt": "2026-05-05T11:00:00Z"}, FULL),
        ({"durationMinutes": 61}, FULL),
        ({"startsAt": "2026-05-05T17:45:00Z"}, INVALID),
        ({"startsAt": "2026-05-01T10:00:00Z"}, INVALID),
        ({"startsAt": None}, INVALID),
        ({"customerId": "01890a5d-ac96-774b-bcce-b302099a8057"}, INVALID),
        ({"status": "checked_in"}, INVALID),
    ],
)
def test_a_move_to_where_no_place_is_changes_nothing(
    seller: Api, branch: Branch, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    made = booking(branch, starts_at=TUESDAY)
    for _ in range(2):
        booking(branch, starts_at=TUESDAY + timedelta(hours=1))
    before = books()

    answer = seller.patch(f"bookings/{made.pk}", {"notes": "never", **changes})

    assert outcome(answer) == expected
    assert books() == before


def test_notes_are_changed_without_asking_for_a_place(seller: Api, branch: Branch) -> None:
    made = booking(branch, starts_at=TUESDAY)
    present = seller.get(f"bookings/{made.pk}")

    with time_machine.travel(TUESDAY + timedelta(days=1), tick=False):
        late = Api(seller.user)
        noted = late.patch(
            f"bookings/{made.pk}", {**present.body["data"], "notes": "came late"}, If_Match=present["ETag"]
        )
        stale = late.patch(f"bookings/{made.pk}", {"notes": "x"}, If_Match=present["ETag"])
        again = late.patch(f"bookings/{made.pk}", {"notes": "came late"})

    assert (noted.status_code, noted.body["data"]["notes"], outcome(stale)) == (
        200,
        "came late",
        (412, "PRECONDITION_FAILED"),
    )
    assert again["ETag"] == noted["ETag"]
    assert [kind for kind, _ in told(made)] == ["repairs.booking_made", "repairs.booking_changed"]


def test_a_cancelled_booking_gives_its_place_free_and_stays_as_it_is(seller: Api, branch: Branch) -> None:
    made, _ = booking(branch, starts_at=TUESDAY), booking(branch, starts_at=TUESDAY)

    cancelled = seller.post(f"bookings/{made.pk}/cancel")
    before = books()
    refused = [
        seller.post(f"bookings/{made.pk}/cancel", {"reason": "twice"}),
        seller.patch(f"bookings/{made.pk}", {"notes": "x"}),
    ]
    unchanged = books() == before
    instead = seller.post("bookings", wanted(branch))

    assert (cancelled.status_code, instead.status_code) == (200, 201)
    assert ([outcome(answer) for answer in refused], unchanged) == ([FULL, FULL], True)
    assert told(made)[1:] == [("repairs.booking_cancelled", {"reason": ""})]


# --- customers who are merged or erased -----------------------------------------------------------------------------


def test_bookings_move_with_a_customer_who_is_merged(branch: Branch) -> None:
    source, target = CustomerFactory(), CustomerFactory()
    made = booking(branch, customer=source.pk, starts_at=TUESDAY)

    merge_customers(source.pk, target.pk, actor=SYSTEM)

    made.refresh_from_db()
    assert made.customer_id == target.pk
    merged = Event.objects.get(type="accounts.customer_merged")
    assert merged.payload["moved"]["repairs.booking"] == 1


def test_a_customer_who_is_expected_is_not_erased(manager: Api, branch: Branch) -> None:
    made = booking(branch, starts_at=TUESDAY)
    before = books()

    refused = manager.delete(f"customers/{made.customer_id}")
    unchanged = books() == before
    manager.post(f"bookings/{made.pk}/cancel")
    erased = manager.delete(f"customers/{made.customer_id}")

    assert (outcome(refused), unchanged) == ((409, "IN_USE"), True)
    assert erased.status_code == 204


def test_a_customer_who_never_came_is_erased(manager: Api, branch: Branch) -> None:
    made = booking(branch, starts_at=TUESDAY)

    with time_machine.travel(TUESDAY + timedelta(days=1), tick=False):
        erased = Api(manager.user).delete(f"customers/{made.customer_id}")

    assert erased.status_code == 204
