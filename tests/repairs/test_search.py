"""The one search box of orders: what it finds, for whom, and that many hits are found as rightly as few."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.accounts.models import Customer
from apps.accounts.services import merge_customers, update_customer
from apps.catalog.models import DeviceModel
from apps.core.actor import Actor
from apps.core.api import pagination
from apps.inventory.models import Branch
from apps.repairs import rules, selectors
from apps.repairs.models import RepairOrder
from apps.repairs.selectors import searching
from tests.conftest import Api
from tests.factories import BrandFactory, CustomerFactory, DeviceModelFactory, UserFactory, actor_for, member, order

pytestmark = pytest.mark.django_db
IMEI = "490154203237518"
CHIEF = Actor.system("test")


def found(api: Api, text: str, more: str = "") -> list[str]:
    answer = api.get(f"repairs?q={quote(text)}{more}")
    assert answer.status_code == 200, answer.body
    return [row["id"] for row in answer.body["data"]["items"]]


def of(branch: Branch, first: str = "Kim", last: str = "Carter", *, phone: str = "", **fields: Any) -> RepairOrder:
    """An order in which no digits stand but those of the test."""
    customer = CustomerFactory(first_name=first, last_name=last, phone=phone, email="")
    if "device_model" not in fields:
        known = DeviceModel.objects.filter(name="Phone").first()
        fields["device_model"] = (known or DeviceModelFactory(name="Phone", brand=BrandFactory(name="Maker"))).pk
    return order(branch, customer=customer.pk, **fields)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop so large that two customers are too many to ask each, and two orders too many to count."""
    monkeypatch.setattr(searching, "is_large", lambda model: True)
    monkeypatch.setattr(searching, "COUNTED_AT_MOST", 2)
    monkeypatch.setattr(searching, "ASKED_AT_MOST", 1)


