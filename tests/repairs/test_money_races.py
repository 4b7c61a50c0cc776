"""Several who bill and pay the same orders at the same moment: each thing happens once, and numbers have no gaps."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.db import retrying
from apps.inventory.models import Branch
from apps.repairs import services
from apps.repairs.models import Invoice, InvoiceCounter, InvoicedOrder, Payment, RepairOrder, Tender
from tests.conftest import Api
from tests.factories import member
from tests.factories.work import SYSTEM
from tests.racing import kinds, race
from tests.repairs.billing import done, orders_of, visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
YEAR = timezone.now().year


def test_each_order_is_invoiced_once_and_the_numbers_have_no_gap(branch: Branch) -> None:
    orders = [done(branch) for _ in range(8)]
    api = Api(member("manager", branch))

    answers = race(*[partial(api.post, f"repairs/{one.pk}/invoice") for one in orders for _ in range(2)])

    assert sorted(answer.status_code for answer in answers) == [200] * 8 + [201] * 8
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == [f"HAR-{YEAR}-{number:05d}" for number in range(1, 9)]
    assert InvoicedOrder.objects.count() == 8
    assert InvoiceCounter.objects.get().last == 8


def test_attempts_that_are_given_up_leave_no_gap(branch: Branch) -> None:
    orders = [done(branch) for _ in range(6)]
    # The second half is not done: the attempt ends in a refusal.
    RepairOrder.objects.filter(pk__in=[one.pk for one in orders[3:]]).update(status="in_progress")

    outcomes = race(*[partial(services.issue_invoice, one.pk, actor=SYSTEM) for one in orders])

    assert kinds(outcomes) == {"Conflict": 3, "Issued": 3}
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == [f"HAR-{YEAR}-{number:05d}" for number in (1, 2, 3)]


def test_an_invoice_is_taken_back_once(branch: Branch) -> None:
    invoice = services.issue_invoice(done(branch).pk, actor=SYSTEM).invoice
    managers = [Actor.user(member("manager", branch)) for _ in range(6)]

    outcomes = race(*[partial(services.issue_credit_note, invoice.pk, "wrong", actor=one) for one in managers])

    assert kinds(outcomes) == {"Conflict": 5, "Invoice": 1}
    assert [note.total for note in Invoice.objects.filter(kind="credit_note")] == [100]


def test_a_drop_off_and_its_orders_are_never_paid_twice(branch: Branch) -> None:
    found = visit(branch, "60", "40", "50")
    first = orders_of(found)[0]
    together = services.TenderRequest(Decimal(150), "payment", "cash")
    single = services.PaymentRequest(Decimal(60), "payment", "card")

    outcomes = race(
        *[lambda: retrying(lambda: services.take_tender(found.pk, together, actor=SYSTEM)) for _ in range(4)],
        *[lambda: retrying(lambda: services.take_payment(first.pk, single, actor=SYSTEM)) for _ in range(4)],
    )

    assert set(kinds(outcomes)) <= {"Tender", "Payment", "ValidationFailed"}
    assert kinds(outcomes)["ValidationFailed"] == 7
    paid = {one.pk: one.paid for one in orders_of(found)}
    assert all(paid[pk] == sum(row.amount for row in Payment.objects.filter(order=pk)) for pk in paid)
    assert all(one.paid <= one.total for one in orders_of(found))
    assert all(row.amount == sum(share.amount for share in row.payments.all()) for row in Tender.objects.all())


def test_an_order_is_handed_over_and_invoiced_at_the_same_moment(branch: Branch) -> None:
    ready = done(branch, status="in_progress>completed>ready_pickup", deposit_paid=Decimal(100))
    api = Api(member("manager", branch))

    answers = race(
        *[partial(api.put, f"repairs/{ready.pk}/status", {"status": "delivered"}) for _ in range(3)],
        *[partial(api.post, f"repairs/{ready.pk}/invoice") for _ in range(3)],
    )

    assert sorted(answer.status_code for answer in answers[:3]) == [200, 409, 409]
    assert {answer.status_code for answer in answers[3:]} <= {200, 201}
    assert list(Invoice.objects.values_list("number", flat=True)) == [f"HAR-{YEAR}-00001"]
