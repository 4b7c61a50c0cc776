"""What the shop pays and writes for itself never reaches a customer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from apps.repairs.enums import OrderStatus
from apps.repairs.models import InvoicedOrder
from apps.repairs.selectors import booking_token
from apps.repairs.services import change_status
from tests.architecture.routes import Route, routes
from tests.conftest import Api
from tests.factories.work import SYSTEM
from tests.journeys.scene import ROLES, SECRETS, Scene
from tests.repairs.quoting import token_of

pytestmark = pytest.mark.django_db
_TIME = re.compile(r"\d\d:\d\d:\d\d\.\d+")
FORBIDDEN_KEYS = ("cost", "margin", "internal", "password", "managername", "supplier")
# Told only to a role that asks for it by its own route, never in the answers that are walked here.
ASKED_FOR = {"password of the device"}
# There is no photo in the scene.
WITHOUT = {"inventory/items/<pk>/photo"}
QUERIES = {
    "bookings/availability": "?branchId={branch}&date=2026-01-05",
    "inventory/purchase-orders/needs": "?branchId={branch}",
    "pricing/effective": "?deviceModelId={model}&repairTypeId={repair_type}&branchId={branch}",
    "inventory/reorder-proposals": "?branchId={branch}",
    "inventory/items/<pk>/label": "?size=40x30",
}


@pytest.fixture
def scene(db: None) -> Scene:
    made = Scene()
    InvoicedOrder.objects.create(order=made.own_order, invoice=made.own_invoice)
    change_status(made.own_order.pk, OrderStatus.AWAITING_APPROVAL, actor=SYSTEM, note=SECRETS["reason of a status"])
    made.apis["manager"].patch(f"pricing/{made.price.pk}", {"price": "98.00"})
    return made


def _values(scene: Scene, template: str, reader: Any) -> dict[str, Any]:
    """The customer's own records for the parameters of a route; the shop's where there are no own ones."""
    things = {
        "users": reader, "admin/auth/users": reader, "customers": scene.own_customer,
        "repairs": scene.own_order, "invoices": scene.own_invoice,
        "bookings": scene.own_booking, "pricing/branch-rules": scene.own_rule,
        "drop-offs": scene.own_visit, "reports": scene.own_report, "report-schedules": scene.own_schedule,
        "pricing/estimates": scene.own_estimate,
        "pricing/margin-rules": scene.margin_rule, "pricing/changes": scene.price_change,
        "pricing/proposals": scene.proposal, "pricing": scene.price, "inventory/items": scene.item,
        "inventory/branches": scene.own_branch, "inventory/categories": scene.category,
        "inventory/suppliers": scene.supplier, "inventory/supplier-items": scene.offer,
        "inventory/purchase-orders": scene.own_purchase, "inventory/movements": scene.own_movement,
        "inventory/stock-levels": scene.own_level, "inventory/serials": scene.own_serial,
        "inventory/reservations": scene.own_reservation, "inventory/reorder-points": scene.own_reorder_point,
        "inventory/stock-counts": scene.own_count, "inventory/transfers": scene.own_transfer,
        "catalog/notices": scene.notice, "notifications/templates": scene.own_wording,
        "notifications": scene.own_message,
        **{f"catalog/{path}": thing for path, thing in scene.offered.items()},
    }  # fmt: skip
    own = next((thing for path, thing in things.items() if template.startswith(path)), None)
    return {"pk": getattr(own, "pk", None), "branch_id": scene.own_branch.pk, "item_id": scene.item.pk,
            "customer_id": scene.own_customer.pk, "line_id": scene.own_order.lines.first().pk, "code": "OWN-1",
            "aid": scene.own_file.pk,
            "order_id": scene.own_order.pk, "drop_off_id": scene.own_visit.pk,
            "sid": (scene.visit_signature if template.startswith("drop-offs") else scene.own_signature).pk,
            "imei": "490154203237518", "version": 1, "token": _token_for(scene, template)}  # fmt: skip


def _token_for(scene: Scene, template: str) -> str:
    return booking_token(scene.own_booking.pk) if "bookings/" in template else token_of(scene.own_order)


def _reads() -> list[Route]:
    return [route for route in routes() if route.method == "GET"]


def _answers(scene: Scene, api: Api) -> Iterator[tuple[Route, Any]]:
    for route in _reads():
        query = QUERIES.get(route.template, "").format(
            branch=scene.own_branch.pk, model=scene.model.pk, repair_type=scene.repair_type.pk
        )
        yield route, api.get(route.path(_values(scene, route.template, api.user)) + query)


def _is_of_another_role(route: Route, role: str) -> bool:
    first, _, rest = route.template.partition("/")
    return first in ROLES and first != role and rest.startswith("auth/")


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(item)


def _secrets_in(text: str) -> list[str]:
    """What of the shop's own stands in an answer; the seconds of a moment may look like an amount, and are none."""
    without_times = _TIME.sub("", text)
    return [what for what, secret in SECRETS.items() if secret in without_times]


