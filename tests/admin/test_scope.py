"""A manager's back office ends at the own branches; nobody finds out there what pages do not show."""

import json
from datetime import date
from typing import Any

import pytest
from django.db.models import Model

from apps.accounts.models import Customer, Session, User
from apps.audit.models import Event
from apps.catalog.models import Brand
from apps.inventory.models import Branch, BranchMembership, Reservation, StockLevel, StockMovement
from apps.notifications.models import MessageTemplate, MessagingSettings, SwitchedOff
from apps.repairs.models import (
    BookingHours,
    Payment,
    RepairOrder,
    StatusLimit,
    TaxRate,
    TaxRule,
    Terms,
    WorkshopSettings,
)
from apps.repairs.services import PaymentRequest, take_payment
from tests.admin.office import Office, address
from tests.factories import BranchFactory, CustomerFactory, UserFactory, booking, line, member, order, stocked
from tests.factories.messages import message_about
from tests.factories.shop import SYSTEM


class Elsewhere:
    """One record of each kind at another branch."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.user = member("technician", branch, first_name="Far")
        item = stocked(5, branch)
        self.order = order(branch, lines=[line(item)])
        self.booking = booking(branch)
        self.hours = BookingHours.objects.create(branch=branch, weekday=0)
        rate = TaxRate.objects.create(name="standard", percent=19)
        self.settings = [
            WorkshopSettings.objects.create(branch=branch),
            TaxRule.objects.create(branch=branch, rate=rate, starts_on=date(2026, 1, 1)),
            Terms.objects.create(branch=branch, text="You pay."),
            StatusLimit.objects.create(branch=branch, status="pending", hours=4),
            MessagingSettings.objects.create(branch=branch),
            SwitchedOff.objects.create(branch=branch, event="repair_created", channel="sms"),
            MessageTemplate.objects.create(branch=branch, event="repair_created", channel="sms", body="We have it."),
            message_about(self.order),
        ]
        self.payment = take_payment(
            self.order.pk, PaymentRequest(amount=self.order.total, kind="payment", method="cash"), actor=SYSTEM
        )

    def records(self) -> list[Model]:
        return [
            self.branch, self.user, self.order, self.payment, BranchMembership.objects.get(user=self.user),
            self.booking, self.hours, StockLevel.objects.get(), StockMovement.objects.get(), Reservation.objects.get(),
            *self.settings,
        ]  # fmt: skip


@pytest.fixture
def elsewhere(other_branch: Branch) -> Elsewhere:
    return Elsewhere(other_branch)


@pytest.mark.exhaustive
def test_records_of_another_branch_are_not_there(chief: Office, elsewhere: Elsewhere) -> None:
    records = elsewhere.records()

    pages = {
        type(record).__name__: (
            chief.open(record).status_code,
            chief.get(address(record, "delete", record.pk)).status_code,
            chief.post(address(record, "change", record.pk)).status_code,
        )
        for record in records
    }

    assert pages == {type(record).__name__: (404, 404, 404) for record in records}


@pytest.mark.exhaustive
def test_records_of_another_branch_are_in_no_list(chief: Office, boss: Office, elsewhere: Elsewhere) -> None:
    records = elsewhere.records()

    seen_by_chief = [type(record).__name__ for record in records if record.pk in chief.shown(type(record))]
    seen_by_boss = [type(record).__name__ for record in records if record.pk in boss.shown(type(record))]

    assert seen_by_chief == []
    assert len(seen_by_boss) == len(records) == 18


@pytest.mark.parametrize("page", ["status_page", "assign_page"])
def test_orders_of_another_branch_cannot_be_chosen(
    chief: Office, elsewhere: Elsewhere, branch: Branch, page: str
) -> None:
    own = order(branch)
    before = Event.objects.count()

    opened = chief.page(page, own, elsewhere.order)
    sent = chief.page(
        page, elsewhere.order, to="cancelled", expected=f"{elsewhere.order.pk}=pending", technician=chief.user.pk
    )

    assert opened.status_code == 404
    assert sent.status_code in {200, 302}
    elsewhere.order.refresh_from_db()
    assert (elsewhere.order.status, elsewhere.order.technician) == ("pending", None)
    assert Event.objects.count() == before


def suggested(office: Office, model: str, field: str, term: str = "") -> set[str]:
    app_label, _, model_name = model.partition(".")
    query = {"app_label": app_label, "model_name": model_name, "field_name": field, "term": term}
    answer = office.get("/admin/autocomplete/", **query)
    return {row["id"] for row in json.loads(answer.content)["results"]}


def test_suggestions_end_at_the_scope(chief: Office, boss: Office, elsewhere: Elsewhere, branch: Branch) -> None:
    own = member("seller", branch)
    erased = CustomerFactory(is_active=False)

    users = suggested(chief, "inventory.branchmembership", "user")
    customers = suggested(boss, "repairs.repairorder", "customer")

    assert users == {str(own.pk), str(chief.user.pk)}
    assert str(elsewhere.user.pk) in suggested(boss, "inventory.branchmembership", "user")
    assert str(erased.pk) not in customers


def test_choices_of_forms_and_filters_end_at_the_scope(chief: Office, elsewhere: Elsewhere, branch: Branch) -> None:
    second = BranchFactory(name="Airport")
    BranchMembership.objects.create(user=chief.user, branch=second)

    form = chief.get(address(StockMovement, "add")).context["adminform"].form
    filters = {spec.title: spec for spec in chief.list(RepairOrder).context["cl"].filter_specs}

    assert list(form.fields["to_branch"].queryset) == [second, branch]
    assert list(form.fields["from_branch"].queryset) == [second, branch]
    assert filters["branch"].lookup_choices == [(second.pk, "Airport"), (branch.pk, "Harbour")]


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        (User, {"password__startswith": "bcrypt"}),
        (User, {"auth_version": "1"}),
        (User, {"branch_memberships__branch__name": "Harbour"}),
        (RepairOrder, {"customer__notes__contains": "x"}),
        (RepairOrder, {"device_secret__password__isnull": "False"}),
        (Customer, {"notes__contains": "x"}),
        (Payment, {"order__customer__phone": "1"}),
        (Brand, {"search_text": "x"}),
        (BranchMembership, {"user__password__startswith": "bcrypt"}),
        (BranchMembership, {"branch__memberships__user__password__startswith": "bcrypt"}),
        (RepairOrder, {"branch__memberships__user__password__startswith": "bcrypt"}),
        (Session, {"user__totp_devices__secret__startswith": "g"}),
    ],
)
def test_only_what_a_list_offers_filters_it(boss: Office, model: type[Model], lookup: dict[str, Any]) -> None:
    answer = boss.list(model, **lookup)

    assert answer.status_code == 400


@pytest.mark.exhaustive
def test_what_a_list_offers_filters_it(boss: Office, branch: Branch, other_branch: Branch) -> None:
    here, there = order(branch), order(other_branch, status="cancelled")

    assert boss.shown(RepairOrder, branch__id__exact=str(branch.pk)) == {here.pk}
    assert boss.shown(RepairOrder, status__exact="cancelled") == {there.pk}
    assert boss.shown(StockMovement, item__id__exact=str(here.pk)) == set()


def test_manager_reads_colleagues_and_changes_neither_role_nor_password(chief: Office, branch: Branch) -> None:
    colleague = member("technician", branch)
    stranger = UserFactory(role="technician")
    customer = UserFactory(role="customer")

    shown = chief.shown(User)
    answers = [
        chief.post(address(colleague, "change", colleague.pk), role="admin"),
        chief.page("role_page", colleague, role="admin"),
        chief.page("password_page", colleague, password="New-Horse-9x", repeated="New-Horse-9x"),
        chief.act("change_roles", colleague),
    ]

    assert shown == {colleague.pk, chief.user.pk}
    assert not shown & {stranger.pk, customer.pk}
    assert [answer.status_code for answer in answers] == [403, 403, 403, 302]
    assert chief.messages(answers[3]) == ["No action selected."]
    before = (colleague.role, colleague.password, colleague.is_active)
    colleague.refresh_from_db()
    assert (colleague.role, colleague.password, colleague.is_active) == before