@pytest.mark.parametrize(
    "text",
    ["+49 170 1234567", "0170 1234567", "0170/1234567", "+49 (0)170 12345-67", "0049 170 1234567", "1234567", "34567"],
)
def test_a_phone_number_is_found_however_it_is_written(admin: Api, branch: Branch, text: str) -> None:
    wanted = of(branch, phone="+491701234567")
    of(branch, phone="+491709999999")

    assert found(admin, text) == [str(wanted.pk)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (("ليلى", "حداد"), "حداد"), (("ليلى", "حداد"), "حدا"), (("ليلى", "حداد"), "ليلى حداد"), (("ليلى", "حداد"), "لي"),
        (("Jörg", "Großmann"), "grossmann"), (("Jörg", "Großmann"), "JORG GROSS"), (("Ольга", "Иванова"), "ИВАНОВА"),
        (("小明", "王"), "王"), (("小明", "王"), "小明"), (("Anna", "Østergård-Li"), "østergard"), (("Bo", "Li"), "li bo"),
        (("Zoë", "O'Brien"), "o'br"),
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_script_whole_and_by_its_beginning(
    admin: Api, branch: Branch, name: tuple[str, str], text: str
) -> None:
    wanted = of(branch, *name)
    of(branch, "Nobody", "Else")

    assert found(admin, text) == [str(wanted.pk)]


def test_short_words_are_found_where_words_begin_alone(admin: Api, branch: Branch) -> None:
    begins, holds = of(branch, "Qi", "Carter"), of(branch, "Tariqi", "Carter")

    assert found(admin, "qi") == [str(begins.pk)]
    assert found(admin, "iqi") == [str(holds.pk)]


@pytest.mark.parametrize("text", [IMEI, "49-015420-323751-8", "49 0154 2032 37518", "3237518", "7518", "518", "154203"])
def test_an_imei_is_found_whole_and_in_part(admin: Api, branch: Branch, text: str) -> None:
    wanted = of(branch, device_imei=IMEI)
    of(branch, device_imei="356938035643809")

    assert found(admin, text) == [str(wanted.pk)]


def test_an_order_number_is_found_in_each_of_its_forms(admin: Api, branch: Branch) -> None:
    first, wanted = of(branch), of(branch)
    number = wanted.order_number
    both = [str(wanted.pk), str(first.pk)]

    for text in (number, number.lower(), number.replace("-", ""), number[2:], number[-6:], number[-3:]):
        assert (text, found(admin, text)) == (text, [str(wanted.pk)])
    for text in (number[:6], number[:7], number[:9], "r-", "r-2"):
        assert (text, found(admin, text)) == (text, both)
    assert found(admin, "R-1999") == found(admin, f"{number}9") == []


def test_a_model_is_found_with_and_without_its_brand(admin: Api, branch: Branch) -> None:
    phone = DeviceModelFactory(brand=BrandFactory(name="Äpfel"), name="Phon 13 Pro", model_number="A2636")
    wanted = of(branch, device_model=phone.pk)
    of(branch)

    for text in ("phon 13", "apfel phon", "phon13pro", "A2636", "äpfel 13 pro", "pro 13"):
        assert (text, found(admin, text)) == (text, [str(wanted.pk)])


def test_a_customer_and_a_model_are_found_together(admin: Api, branch: Branch, many: None) -> None:
    phone = DeviceModelFactory(name="Galaxia S21").pk
    wanted = [of(branch, "Kim", "Carter", device_model=phone) for _ in range(3)]
    of(branch, "Kim", "Carter")
    of(branch, "Ann", "Other", device_model=phone)

    expected = [str(one.pk) for one in reversed(wanted)]
    for text in ("carter galaxia s21", "galaxia kim", "kim carter galaxia s21"):
        assert (text, found(admin, text)) == (text, expected)
    assert found(admin, "zeppelin galaxia") == found(admin, "carter zeppelin") == []


@pytest.mark.parametrize(
    "text", ["%", "_", "%%%", "a%c", "C_rter", "\\", "'; --", "(((", "*", "😀", "\N{RIGHT-TO-LEFT MARK}"]
)
def test_signs_of_patterns_stand_for_themselves(admin: Api, branch: Branch, text: str) -> None:
    of(branch)

    assert found(admin, text) == []


def test_a_sign_of_a_pattern_is_found_where_it_stands(admin: Api, branch: Branch) -> None:
    wanted = of(branch, device_serial="A%B_C-100")
    of(branch, device_serial="AxBxC-100")

    assert found(admin, "a%b_c") == [str(wanted.pk)]


def test_a_renamed_customer_is_found_by_the_new_name_alone(admin: Api, branch: Branch) -> None:
    wanted = of(branch, "Mara", "Lindt")

    update_customer(wanted.customer_id, {"last_name": "Wieczorek"}, actor=CHIEF)

    assert (found(admin, "wieczorek"), found(admin, "lindt")) == ([str(wanted.pk)], [])


def test_the_orders_of_merged_customers_are_found_by_the_one_who_stays(admin: Api, branch: Branch) -> None:
    wanted = of(branch, "Mara", "Lindt")
    stays = CustomerFactory(first_name="Mara", last_name="Wieczorek")

    merge_customers(wanted.customer_id, stays.pk, actor=CHIEF)

    assert (found(admin, "wieczorek"), found(admin, "lindt")) == ([str(wanted.pk)], [])


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("text", ["carter", "ca", "iphone 4711", IMEI, "7518", "+49170123", "R-20", "carter iphone"])
def test_nothing_is_found_outside_the_scope(branch: Branch, other_branch: Branch, text: str) -> None:
    phone, technician, customer = (
        DeviceModelFactory(name="iPhone 4711").pk,
        member("technician", branch),
        UserFactory(role="customer"),
    )
    same = {"device_model": phone, "phone": "+49170123456"}
    for where in (branch, branch, other_branch, other_branch):
        of(where, **same)
    here = [str(pk) for pk in RepairOrder.objects.filter(branch=branch).values_list("pk", flat=True)]
    mine = of(branch, technician=technician, device_imei=IMEI, device_serial="7518", **same)
    away = of(other_branch, device_imei=IMEI, device_serial="7518", **same)
    Customer.objects.filter(pk=away.customer_id).update(user=customer)
    every = [str(mine.pk), *here]
    by_device = text in {IMEI, "7518"}

    assert found(Api(member("manager", branch)), text) == ([str(mine.pk)] if by_device else every)
    assert found(Api(technician), text) == [str(mine.pk)]
    assert found(Api(customer), text) == [str(away.pk)]


@pytest.mark.usefixtures("many")
def test_filters_narrow_what_a_search_finds(admin: Api, branch: Branch, other_branch: Branch) -> None:
    wanted = [of(branch, priority="urgent") for _ in range(2)]
    of(branch)
    of(other_branch, priority="urgent")

    ids = found(admin, "carter", f"&priority=urgent&branchId={branch.pk}")

    assert ids == [str(one.pk) for one in reversed(wanted)]


def _walked(api: Api, text: str, more: str) -> list[str]:
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = api.get(f"repairs?q={quote(text)}&limit=2{more}&cursor={cursor}").body["data"]
        ids += [row["id"] for row in answer["items"]]
        cursor = answer["pagination"]["nextCursor"]
    return ids


@pytest.mark.parametrize("ordering", ["-createdAt", "createdAt", "orderNumber", "-estimatedCompletion", "status"])
@pytest.mark.parametrize("text", ["carter", "ca", "iphone", "sn-1", "r-20", "carter iphone"])
@pytest.mark.parametrize("size", ["few", "many"])
def test_pages_and_cursors_lead_through_all_that_was_found(
    request: pytest.FixtureRequest, admin: Api, branch: Branch, size: str, text: str, ordering: str
) -> None:
    phone = DeviceModelFactory(name="iPhone 4711").pk
    made = [str(of(branch, device_model=phone, device_serial=f"SN-1{number}").pk) for number in range(5)]
    if size == "many":
        request.getfixturevalue("many")

    by_page = [pk for page in (1, 2, 3, 4) for pk in found(admin, text, f"&limit=2&ordering={ordering}&page={page}")]
    by_cursor = _walked(admin, text, f"&ordering={ordering}")

    assert by_page == by_cursor
    assert sorted(by_page) == sorted(made)
    if ordering.endswith("createdAt"):
        assert by_page == (made if ordering == "createdAt" else made[::-1])


@pytest.mark.postgresql
def test_many_hits_are_counted_up_to_a_bound_that_is_said(
    admin: Api, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        of(branch)
    exact = admin.get("repairs?q=carter&limit=1").body["data"]["pagination"]
    monkeypatch.setattr(searching, "is_large", lambda model: True)
    monkeypatch.setattr(searching, "COUNTED_AT_MOST", 2)

    bounded = admin.get("repairs?q=carter&limit=1").body["data"]["pagination"]

    assert exact == {"page": 1, "limit": 1, "total": 3, "pages": 3}
    assert bounded == {"page": 1, "limit": 1, "total": 2, "pages": 2, "totalIsEstimate": True}


# The session with its user, the orders' rows, lines and quality are those of the list; what is found takes the others.
QUERIES = {"sqlite": {"carter": 6, "r-2026-000001": 5}, "postgresql": {"carter": 6, "r-2026-000001": 4}}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("text", ["carter", "r-2026-000001"])
def test_a_search_takes_a_constant_number_of_queries(admin: Api, branch: Branch, text: str, rows: int) -> None:
    for _ in range(rows):
        of(branch)
    admin.get(f"repairs?q={text}")

    with CaptureQueriesContext(connection) as queries:
        admin.get(f"repairs?q={text}")

    assert len(queries) == QUERIES[connection.vendor][text]


@pytest.mark.usefixtures("many")
def test_the_back_office_finds_the_same(branch: Branch, other_branch: Branch) -> None:
    here = [of(branch) for _ in range(3)]
    of(other_branch)
    visible = selectors.orders_visible_to(actor_for(member("manager", branch)))

    assert set(selectors.orders_found_anywhere(visible, "carter")) == set(here)
    assert set(selectors.orders_found_anywhere(visible, here[0].order_number)) == {here[0]}


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("R-2026-000123", "R-2026-000123"), ("r2026000123", "R-2026-000123"), ("2026-000123", "R-2026-000123"),
        ("r-2026", "R-2026"), ("R-2026-", "R-2026"), ("r-20", "R-20"), ("000123", ""), ("2026", ""), ("r", ""), ("r2d2", ""),
    ],
)  # fmt: skip
def test_the_beginning_of_an_order_number_is_recognised(text: str, begun: str) -> None:
    assert rules.needle(text).begun_number == begun


class AnyText(TestCase):
    @settings(max_examples=150, deadline=None)
    @given(text=st.text(max_size=40))
    def test_any_text_finds_something_or_nothing_in_both_ways(self, text: str) -> None:
        clean = text.replace("\0", "").encode("utf-8", "ignore").decode()
        orders = selectors.orders_found(RepairOrder.objects.all(), clean)

        page = pagination.paginate(orders, {}, ["-created_at"])

        assert page.pagination["total"] == 0