@pytest.mark.exhaustive
def test_no_read_tells_a_customer_what_the_shop_keeps_to_itself(scene: Scene) -> None:
    seen = []
    for route, answer in _answers(scene, scene.apis["customer"]):
        text = json.dumps(answer.body)
        keys = [key for key in _keys(answer.body) if any(word in key.lower() for word in FORBIDDEN_KEYS)]
        told = _secrets_in(text)
        assert (str(route), told, [key for key in keys if key != "hasDevicePassword"]) == (str(route), [], [])
        assert answer.status_code in {200, 403}, (str(route), answer.body)
        seen += [route.template] if answer.status_code == 200 else []

    for template in ("customers/<pk>", "repairs/<pk>", "repairs/<pk>/notes", "repairs/<pk>/history", "pricing"):
        assert template in seen


@pytest.mark.exhaustive
def test_the_same_walk_tells_a_manager_all_of_it(scene: Scene) -> None:
    told = set()
    for route, answer in _answers(scene, scene.apis["manager"]):
        expected = 403 if _is_of_another_role(route, "manager") else 404 if route.template in WITHOUT else 200
        assert answer.status_code == expected, (str(route), answer.body)
        told |= set(_secrets_in(json.dumps(answer.body)))

    assert told == SECRETS.keys()


def test_what_a_customer_writes_is_answered_without_it_too(scene: Scene) -> None:
    customer = scene.apis["customer"]

    answers = [
        customer.patch(f"customers/{scene.own_customer.pk}", {"locale": "de"}),
        customer.post(
            "pricing/estimate", {"deviceModelId": str(scene.model.pk), "repairTypeId": str(scene.repair_type.pk)}
        ),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    text = json.dumps([answer.body for answer in answers])
    assert _secrets_in(text) == []


def test_a_customer_reads_the_notes_that_were_written_for_them(scene: Scene) -> None:
    for visibility in ("internal", "customer"):
        body = {"text": f"for {visibility}", "visibility": visibility}
        scene.apis["manager"].post(f"repairs/{scene.own_order.pk}/notes", body)

    notes = scene.apis["customer"].get(f"repairs/{scene.own_order.pk}/notes").body["data"]

    assert [note["text"] for note in notes["items"]] == ["for customer"]
    assert notes["pagination"]["total"] == 1


@pytest.mark.exhaustive
def test_a_customer_cannot_order_or_filter_by_what_they_may_not_read(scene: Scene) -> None:
    hidden = ["ordering=cost", "cost=31.41", "ordering=-notes", "ordering=margin", "hasCost=true", "source=person"]

    answers = [scene.apis["customer"].get(f"pricing?{query}") for query in hidden]

    assert [(answer.status_code, answer.body["code"]) for answer in answers] == [(400, "VALIDATION_ERROR")] * 6
