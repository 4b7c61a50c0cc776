"""The socket /ws/repairs: who may open it, what it tells, when it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import time_machine
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session as PageSession
from django.test import Client
from django.utils import timezone

from apps.accounts.enums import SessionEnd
from apps.accounts.models import Session, User
from apps.accounts.services.sessions import end_all_sessions
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus
from apps.repairs.feed import Feed, feed, update_messages
from apps.repairs.models import RepairOrder
from apps.repairs.services import assign, change_status
from config.sockets import sockets
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, member, order
from tests.repairs.contract import SYSTEM, fresh_id
from tests.repairs.websocket import Socket

PATH = "/ws/repairs"
OWN_PAGE = (b"origin", b"http://testserver")
SILENCE = 0.12

# Channels closes connections around each access: what is to be seen must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "every", 0.02)


def bearer(user: User) -> dict[str, Any]:
    token = Api(user).headers["Authorization"].removeprefix("Bearer ")
    return {"subprotocols": ["access_token", token]}


def cookie(user: User, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    pair = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return {"headers": [(b"cookie", pair.encode()), *headers]}


@asynccontextmanager
async def listening(*clients: dict[str, Any]) -> AsyncIterator[list[Socket]]:
    opened = [Socket(sockets, PATH, **client) for client in clients]
    for one in opened:
        assert (await one.connect())[0] is True
    yield opened
    for one in opened:
        await one.close()


def move(taken_in: RepairOrder, to: str) -> None:
    change_status(taken_in.pk, OrderStatus(to), actor=SYSTEM, note="because")


def message(taken_in: RepairOrder) -> dict[str, str]:
    now = RepairOrder.objects.get(pk=taken_in.pk)
    return {
        "type": "repair.updated",
        "id": str(now.pk),
        "orderNumber": now.order_number,
        "status": now.status,
        "updatedAt": now.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def test_a_change_is_told_once_and_in_order(branch: Branch) -> None:
    orders = [order(branch) for _ in range(3)]
    client = bearer(member("manager", branch))
    steps = [(2, "in_progress"), (0, "cancelled"), (1, "waiting_parts"), (2, "completed")]

    async def watch() -> list[tuple[Any, Any]]:
        seen = []
        async with listening(client) as [socket]:
            for number, to in steps:
                await database_sync_to_async(move)(orders[number], to)
                expected = await database_sync_to_async(message)(orders[number])
                seen.append((await socket.message(), expected))
            assert await socket.receive_nothing(SILENCE)
        return seen

    for told, expected in async_to_sync(watch)():
        assert told == expected


def test_the_bearers_subprotocol_is_accepted_as_the_contract_says(branch: Branch) -> None:
    client = bearer(member("manager", branch))

    async def connect() -> Any:
        socket = Socket(sockets, PATH, **client)
        answer = await socket.connect()
        await socket.close()
        return answer

    assert async_to_sync(connect)() == (True, "access_token")


@pytest.mark.exhaustive
def test_each_hears_of_the_own_scope_only(branch: Branch, other_branch: Branch) -> None:
    technician, owner = member("technician", branch), CustomerFactory(user=UserFactory(role="customer"))
    here, there = order(branch, technician=technician, customer=owner.pk), order(other_branch)
    users = {
        "admin": UserFactory(role="admin"),
        "manager": member("manager", branch),
        "seller": member("seller", branch),
        "elsewhere": member("manager", other_branch),
        "technician": technician,
        "colleague": member("technician", branch),
        "customer": owner.user,
        "stranger": UserFactory(role="customer"),
    }
    clients = [bearer(user) for user in users.values()]

    ours, theirs = str(here.pk), str(there.pk)
    expected = {
        "admin": [ours, theirs], "manager": [ours], "seller": [ours], "elsewhere": [theirs], "technician": [ours],
        "colleague": [], "customer": [ours], "stranger": [],
    }  # fmt: skip

    async def watch() -> dict[str, list[str]]:
        async with listening(*clients) as opened:
            await database_sync_to_async(move)(here, "in_progress")
            await database_sync_to_async(move)(there, "in_progress")
            sockets_of = dict(zip(users, opened, strict=True))
            heard = {
                name: [(await socket.message())["id"] for _ in expected[name]] for name, socket in sockets_of.items()
            }
            await asyncio.sleep(SILENCE)
            assert [name for name, socket in sockets_of.items() if not await socket.receive_nothing(0.01)] == []
        return heard

    assert async_to_sync(watch)() == expected


def test_an_order_is_heard_of_from_the_moment_it_is_given(branch: Branch) -> None:
    technician, taken_in = member("technician", branch), order(branch)
    client = bearer(technician)

    async def watch() -> list[bool]:
        async with listening(client) as [socket]:
            await database_sync_to_async(move)(taken_in, "in_progress")
            before = await socket.receive_nothing(SILENCE)
            await database_sync_to_async(assign)(taken_in.pk, technician.pk, actor=SYSTEM)
            return [before, (await socket.message())["id"] == str(taken_in.pk)]

    assert async_to_sync(watch)() == [True, True]


def _refused(**client: Any) -> Any:
    async def connect() -> Any:
        socket = Socket(sockets, PATH, **client)
        return await socket.connect()

    return async_to_sync(connect)()


@pytest.mark.parametrize(
    "client",
    [
        {},
        {"subprotocols": ["access_token"]},
        {"subprotocols": ["access_token", ""]},
        {"subprotocols": ["access_token", "not-a-token"]},
        {"subprotocols": ["token", "not-a-token"]},
        {"headers": [OWN_PAGE]},
        {"headers": [OWN_PAGE, (b"cookie", b"sessionid=guessed")]},
    ],
)
def test_who_is_not_signed_in_is_refused(db: None, client: dict[str, Any]) -> None:
    assert _refused(**client) == (False, 4401)


def test_a_token_in_the_query_or_of_an_ended_session_is_refused(branch: Branch) -> None:
    user = member("manager", branch)
    client = bearer(user)
    in_query = Socket(sockets, f"{PATH}?access_token={client['subprotocols'][1]}")
    end_all_sessions(user.pk, SessionEnd.LOGOUT, actor=SYSTEM)

    assert _refused(**client) == (False, 4401)
    assert async_to_sync(in_query.connect)() == (False, 4401)


@pytest.mark.parametrize("client", [bearer, lambda user: cookie(user, OWN_PAGE)], ids=["bearer", "cookie"])
def test_without_the_second_factor_that_the_role_needs_nobody_listens(
    client: Callable[[User], dict[str, Any]], branch: Branch, settings: Any
) -> None:
    settings.MFA_REQUIRED_ROLES = ["manager"]
    weak, strong = client(member("manager", branch)), client(member("seller", branch))

    async def listen() -> int:
        async with listening(strong) as opened:
            return len(opened)

    assert _refused(**weak) == (False, 4401)
    assert async_to_sync(listen)() == 1


def test_a_session_of_our_own_pages_may_listen(branch: Branch) -> None:
    taken_in = order(branch)
    client = cookie(member("manager", branch), OWN_PAGE)

    async def watch() -> Any:
        async with listening(client) as [socket]:
            await database_sync_to_async(move)(taken_in, "in_progress")
            return await socket.message()

    assert async_to_sync(watch)() == message(taken_in)


@pytest.mark.parametrize(
    "headers",
    [[], [(b"origin", b"https://evil.example")], [(b"origin", b"null")], [(b"origin", b"http://testserver@evil")]],
)
def test_another_sites_page_cannot_use_the_cookie(branch: Branch, headers: list[tuple[bytes, bytes]]) -> None:
    assert _refused(**cookie(member("manager", branch), *headers)) == (False, 4401)


def _log_out_everywhere(user: User) -> None:
    Session.objects.filter(user=user).update(revoked_at=timezone.now())


def _log_out_of_the_pages(user: User) -> None:
    PageSession.objects.all().delete()


def _deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _change_password(user: User) -> None:
    user.set_password("Another-Horse-9")
    user.save()


@pytest.mark.parametrize(
    ("sign_in", "end"),
    [
        (bearer, _log_out_everywhere),
        (bearer, _deactivate),
        (lambda user: cookie(user, OWN_PAGE), _log_out_of_the_pages),
        (lambda user: cookie(user, OWN_PAGE), _deactivate),
        (lambda user: cookie(user, OWN_PAGE), _change_password),
    ],
)
def test_a_session_that_has_ended_hears_nothing_and_is_closed(
    branch: Branch, sign_in: Callable[[User], dict[str, Any]], end: Callable[[User], None]
) -> None:
    user, taken_in = member("manager", branch), order(branch)
    client = sign_in(user)

    async def watch() -> Any:
        async with listening(client) as [socket]:
            await database_sync_to_async(end)(user)
            await database_sync_to_async(move)(taken_in, "in_progress")
            return await socket.receive_output(5)

    assert async_to_sync(watch)() == {"type": "websocket.close", "code": 4401}


def test_an_ended_session_is_closed_even_if_nothing_happens(branch: Branch) -> None:
    user = member("manager", branch)
    client = bearer(user)

    async def watch() -> Any:
        async with listening(client) as [socket]:
            await database_sync_to_async(_log_out_everywhere)(user)
            assert await socket.receive_nothing(SILENCE)
            with time_machine.travel(timezone.now() + timedelta(seconds=31)):
                return await socket.receive_output(5)

    assert async_to_sync(watch)() == {"type": "websocket.close", "code": 4401}


@pytest.mark.parametrize("sent", [{"text": "hello"}, {"text": '{"a": 1}'}, {"bytes": b"\xff"}])
def test_what_a_client_says_is_left_unread(branch: Branch, sent: dict[str, Any]) -> None:
    taken_in = order(branch)
    client = bearer(member("manager", branch))

    async def watch() -> Any:
        async with listening(client) as [socket]:
            await socket.say(**sent)
            await database_sync_to_async(move)(taken_in, "in_progress")
            return await socket.message()

    assert async_to_sync(watch)() == message(taken_in)


def test_messages_keep_the_order_of_the_changes(branch: Branch) -> None:
    orders = [order(branch) for _ in range(4)]
    wanted = [orders[number].pk for number in (2, 0, 3, 1)]

    told = update_messages([*wanted, UUID(fresh_id())], Actor.user(member("manager", branch)))

    assert [found["id"] for found in told] == [str(pk) for pk in wanted]


class Listener:
    """A client of the feed; a stuck one never takes its message."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.heard: list[UUID] = []
        self.closed_with: int | None = None

    async def tell(self, order_ids: Sequence[UUID]) -> None:
        if self.fails:
            raise ConnectionError
        self.heard += order_ids

    async def close(self, code: int | None = None) -> None:
        self.closed_with = code

    async def has_heard(self, messages: int) -> None:
        async with asyncio.timeout(5):
            while len(self.heard) < messages:
                await asyncio.sleep(0.01)


