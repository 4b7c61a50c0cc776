"""The list of orders: what is on it, how it is searched and walked through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import BrowserOf
from tests.factories import BranchFactory, CustomerFactory, DeviceModelFactory, order
from tests.repairs.quoting import token_of

IMEI = "490154203237518"
QUERIES_OF_THE_LIST = 5  # session, user, page, rows, counts


def listed(browser: Browser) -> list[str]:
    """The order numbers on the page, from the top."""
    return [row.order.order_number for row in browser.response.context["rows"]]


@pytest.mark.parametrize(
    ("role", "seen"),
    [("admin", "both"), ("manager", "here"), ("seller", "here"), ("technician", "none")],
)
def test_the_list_holds_what_the_role_may_see(
    browser_of: BrowserOf, branch: Branch, other_branch: Branch, role: str, seen: str
) -> None:
    here, there = order(branch), order(other_branch)
    expected = {"both": [there, here], "here": [here], "none": []}[seen]

    browser = browser_of(role).open("/dashboard/")

    assert listed(browser) == [found.order_number for found in expected]


def test_a_technician_sees_what_is_assigned_and_may_take_the_rest(tech: Browser, branch: Branch) -> None:
    mine, free = order(branch, technician=tech.user), order(branch, customer=CustomerFactory(last_name="Quiet").pk)
    order(BranchFactory())

    own, unassigned = listed(tech.open("/dashboard/")), listed(tech.open("/dashboard/", show="free"))

    assert own == [mine.order_number]
    assert unassigned == [free.order_number]
    assert "Quiet" not in tech.text  # whose device it is, is for who works on it
    assert f"/dashboard/orders/{free.pk}/" in tech.text


def test_taking_an_order_makes_it_ones_own(tech: Browser, branch: Branch) -> None:
    free = order(branch)
    tech.open("/dashboard/", show="free")

    tech.submit(tech.form(do="take"))

    free.refresh_from_db()
    assert free.technician == tech.user
    assert tech.path == f"/dashboard/orders/{free.pk}/"
    assert f"{free.order_number} is yours now." in tech.text


def test_taking_an_order_twice_changes_nothing(tech: Browser, branch: Branch) -> None:
    free = order(branch)
    tech.open("/dashboard/", show="free")
    form = tech.form(do="take")
    tech.submit(form)

    tech.submit(form)

    free.refresh_from_db()
    assert (tech.status, free.technician) == (200, tech.user)


def test_who_comes_too_late_is_told_and_gets_the_list(browser_of: BrowserOf, branch: Branch) -> None:
    first, second, free = browser_of("technician"), browser_of("technician"), order(branch)
    second.open("/dashboard/", show="free")
    form = second.form(do="take")
    first.open("/dashboard/", show="free")
    first.submit(first.form(do="take"))

    second.submit(form)

    free.refresh_from_db()
    assert second.status == 404
    assert second.text.count("This order is no longer free") == 1
    assert free.technician == first.user


@pytest.mark.parametrize(
    "found_by", ["number", "imei", "spaced imei", "serial", "last name", "phone", "local phone", "receipt"]
)
def test_a_search_with_one_hit_goes_straight_to_the_order(boss: Browser, branch: Branch, found_by: str) -> None:
    customer = CustomerFactory(last_name="Świątek", phone="+447700900123")
    wanted = order(
        branch, customer=customer.pk, device_imei=IMEI, device_serial="C8QQ-77", status="in_progress>completed"
    )
    order(branch)
    text = {
        "number": wanted.order_number.lower(), "imei": IMEI, "spaced imei": "49-015420-323751-8", "serial": "c8qq-77",
        "last name": "swiatek", "phone": "+447700900123", "local phone": "07700 900123",
        "receipt": f"https://shop.example/track/{token_of(wanted)}/",
    }[found_by]  # fmt: skip
    boss.open("/dashboard/")

    boss.submit(boss.form_to("/dashboard/"), q=f"  {text} ")

    assert boss.path == f"/dashboard/orders/{wanted.pk}/"


def test_a_search_finds_what_has_left_the_shop(boss: Browser, branch: Branch) -> None:
    gone = order(branch, status="cancelled")

    assert listed(boss.open("/dashboard/")) == []
    assert boss.open("/dashboard/", q=gone.order_number).path == f"/dashboard/orders/{gone.pk}/"


def test_a_search_with_several_hits_lists_them(boss: Browser, branch: Branch) -> None:
    customer = CustomerFactory(last_name="Twice").pk
    first, second = order(branch, customer=customer), order(branch, customer=customer)
    order(branch)

    boss.open("/dashboard/", q="twice")

    assert listed(boss) == [second.order_number, first.order_number]
    assert boss.form_to("/dashboard/").fields["q"] == "twice"


def test_a_search_never_leaves_the_scope(boss: Browser, branch: Branch, other_branch: Branch) -> None:
    foreign = order(other_branch, device_imei=IMEI)

    boss.open("/dashboard/", q=IMEI)

    assert (boss.status, listed(boss)) == (200, [])
    assert "No order matches" in boss.text
    assert str(foreign.pk) not in boss.text


def test_a_technician_cannot_find_free_orders_by_their_customer(tech: Browser, branch: Branch) -> None:
    free = order(branch, customer=CustomerFactory(last_name="Quiet").pk, device_serial="SN5")

    by_name = listed(tech.open("/dashboard/", show="free", q="quiet"))
    by_serial = listed(tech.open("/dashboard/", show="free", q="sn5"))

    assert by_name == []
    assert by_serial == [free.order_number]


HOSTILE = [
    "%", "_", "\\", "'", '"', "' OR 1=1 --", "\0x\0", "R-20267\0", "<script>alert(1)</script>",
    "\ud800".encode("utf-8", "surrogatepass"),
    "a" * 5000, "9" * 300, "+" * 40, "(((", "{{ 7*7 }}", "{% debug %}", "\u202eabc", "٠١٢٣", "😀", "\r\nSet-Cookie: a=b",
]  # fmt: skip


@pytest.mark.parametrize("q", HOSTILE)
def test_hostile_searches_find_nothing_and_break_nothing(boss: Browser, branch: Branch, q: Any) -> None:
    for _ in range(2):
        order(branch)

    boss.open("/dashboard/", q=q)

    assert (boss.status, listed(boss)) == (200, [])
    assert "<script>alert" not in boss.text
    assert ">49<" not in boss.text
    assert "Set-Cookie: a" not in str(boss.response.headers)


@pytest.mark.exhaustive
def test_hostile_searches_among_free_orders_find_nothing(tech: Browser, branch: Branch) -> None:
    order(branch)

    for q in HOSTILE:
        tech.open("/dashboard/", q=q, show="free")

        assert (tech.status, q, listed(tech)) == (200, q, [])


@pytest.mark.parametrize(
    "query",
    [
        {"status": "nonsense"}, {"show": "nonsense"}, {"sort": "nonsense"}, {"cursor": "nonsense"}, {"cursor": "\0"},
        {"show": "mine", "cursor": "W10"}, {"cursor": "a" * 3000}, {"page": "9"},
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_shows_a_list(counter: Browser, branch: Branch, query: dict[str, str]) -> None:
    taken_in = order(branch)

    counter.open("/dashboard/", **query)

    assert (counter.status, listed(counter)) == (200, [taken_in.order_number])


def test_the_list_can_be_narrowed_to_a_status(boss: Browser, branch: Branch) -> None:
    pending, working, gone = order(branch), order(branch, status="in_progress"), order(branch, status="cancelled")

    found = {stage: listed(boss.open("/dashboard/", status=stage)) for stage in ("in_house", "in_progress", "any")}

    assert found == {
        "in_house": [working.order_number, pending.order_number],
        "in_progress": [working.order_number],
        "any": [gone.order_number, working.order_number, pending.order_number],
    }
    counts = {chip["stage"].value: chip["count"] for chip in boss.response.context["stages"]}
    assert (counts["in_house"], counts["pending"], counts["in_progress"]) == (2, 1, 1)


def test_overdue_and_urgent_orders_are_marked(boss: Browser, branch: Branch) -> None:
    late = order(branch, estimated_completion=timezone.now() - timedelta(minutes=1))
    done = order(branch, estimated_completion=timezone.now() - timedelta(days=9), status="in_progress>completed")
    calm = order(branch, estimated_completion=timezone.now() + timedelta(minutes=5), priority="express")

    rows = {row.order.order_number: row.overdue for row in boss.open("/dashboard/").response.context["rows"]}
    counts = {chip["stage"].value: chip["count"] for chip in boss.response.context["stages"]}
    overdue = listed(boss.open("/dashboard/", status="overdue"))

    assert rows == {late.order_number: True, done.order_number: False, calm.order_number: False}
    assert overdue == [late.order_number]
    assert (counts["overdue"], counts["in_house"]) == (1, 3)
    assert "Overdue <b>1</b>" in boss.text
    assert 'class="mark late"' in boss.text
    assert 'class="mark express"' in boss.open("/dashboard/").text


def test_the_bench_sees_what_is_due_first(tech: Browser, branch: Branch) -> None:
    now = timezone.now()
    without = order(branch, technician=tech.user)
    later = order(branch, technician=tech.user, estimated_completion=now + timedelta(days=3))
    sooner = order(branch, technician=tech.user, estimated_completion=now + timedelta(days=1))

    due, newest = listed(tech.open("/dashboard/")), listed(tech.open("/dashboard/", sort="newest"))

    assert due == [sooner.order_number, later.order_number, without.order_number]
    assert newest == [sooner.order_number, later.order_number, without.order_number][::1]


def test_long_lists_are_walked_through_without_gaps(
    boss: Browser, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.dashboard.views.work.ROWS", "2")
    numbers = [order(branch).order_number for _ in range(5)][::-1]
    walked: list[list[str]] = []
    boss.open("/dashboard/")

    while True:
        walked.append(listed(boss))
        following = boss.response.context["next"]
        if not following:
            break
        boss.open("/dashboard/" + following)
    back = listed(boss.open("/dashboard/" + boss.response.context["previous"]))

    assert walked == [numbers[:2], numbers[2:4], numbers[4:]]
    assert back == numbers[2:4]


@pytest.mark.parametrize(
    ("show", "words"),
    [("mine", "Nothing is assigned to you here."), ("free", "Every order has somebody who works on it.")],
)
def test_an_empty_list_says_so(tech: Browser, show: str, words: str) -> None:
    tech.open("/dashboard/", show=show)

    assert words in tech.text
    assert "<table" not in tech.text


def test_times_are_those_of_the_branch(boss: Browser, branch: Branch) -> None:
    Branch.objects.filter(pk=branch.pk).update(timezone="Asia/Kathmandu")
    promised = datetime(timezone.now().year, 7, 1, 20, 0, tzinfo=UTC)
    order(branch, estimated_completion=promised)

    boss.open("/dashboard/")

    assert ">2 Jul, 01:45</time>" in boss.text


def test_names_are_text_in_any_script(boss: Browser, branch: Branch) -> None:
    customer = CustomerFactory(first_name="<script>alert(1)</script>", last_name="ليلى حداد")
    model = DeviceModelFactory(name='"><img src=x onerror=alert(2)>')
    taken_in = order(branch, customer=customer.pk, device_model=model.pk, issue_description="<b>لا يعمل</b>")

    pages = [boss.open("/dashboard/").text, boss.open(f"/dashboard/orders/{taken_in.pk}/").text]

    for page in pages:
        assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt; ليلى حداد</bdi>" in page
        assert "<script>alert" not in page
        assert "<img" not in page
    assert '<p class="issue" dir="auto">&lt;b&gt;لا يعمل&lt;/b&gt;</p>' in pages[1]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(boss: Browser, branch: Branch, rows: int) -> None:
    for _ in range(rows):
        order(branch, technician=boss.user)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        boss.open("/dashboard/")

    assert len(listed(boss)) == rows
    assert len(queries) == QUERIES_OF_THE_LIST, [query["sql"] for query in queries]
    assert RepairOrder.objects.count() == rows
