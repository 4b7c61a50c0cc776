"""Sixteen clients at the same moment want the last five of a part; on both forms."""

import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx

from tests.journeys.client import Caller, read
from tests.journeys.forms import Form
from tests.journeys.orders import intake, level_of, new_part

CLIENTS, UNITS = 16, 5


def at_once(form: Form, who: Caller, request: Callable[[Caller], httpx.Response]) -> list[httpx.Response]:
    """The answers to the same request from many clients, each with a connection that is open already."""
    gate = Barrier(CLIENTS)

    def client(_: int) -> httpx.Response:
        caller = Caller(form.base, timeout=60)
        with caller.http:
            caller.resume(who.token, who.user).get("auth/me")
            gate.wait()
            return request(caller)

    with ThreadPoolExecutor(CLIENTS) as crowd:
        return list(crowd.map(client, range(CLIENTS)))


def test_five_take_the_last_five_and_eleven_are_told_that_there_is_not_enough(form: Form) -> None:
    manager = form.caller("manager")
    item = new_part(manager, f"RACE-{secrets.token_hex(4)}", UNITS)
    branch = manager.user["branches"][0]["id"]
    body = {"movementType": "OUT", "inventoryItemId": item, "quantity": 1, "fromBranchId": branch}

    answers = at_once(form, manager, lambda caller: caller.raw("POST", "inventory/movements", body))

    outcome = Counter((answer.status_code, read(answer) if answer.is_error else "") for answer in answers)
    assert outcome == {(201, ""): UNITS, (409, "INSUFFICIENT_STOCK"): CLIENTS - UNITS}
    assert level_of(manager, item) == (0, 0)
    taken = manager.get("inventory/movements", inventoryItemId=item, movementType="OUT")
    assert taken["pagination"]["total"] == UNITS


def test_five_orders_get_the_last_five_and_eleven_wait_for_theirs(form: Form) -> None:
    manager = form.caller("manager")
    item = new_part(manager, f"RACE-{secrets.token_hex(4)}", UNITS)
    body = intake(manager, item)

    answers = at_once(form, manager, lambda caller: caller.raw("POST", "repairs", body))

    assert Counter(answer.status_code for answer in answers) == {201: CLIENTS}
    orders = [read(answer) for answer in answers]
    assert Counter(order["items"][0]["state"] for order in orders) == {
        "reserved": UNITS,
        "backordered": CLIENTS - UNITS,
    }
    assert len({order["orderNumber"] for order in orders}) == CLIENTS
    assert level_of(manager, item) == (UNITS, UNITS)