def test_a_client_that_cannot_be_told_is_cut_off_and_the_others_are_told(branch: Branch) -> None:
    taken_in = order(branch)
    broken, sound = Listener(fails=True), Listener()

    async def watch() -> None:
        one = Feed(every=0.02)
        for listener in (broken, sound):
            one.join(listener)
        for number, to in enumerate(("in_progress", "waiting_parts"), start=1):
            await database_sync_to_async(move)(taken_in, to)
            await sound.has_heard(number)
        for listener in (broken, sound):
            one.leave(listener)

    async_to_sync(watch)()

    assert (broken.closed_with, broken.heard) == (1011, [])
    assert (sound.closed_with, sound.heard) == (None, [taken_in.pk] * 2)


def _told(changes: Iterable[Callable[[], object]], expected: int) -> list[UUID]:
    listener = Listener()

    async def watch() -> None:
        one = Feed(every=0.02)
        one.join(listener)
        for change in changes:
            await database_sync_to_async(change)()
        await listener.has_heard(expected)
        await asyncio.sleep(SILENCE)
        one.leave(listener)

    async_to_sync(watch)()
    return listener.heard


def test_what_happened_before_somebody_listened_is_not_told(branch: Branch) -> None:
    order(branch, status="in_progress")

    assert _told([], expected=0) == []


def test_a_change_committed_late_is_still_told_once(branch: Branch) -> None:
    taken_in = order(branch)

    def late() -> None:
        # Its event carries a time that has been read past already, as that of a slow transaction does.
        with time_machine.travel(timezone.now() - timedelta(milliseconds=15)):
            move(taken_in, "in_progress")

    assert _told([partial(time.sleep, 0.05), late], expected=1) == [taken_in.pk]
