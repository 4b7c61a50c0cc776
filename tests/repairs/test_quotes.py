"""Quotes: numbered frozen versions, what may be chosen from them, and what an answer does to the order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.catalog.models import PartType
from apps.core.exceptions import Conflict, ValidationFailed
from apps.inventory.models import Branch
from apps.inventory.services import verify_stock
from apps.repairs.enums import OrderStatus
from apps.repairs.models import Quote, QuoteDecision, QuoteLine, RepairOrder, TaxRate, WorkshopSettings
from apps.repairs.rules import sha256_of
from apps.repairs.services import (
    Alternative,
    LineRequest,
    QuoteRequest,
    add_line,
    change_status,
    expire_quotes,
    issue_invoice,
    send_quote,
)
from tests.conftest import Api
from tests.factories import PartTypeFactory, RepairTypeFactory, line, member, order, stock_of, stocked
from tests.repairs.billing import taxed
from tests.repairs.contract import SYSTEM, events_of, fresh_id, item_body, named
from tests.repairs.quoting import kept, quoted, say, token_of, total_of

pytestmark = pytest.mark.django_db


def statuses(taken_in: RepairOrder) -> list[tuple[int, str]]:
    return list(taken_in.quotes.values_list("version", "status"))


def test_a_quote_freezes_the_lines_as_they_are(seller: Api, branch: Branch) -> None:
    part = PartTypeFactory(name="Original", quality="original", warranty_months=6)
    taken_in = order(branch, lines=[line(part_type_id=part.pk, quantity=2, discount=Decimal("5.00"))])
    own = taken_in.lines.get()

    answer = seller.post(f"repairs/{taken_in.pk}/quote", {"message": "Until Friday?", "requiredLineIds": [str(own.pk)]})

    assert answer.status_code == 201
    quote = answer.body["data"]
    assert (quote["version"], quote["status"], quote["isAutomatic"]) == (1, "sent", False)
    assert (quote["repairOrderId"], "orderId" in quote) == (str(taken_in.pk), False)
    assert (quote["subtotal"], quote["discountTotal"], quote["totalPrice"]) == ("200.00", "5.00", "195.00")
    name = own.repair_type.name
    (frozen,) = quote["lines"]
    assert frozen == {
        "id": frozen["id"], "position": 1, "orderLineId": str(own.pk), "insteadOfId": None, "isRequired": True,
        "repairTypeId": str(own.repair_type_id), "partTypeId": str(part.pk), "inventoryItemId": None,
        "description": f"{name} – Original", "quality": "original", "quantity": 2, "unitPrice": "100.00",
        "discount": "5.00", "totalPrice": "195.00", "taxPercent": "0.000", "taxAmount": "0.00", "warrantyMonths": 6,
    }  # fmt: skip
    assert quote["text"].splitlines()[:6] == [
        f"Quote 1 for repair {taken_in.order_number}", "Harbour", f"Device: {taken_in.device_model}", "",
        f"1. {name} – Original (original)", "   2 × 100.00 − 5.00 = 195.00 USD",
    ]  # fmt: skip
    assert "Until Friday?" in quote["text"]
    assert quote["textSha256"] == sha256_of(quote["text"])
    token = token_of(taken_in)
    assert (quote["trackingToken"], quote["trackingUrl"]) == (token, f"http://testserver/track/{token}/")
    (told,) = events_of(taken_in, "repairs.quote_sent")
    assert (told["version"], Decimal(told["total"]), told["automatic"], told["notify"]) == (1, 195, False, True)
    assert total_of(taken_in) == (Decimal(195), None)


def test_a_frozen_quote_stays_as_it_was_sent(manager: Api, branch: Branch) -> None:
    taken_in = quoted(branch)
    before = (list(Quote.objects.values("text", "total")), list(QuoteLine.objects.order_by("position").values()))

    manager.patch(f"repairs/{taken_in.pk}/items/{taken_in.lines.first().pk}", {"unitPrice": "250.00"})

    assert (
        list(Quote.objects.values("text", "total")),
        list(QuoteLine.objects.order_by("position").values()),
    ) == before


def test_the_next_version_takes_the_place_of_one_that_waits(manager: Api, branch: Branch) -> None:
    taken_in = quoted(branch)

    second = manager.post(f"repairs/{taken_in.pk}/quote", {"notify": False})

    assert (second.status_code, second.body["data"]["version"]) == (201, 2)
    assert statuses(taken_in) == [(1, "superseded"), (2, "sent")]
    assert manager.get(f"repairs/{taken_in.pk}/quote").body["data"]["version"] == 2
    listed = manager.get(f"repairs/{taken_in.pk}/quotes").body["data"]["items"]
    assert [(row["version"], row["status"]) for row in listed] == [(2, "sent"), (1, "superseded")]
    assert [told["notify"] for told in events_of(taken_in, "repairs.quote_sent")] == [True, False]


def test_the_same_key_sends_one_version(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)

    answers = [manager.post(f"repairs/{taken_in.pk}/quote", {}, Idempotency_Key="once") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].body["data"] == answers[1].body["data"]
    assert statuses(taken_in) == [(1, "sent")]


def test_an_order_without_a_quote_has_none(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)

    assert manager.get(f"repairs/{taken_in.pk}/quote").status_code == 404
    assert manager.get(f"repairs/{taken_in.pk}/quotes").body["data"]["items"] == []


def test_it_is_valid_for_as_long_as_the_branch_says_or_as_is_asked(branch: Branch) -> None:
    WorkshopSettings.objects.create(branch=branch, quote_valid_days=3)
    now = timezone.now()
    taken_in = order(branch)

    with time_machine.travel(now, tick=False):
        usual = send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)
        longer = send_quote(taken_in.pk, QuoteRequest(valid_days=30), actor=SYSTEM)
        named_time = send_quote(taken_in.pk, QuoteRequest(valid_until=now + timedelta(hours=5)), actor=SYSTEM)

    found = [(quote.valid_until - now).total_seconds() / 3600 for quote in (usual, longer, named_time)]
    assert [round(hours, 3) for hours in found] == [72, 720, 5]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"validUntil": "2020-01-01T00:00:00Z"}, "validUntil", "min_value"),
        ({"validUntil": "9999-12-31T23:59:59Z"}, "validUntil", "max_value"),
        ({"validDays": 0}, "validDays", "min_value"),
        ({"validDays": 5, "validUntil": "2999-01-01T00:00:00Z"}, "validDays", "invalid"),
        ({"requiredLineIds": ["{nowhere}"]}, "requiredLineIds.0", "does_not_exist"),
        ({"alternatives": [{"lineId": "{nowhere}", "repairTypeId": "{repair}", "unitPrice": "1.00"}]},
         "alternatives.0.lineId", "does_not_exist"),
        ({"alternatives": [{"lineId": "{own}", "repairTypeId": "{repair}", "unitPrice": "1.00", "discount": "2.00"}]},
         "alternatives.0.discount", "max_value"),
        ({"price": "1.00"}, "price", "unknown_field"),
    ],
)  # fmt: skip
def test_a_quote_that_is_none_is_refused(manager: Api, branch: Branch, body: Any, field: str, code: str) -> None:
    taken_in = order(branch)
    names = {"{nowhere}": fresh_id(), "{own}": str(taken_in.lines.get().pk), "{repair}": str(RepairTypeFactory().pk)}
    before = kept()

    answer = manager.post(f"repairs/{taken_in.pk}/quote", _filled(body, names))

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert kept() == before


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("status", ["in_progress>completed", "in_progress>completed>ready_pickup", "cancelled"])
def test_what_is_done_or_given_up_is_not_quoted(manager: Api, branch: Branch, status: str) -> None:
    taken_in = order(branch, status=status)
    before = kept()

    answer = manager.post(f"repairs/{taken_in.pk}/quote", {})

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert kept() == before


def test_an_approval_says_how_much_and_changes_no_status(branch: Branch) -> None:
    taken_in = quoted(branch)

    say(taken_in)

    assert total_of(taken_in) == (Decimal(140), Decimal(140))
    assert (taken_in.status, statuses(taken_in)) == ("pending", [(1, "approved")])
    decision = QuoteDecision.objects.get()
    assert (decision.approved, decision.name, decision.way, decision.total) == (True, "Kim Ng", "counter", 140)
    assert decision.text_sha256 == Quote.objects.get().text_sha256
    (told,) = events_of(taken_in, "repairs.quote_decided")
    assert (told["version"], told["approved"], Decimal(told["total"])) == (1, True, 140)


def test_a_line_that_is_left_out_is_taken_off_and_its_part_given_back(branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = quoted(branch, lines=[line(), line(part, quantity=2)])
    first = Quote.objects.get().lines.first()

    say(taken_in, lines=[first.pk])

    assert [row.pk for row in taken_in.lines.all()] == [first.order_line_id]
    assert total_of(taken_in) == (Decimal(100), Decimal(100))
    assert stock_of(part, branch) == (5, 0)
    assert verify_stock() == []


def test_another_way_takes_the_place_of_its_line(branch: Branch) -> None:
    dear, cheap = stocked(5, branch), stocked(5, branch)
    quality = PartTypeFactory(warranty_months=3)
    taken_in = order(branch, lines=[line(dear), line()])
    own = taken_in.lines.first()
    other = LineRequest(own.repair_type_id, quality.pk, 2, Decimal("30.00"), item_id=cheap.pk)
    send_quote(taken_in.pk, QuoteRequest(alternatives=[Alternative(own.pk, other)]), actor=SYSTEM)
    offered = Quote.objects.get().lines.get(instead_of__isnull=False)

    say(taken_in, lines=[offered.pk])

    line_now = taken_in.lines.get()
    assert (line_now.pk, line_now.item_id, line_now.quantity) == (own.pk, cheap.pk, 2)
    assert (line_now.total_price, line_now.warranty_months, line_now.state) == (Decimal(60), 3, "reserved")
    assert total_of(taken_in) == (Decimal(60), Decimal(60))
    assert (stock_of(dear, branch), stock_of(cheap, branch)) == ((5, 0), (5, 2))
    assert verify_stock() == []


def test_another_way_is_taken_on_the_terms_that_were_quoted(branch: Branch) -> None:
    WorkshopSettings.objects.create(branch=branch, prices_include_tax=False)
    taxed("10")
    quality = PartTypeFactory(warranty_months=12)
    taken_in = order(branch)
    own = taken_in.lines.get()
    other = LineRequest(RepairTypeFactory().pk, quality.pk, unit_price=Decimal("50.00"))
    send_quote(taken_in.pk, QuoteRequest(alternatives=[Alternative(own.pk, other)]), actor=SYSTEM)
    offered = Quote.objects.get().lines.get(instead_of__isnull=False)
    TaxRate.objects.update(percent=Decimal(25))
    PartType.objects.filter(pk=quality.pk).update(warranty_months=3)

    say(taken_in, lines=[offered.pk])

    now = taken_in.lines.get()
    assert (now.tax_percent, now.tax_amount, now.warranty_months) == (Decimal(10), Decimal("5.00"), 12)
    assert total_of(taken_in) == (Decimal(55), Decimal(55))


def test_less_cannot_be_chosen_of_what_is_invoiced(branch: Branch) -> None:
    taken_in = order(branch, lines=[line(), line()], status="in_progress>completed")
    issue_invoice(taken_in.pk, actor=SYSTEM)
    change_status(taken_in.pk, OrderStatus.IN_PROGRESS, actor=SYSTEM, note="loose")
    send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)
    first, _ = Quote.objects.get().lines.all()
    before = kept()

    with pytest.raises(Conflict, match="needs a credit note first"):
        say(taken_in, lines=[first.pk])

    assert (kept(), taken_in.lines.count()) == (before, 2)
    assert total_of(taken_in) == (Decimal(200), None)
    say(taken_in)
    assert total_of(taken_in) == (Decimal(200), Decimal(200))


@pytest.mark.parametrize(
    ("wanted", "code"),
    [([], "min_length"), (["other"], "required"), (["first", "instead"], "invalid"), (["nowhere"], "does_not_exist")],
)
def test_a_choice_that_is_none_is_refused(branch: Branch, wanted: list[str], code: str) -> None:
    taken_in = order(branch, lines=[line(), line()])
    first, other = taken_in.lines.all()
    instead = Alternative(first.pk, LineRequest(first.repair_type_id, unit_price=Decimal("7.00")))
    send_quote(taken_in.pk, QuoteRequest(alternatives=[instead], required_line_ids=[first.pk]), actor=SYSTEM)
    rows = Quote.objects.get().lines
    ids = {
        "first": first.pk,
        "other": other.pk,
        "instead": rows.get(instead_of__isnull=False).pk,
        "nowhere": fresh_id(),
    }
    before = kept()

    with pytest.raises(ValidationFailed) as refused:
        say(taken_in, lines=[ids[name] for name in wanted])

    assert refused.value.details[0].code == ("required" if wanted == [] else code)
    assert kept() == before


def test_saying_the_same_again_does_nothing_and_the_other_is_refused(branch: Branch) -> None:
    taken_in = quoted(branch)
    first, second = Quote.objects.get().lines.all()
    say(taken_in, lines=[first.pk])
    before = kept()

    say(taken_in, lines=[first.order_line_id])
    for otherwise in ({"approved": False}, {"lines": [first.pk, second.pk]}, {}):
        with pytest.raises(Conflict, match="approved already"):
            say(taken_in, **otherwise)

    assert kept() == before


def test_a_decline_keeps_the_order_as_it_is(branch: Branch) -> None:
    taken_in = quoted(branch)

    say(taken_in, approved=False, reason="too dear")

    assert total_of(taken_in) == (Decimal(140), None)
    assert (taken_in.status, statuses(taken_in)) == ("pending", [(1, "declined")])
    assert (QuoteDecision.objects.get().reason, QuoteDecision.objects.get().chosen) == ("too dear", [])
    with pytest.raises(Conflict, match="declined already"):
        say(taken_in)


@pytest.mark.parametrize("version", [1, 3])
def test_only_the_newest_version_can_be_answered(branch: Branch, version: int) -> None:
    taken_in = quoted(branch)
    send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)
    before = kept()

    with pytest.raises(Conflict, match=r"that is version 2\.$"):
        say(taken_in, version=version)

    assert kept() == before


def test_an_answer_to_lines_that_have_changed_is_refused(branch: Branch) -> None:
    taken_in = quoted(branch)
    add_line(taken_in.pk, line(), actor=SYSTEM)
    before = kept()

    with pytest.raises(Conflict, match="has changed since"):
        say(taken_in)

    assert kept() == before
    assert say(taken_in, approved=False).status == "declined"


def test_what_nobody_has_answered_in_time_expires(branch: Branch) -> None:
    taken_in = quoted(branch)
    later = timezone.now() + timedelta(days=15)

    with time_machine.travel(later):
        with pytest.raises(Conflict, match="has expired"):
            say(taken_in)
        ended = [expire_quotes(actor=SYSTEM, now=later) for _ in range(2)]
        with pytest.raises(Conflict, match="has expired"):
            say(taken_in)

    assert (ended, statuses(taken_in)) == ([1, 0], [(1, "expired")])
    assert [told["status"] for told in events_of(taken_in, "repairs.quote_ended")] == ["expired"]


def test_nothing_is_answered_for_an_order_that_was_given_up(manager: Api, branch: Branch) -> None:
    taken_in = quoted(branch)
    manager.put(f"repairs/{taken_in.pk}/status", {"status": "cancelled"})

    with pytest.raises(Conflict, match="is cancelled"):
        say(taken_in)


def test_staff_enter_what_they_were_told(branch: Branch) -> None:
    taken_in = quoted(branch)
    caller = Api(member("seller", branch))
    body = {"approved": True, "quoteVersion": 1, "name": "Kim Ng", "way": "phone"}

    answers = [caller.post(f"repairs/{taken_in.pk}/quote/decision", body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    decision = answers[0].body["data"]["decision"]
    assert (decision["approved"], decision["way"], decision["name"], decision["total"]) == (
        True, "phone", "Kim Ng", "140.00",
    )  # fmt: skip
    row = QuoteDecision.objects.get()
    assert (row.actor_id, row.address) == (caller.user.pk, "127.0.0.1")
    refused = caller.post(f"repairs/{taken_in.pk}/quote/decision", {**body, "way": "link"})
    assert (refused.status_code, named(refused)) == (400, [("way", "invalid_choice")])


def test_a_customer_reads_their_quote_without_what_is_the_shops(branch: Branch, customer: Api) -> None:
    part = stocked(5, branch)
    taken_in = quoted(branch, customer=customer.user.customer.pk, lines=[line(part)])

    found = customer.get(f"repairs/{taken_in.pk}/quote").body["data"]

    assert "inventoryItemId" not in found["lines"][0]
    assert customer.post(f"repairs/{taken_in.pk}/quote", item_body()).status_code == 403
