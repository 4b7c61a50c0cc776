"""Files of prices, changes of many prices, and proposals in the back office."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.inventory.models import Branch
from apps.pricing.models import BulkChange, MarginRule, Price, PriceProposal
from apps.pricing.services import update_price
from apps.pricing.services.proposals import propose_prices
from tests.admin.office import Office, address, events, text
from tests.factories import (
    BrandFactory,
    DeviceModelFactory,
    ItemFactory,
    PartTypeFactory,
    PriceFactory,
    RepairTypeFactory,
)
from tests.inventory.files import csv_file, csv_rows, xlsx_rows
from tests.pricing.changing import SYSTEM

IMPORT = "import_page"
HEADER = ["model", "repairType", "price"]


@pytest.fixture
def price(db: None) -> Price:
    found: Price = PriceFactory(
        device_model=DeviceModelFactory(brand=BrandFactory(name="Apple"), name="iPhone 13"),
        repair_type=RepairTypeFactory(name="Screen"),
        part_type=PartTypeFactory(name="Display"),
        cost=Decimal(40),
        valid_from=timezone.localdate() - timedelta(days=9),
    )
    return found


@pytest.fixture
def proposal(price: Price) -> PriceProposal:
    MarginRule.objects.create(currency="USD", markup_percent=100, valid_from=price.valid_from)
    item = ItemFactory(part_type=price.part_type)
    item.compatible_models.set([price.device_model])
    propose_prices(item.pk, Decimal(60), "USD", actor=SYSTEM)
    return PriceProposal.objects.get()


def _preview(office: Office, *rows: list[str]) -> Any:
    file = SimpleUploadedFile("june.csv", csv_file(HEADER, *rows))
    return office.post(address(Price, IMPORT), file=file)


@pytest.mark.exhaustive
def test_an_import_shows_old_and_new_and_is_then_confirmed(chief: Office, price: Price) -> None:
    preview = _preview(chief, ["iPhone 13", "Screen", "109"])

    assert "1 to create, 0 to change, 0 unchanged, 0 refused" in text(preview)
    assert all(words in text(preview) for words in ("Apple iPhone 13", "109.00 USD"))
    assert Price.objects.count() == 1
    done = chief.post(address(Price, IMPORT), token=preview.context["token"])
    assert chief.messages(done) == ["1 rows imported."]
    assert events("pricing.price.created")[0].payload["reason"] == "import june.csv"
    again = chief.post(address(Price, IMPORT), token=preview.context["token"])
    assert chief.messages(again)[-1] == "The file is no longer there. Choose it once more."


def test_a_refused_row_is_shown_and_cannot_be_confirmed(chief: Office, price: Price) -> None:
    preview = _preview(chief, ["iPhone 13", "Screen", "1,299"])

    assert "may be thousands or decimals" in text(preview)
    assert preview.context["token"] == ""


def test_the_list_leads_to_the_files(chief: Office, price: Price) -> None:
    page = text(chief.list(Price))

    answers = [chief.get(address(Price, "export_page"), format=kind) for kind in ("csv", "xlsx")]
    files = [b"".join(answer.streaming_content) for answer in answers]

    assert all(address(Price, name) in page for name in (IMPORT, "export_page"))
    assert csv_rows(files[0])[1][:2] == ["Apple", "iPhone 13"]
    assert xlsx_rows(files[1])[1][:2] == ["Apple", "iPhone 13"]


def _add(office: Office, **fields: str) -> Any:
    given = {"kind": "percent", "value": "10", "valid_from": f"{timezone.localdate()}", "reason": "dearer", **fields}
    return office.post(address(BulkChange, "add"), **given)


@pytest.mark.exhaustive
def test_a_change_is_typed_looked_at_applied_and_undone(chief: Office, price: Price) -> None:
    added = _add(chief, q="iphone", rounding_step="5", rounding_ending="-0.01")
    change = BulkChange.objects.get()
    page = text(chief.open(change))

    assert added.url == address(change, "change", change.pk)
    assert all(words in page for words in ("Apple iPhone 13 · Screen", "99.00 USD", "109.99 USD", "Apply"))
    assert chief.page("apply_page", change).status_code == 200
    applied = chief.post(f"{address(change, 'apply_page')}?ids={change.pk}")
    assert chief.messages(applied)[-1] == "The prices are changed."
    assert sorted(Price.objects.values_list("price", flat=True)) == [Decimal(99), Decimal("109.99")]
    undone = chief.post(f"{address(change, 'undo_page')}?ids={change.pk}")
    assert chief.messages(undone) == ["The prices are what they were."]
    assert list(Price.objects.values_list("price", "valid_until")) == [(Decimal(99), None)]


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"value": ""}, "value", "This says by how much."),
        ({"q": "Nokia"}, "__all__", "There is no such price."),
        ({"valid_from": "2020-01-01"}, "valid_from", "A change begins today or later."),
        ({"rounding_step": "0.001"}, "rounding_step", "This is not an amount of USD."),
    ],
)
def test_a_change_that_cannot_be_made_says_why_on_the_form(
    chief: Office, price: Price, fields: dict[str, str], name: str, words: str
) -> None:
    answer = _add(chief, **fields)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors[name] == [words]
    assert BulkChange.objects.count() == 0


def test_a_change_says_by_name_which_prices_it_is_about(chief: Office, price: Price) -> None:
    _add(chief, q="iphone", repair_type=str(price.repair_type_id))

    page = text(chief.open(BulkChange.objects.get()))

    assert f"repair: {price.repair_type}, words: iphone" in page


def test_prices_that_changed_since_are_told_and_nothing_is_applied(chief: Office, price: Price) -> None:
    _add(chief)
    change = BulkChange.objects.get()
    update_price(price.pk, {"price": Decimal(95)}, actor=SYSTEM)

    answer = chief.post(f"{address(change, 'apply_page')}?ids={change.pk}")

    assert chief.messages(answer)[-1] == "1 prices have changed since the preview. Make a new one."
    assert list(Price.objects.values_list("price", flat=True)) == [Decimal(95)]


def test_only_own_branches_can_be_chosen(chief: Office, branch: Branch, other_branch: Branch) -> None:
    form = chief.get(address(BulkChange, "add")).context["adminform"].form

    assert list(form.fields["branch"].queryset) == [branch]


def test_proposals_are_accepted_and_dismissed_in_the_list(chief: Office, proposal: PriceProposal) -> None:
    accepted = chief.act("accept", proposal)
    again = chief.act("accept", proposal)
    dismissed = chief.act("dismiss", proposal)

    assert [answer.status_code for answer in (accepted, again, dismissed)] == [302, 302, 302]
    assert chief.messages(dismissed) == [
        "1 proposals accepted.",
        "1 were not accepted: This proposal was accepted already.",
        "Nothing was changed.",
        "Nothing was changed.",
    ]
    proposal.refresh_from_db()
    assert proposal.status == "accepted"
    assert sorted(Price.objects.values_list("price", flat=True)) == [Decimal(99), Decimal(120)]


def test_a_proposal_is_accepted_at_another_amount(chief: Office, proposal: PriceProposal) -> None:
    page = chief.page("accept_page", proposal)
    refused = chief.page("accept_page", proposal, price="0.001")
    accepted = chief.page("accept_page", proposal, price="115", reason="round")

    assert "Apple iPhone 13 · Screen" in text(page)
    assert refused.context["form"].errors == {"price": ["This is not an amount of USD."]}
    assert accepted.status_code == 302
    assert sorted(Price.objects.values_list("price", "source")) == [(Decimal(99), "person"), (Decimal(115), "person")]
