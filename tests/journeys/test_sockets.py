"""The socket tells those who may know of an order, once, that it has changed; on both forms."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.journeys.client import MOMENT, Caller
from tests.journeys.forms import Form
from tests.journeys.orders import taken_in


@contextmanager
def listening(form: Form, *subprotocols: str) -> Iterator[ClientConnection]:
    with connect(f"{form.sockets}/ws/repairs", subprotocols=subprotocols or None, proxy=None) as socket:
        yield socket


def heard(socket: ClientConnection, *orders: str) -> Any:
    """The next message about one of ``orders``: meanwhile the shop's own jobs do things to others."""
    while True:
        told = json.loads(socket.recv(timeout=10))
        if told["id"] in orders:
            return told


def caught_up(socket: ClientConnection, caller: Caller, order: str) -> None:
    """What was before is told: on a busy machine that may be the very intake of the orders."""
    caller.status(order, "in_progress")
    while heard(socket, order)["status"] != "in_progress":
        pass


def test_a_change_is_told_once_and_only_to_those_who_may_see_the_order(form: Form) -> None:
    admin, insider, outsider = form.caller("admin"), form.caller("technician"), form.caller("technician3")
    first, second, elsewhere = taken_in(admin, insider), taken_in(admin, insider), taken_in(admin, outsider)
    known, known_outside = taken_in(admin, insider), taken_in(admin, outsider)

    with (
        listening(form, "access_token", insider.token) as inside,
        listening(form, "access_token", outsider.token) as outside,
    ):
        caught_up(inside, insider, known)
        caught_up(outside, outsider, known_outside)
        changed = insider.status(first, "in_progress")
        told = heard(inside, first, second, elsewhere)
        insider.status(second, "in_progress")
        next_told = heard(inside, first, second, elsewhere)
        outsider.status(elsewhere, "waiting_parts")
        outsider_told = heard(outside, first, second, elsewhere)

    assert told.keys() == {"type", "id", "orderNumber", "status", "updatedAt"}
    assert (told["type"], told["id"], told["status"]) == ("repair.updated", first, "in_progress")
    assert (told["orderNumber"], told["updatedAt"]) == (changed["orderNumber"], changed["updatedAt"])
    assert MOMENT.fullmatch(told["updatedAt"])
    assert next_told["id"] == second  # not the first order again
    assert (outsider_told["id"], outsider_told["status"]) == (elsewhere, "waiting_parts")  # nothing before it


@pytest.mark.parametrize("subprotocols", [(), ("access_token", "not-a-token")], ids=["nobody", "a wrong token"])
def test_a_stranger_hears_nothing(form: Form, subprotocols: tuple[str, ...]) -> None:
    with pytest.raises(InvalidStatus) as refusal, listening(form, *subprotocols):
        pass

    assert refusal.value.response.status_code == 403


def test_a_session_that_has_ended_is_told_nothing_more(form: Form) -> None:
    admin, technician = form.caller("admin"), form.caller("technician")
    order = taken_in(admin, technician)
    leaving = Caller(form.base).login(f"technician@{form.domain}", form.password)
    with listening(form, "access_token", leaving.token) as socket:
        leaving.post("auth/logout", {}, 204)
        leaving.http.close()
        technician.status(order, "in_progress")

        with pytest.raises(ConnectionClosed) as end:
            socket.recv(timeout=40)

    assert end.value.rcvd is not None
    assert end.value.rcvd.code == 4401
