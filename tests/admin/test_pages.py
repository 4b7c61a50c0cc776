"""Every page of every record, for every role."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model

from apps.accounts.models import User
from apps.accounts.services.sessions import Device, open_session
from apps.core.actor import Actor
from apps.core.admin_site import site
from tests.admin.office import Office, address, text
from tests.factories import member
from tests.factories.world import World

# Viewed, added, changed, deleted by: an admin, a manager within the own branches.
RIGHTS = {
    "core.JobRun": ("v", ""),
    "audit.Event": ("v", ""),
    "audit.Delivery": ("v", ""),
    "accounts.User": ("vac", "v"),
    "accounts.Session": ("v", ""),
    "accounts.Customer": ("vac", "vac"),
    "catalog.Brand": ("vacd", "vacd"),
    "catalog.DeviceModel": ("vacd", "vacd"),
    "catalog.RepairType": ("vacd", "vacd"),
    "catalog.PartType": ("vacd", "vacd"),
    "catalog.ModelNotice": ("vacd", "vacd"),
    "catalog.TypeAllocation": ("vc", "vc"),
    "inventory.Branch": ("vacd", "vc"),
    "inventory.BranchMembership": ("vad", "v"),
    "inventory.Category": ("vacd", "vacd"),
    "inventory.Item": ("vacd", "vacd"),
    "inventory.StockLevel": ("v", "v"),
    "inventory.Reservation": ("v", "v"),
    "inventory.StockMovement": ("va", "va"),
    "inventory.Serial": ("v", "v"),
    "inventory.ReorderPoint": ("v", "v"),
    "inventory.Transfer": ("va", "va"),  # a draft can be changed as well
    "inventory.StockCount": ("v", "v"),
    "inventory.Supplier": ("vacd", "vacd"),
    "inventory.PurchaseOrder": ("vacd", "vacd"),
    "notifications.Notification": ("v", "v"),
    "notifications.MessageTemplate": ("vacd", "vacd"),
    "notifications.MessagingSettings": ("vacd", "vacd"),
    "notifications.SwitchedOff": ("vacd", "vacd"),
    "notifications.Suppression": ("vad", ""),
    "notifications.Provider": ("v", ""),
    "pricing.EstimateRecord": ("v", "v"),
    "pricing.EstimatorVersion": ("v", "v"),
    "pricing.BulkChange": ("vad", "vad"),
    "pricing.PriceProposal": ("v", "v"),
    "pricing.Price": ("vacd", "vacd"),
    "pricing.BranchPriceRule": ("vacd", "vacd"),
    "pricing.MarginRule": ("vacd", "vacd"),
    "reports.Report": ("v", "v"),
    "reports.ReportSchedule": ("vacd", "vacd"),
    "repairs.Booking": ("v", "v"),
    "repairs.BookingHours": ("vacd", "vacd"),
    "repairs.BookingClosure": ("vacd", "vacd"),
    "repairs.ChecklistTemplate": ("vacd", "vacd"),
    "repairs.RepairOrder": ("vc", "vc"),
    "repairs.Payment": ("v", "v"),
    "repairs.Invoice": ("v", "v"),
    "repairs.StatusLimit": ("vacd", "vacd"),
    "repairs.TaxRate": ("vacd", "v"),
    "repairs.TaxRule": ("vacd", "vacd"),
    "repairs.Terms": ("vacd", "vacd"),
    "repairs.WorkshopSettings": ("vacd", "vacd"),
}
MODELS = [apps.get_model(label) for label in RIGHTS]
WITHOUT_HISTORY = {"JobRun", "Event", "Session", "BranchMembership", "StockLevel", "Reservation", "StockMovement",
                   "Serial", "ReorderPoint", "Payment", "EstimateRecord", "EstimatorVersion", "Provider"}  # fmt: skip


class Shop(World):
    """One record of each kind, at the branch of ``chief``."""

    def __init__(self) -> None:
        super().__init__()
        self.grow()
        self.boss = member("admin", None)
        self.chief = member("manager", self.branch)
        with transaction.atomic():
            open_session(self.technician, Device("127.0.0.1", "tests"), actor=Actor.user(self.technician))

    def office(self, role: str) -> Office:
        return Office(self.boss if role == "admin" else self.chief)

    def one(self, model: type[Model]) -> Any:
        own = {
            "User": {"pk": self.technician.pk},
            "Branch": {"pk": self.branch.pk},
            "BranchMembership": {"user": self.technician},
            "BranchPriceRule": {"branch": self.branch},
            "StockLevel": {"branch": self.branch},
            "Invoice": {"branch": self.branch},
            "StockMovement": {"to_branch": self.branch},
            "ReorderPoint": {"level__branch": self.branch},
            "PurchaseOrder": {"status": "draft"},
            "StockCount": {"branch": self.branch},
            "Transfer": {"to_branch": self.branch},
        }
        return model._default_manager.filter(**own.get(model.__name__, {})).order_by("-pk").first()


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop()


def statuses(office: Office, record: Model) -> dict[str, int]:
    pages = {
        "v": office.list(type(record)),
        "a": office.get(address(record, "add")),
        "c": office.post(address(record, "change", record.pk)),
        "d": office.get(address(record, "delete", record.pk)),
    }
    return {letter: page.status_code for letter, page in pages.items()}


def test_every_record_of_the_back_office_has_its_line_here() -> None:
    assert {model._meta.label for model in site._registry} == set(RIGHTS)


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["admin", "manager"])
def test_each_role_opens_the_pages_it_has_a_right_to(role: str, shop: Shop) -> None:
    office = shop.office(role)

    found = {model._meta.label: statuses(office, shop.one(model)) for model in MODELS}

    assert found == {
        label: {letter: 200 if letter in rights[role == "manager"] else 403 for letter in "vacd"}
        for label, rights in RIGHTS.items()
    }


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["admin", "manager"])
def test_each_role_reads_the_records_it_has_a_right_to(role: str, shop: Shop) -> None:
    office = shop.office(role)
    readable = {label for label, rights in RIGHTS.items() if rights[role == "manager"]}

    pages = {model._meta.label: office.open(shop.one(model)).status_code for model in MODELS}
    histories = {
        model._meta.label: office.get(address(model, "history", shop.one(model).pk)).status_code for model in MODELS
    }

    assert pages == {label: 200 if label in readable else 403 for label in RIGHTS}
    assert histories == {
        label: 404 if label.partition(".")[2] in WITHOUT_HISTORY else 200 if label in readable else 403
        for label in RIGHTS
    }


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["technician", "seller", "customer", None])
def test_nobody_else_comes_in(role: str | None, shop: Shop) -> None:
    office = Office(member(role, shop.branch) if role else None)

    answers = [
        office.get("/admin/"),
        office.get("/admin/autocomplete/"),
        office.open(shop.order),
        office.post(address(shop.order, "change", shop.order.pk), device_serial="X"),
        office.page("status_page", shop.order),
    ]

    assert [answer.status_code for answer in answers] == [302] * 5
    assert all(answer.url.startswith("/admin/login/") for answer in answers)
    shop.order.refresh_from_db()
    assert shop.order.device_serial == ""


@pytest.mark.exhaustive
def test_the_index_shows_a_manager_what_managers_do(shop: Shop) -> None:
    page = shop.office("manager").get("/admin/")

    shown = {model["object_name"] for app in page.context["app_list"] for model in app["models"]}
    assert shown == {label.partition(".")[2] for label, (_, manager) in RIGHTS.items() if manager}
    assert "Mendery" in text(page)
    assert "Recent actions" not in text(page)


@pytest.mark.exhaustive
def test_pages_hold_no_script_or_style_that_the_policy_forbids(shop: Shop) -> None:
    office = shop.office("admin")

    pages = [page for model in MODELS for page in (office.list(model), office.open(shop.one(model)))]

    forbidden = re.compile(r"<style|<script(?![^>]* src=)|\son\w+=|\sstyle=")
    assert [found for page in pages for found in forbidden.findall(text(page))] == []
    assert all("unsafe-inline" not in page["Content-Security-Policy"] for page in pages)


def test_a_deactivated_admin_is_out_at_once(boss: Office) -> None:
    before = boss.get("/admin/")
    User.objects.filter(pk=boss.user.pk).update(is_active=False)

    after = boss.get("/admin/")

    assert (before.status_code, after.status_code) == (200, 302)
