"""Several workers at the same delivery, on whichever database the suite runs."""

from __future__ import annotations

import pytest

from apps.audit.enums import DeliveryStatus
from apps.audit.services import deliver, sweep
from tests.audit.conftest import delivery, heard, tell
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("mood", ["calm", "slow"])
def test_workers_that_deliver_the_same_at_once_run_it_once(mood: str) -> None:
    event = tell(mood)
    row = delivery(event)

    done = race(*[lambda: deliver([row.pk])] * 4)

    assert sorted(done) == [0, 0, 0, 1]
    assert (heard(event), delivery(event).status, delivery(event).attempts) == (["first"], DeliveryStatus.DONE, 1)


def test_a_wake_up_and_two_sweepers_at_once_run_each_delivery_once() -> None:
    events = [tell() for _ in range(5)]
    ids = [row.pk for event in events for row in event.deliveries.all()]

    done = race(sweep, sweep, lambda: deliver(ids))

    assert sum(done) == 10
    assert [heard(event) for event in events] == [["first", "second"]] * 5
