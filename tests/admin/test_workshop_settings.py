"""What holds for the workshops: managers lay it down for their branches, admins everywhere."""

from datetime import date

import pytest

from apps.audit.models import Event
from apps.inventory.models import Branch
from apps.repairs.models import TaxRate, TaxRule, WorkshopSettings
from apps.repairs.selectors import workshop_of
from tests.admin.office import Office, address, events

FEE = {"diagnosis_fee": "25.00", "quote_valid_days": "7", "letterhead": "港口維修"}


@pytest.fixture
def rate(db: None) -> TaxRate:
    return TaxRate.objects.create(name="standard", percent=19)


def test_settings_are_saved_recorded_and_read(chief: Office, branch: Branch) -> None:
    answer = chief.add(WorkshopSettings, **{**FEE, "branch": branch.pk})

    assert answer.status_code == 302
    own = workshop_of(branch.pk)
    assert (own.diagnosis_fee, own.quote_valid_days, own.letterhead) == (25, 7, "港口維修")
    [told] = events("repairs.workshopsettings.created")
    assert (told.aggregate_id, told.actor_id) == (own.pk, chief.user.pk)


def test_a_branch_without_settings_works_by_the_defaults(branch: Branch) -> None:
    found = workshop_of(branch.pk)

    assert (found.branch_id, found.prices_include_tax, found.diagnosis_fee) == (branch.pk, True, 0)
    assert WorkshopSettings.objects.count() == 0


def test_only_an_admin_lays_down_what_holds_everywhere(
    boss: Office, chief: Office, branch: Branch, rate: TaxRate
) -> None:
    fields = {"rate": rate.pk, "starts_on": "2026-01-01"}

    refused = chief.add(TaxRule, **fields)
    before = TaxRule.objects.count()
    own = chief.add(TaxRule, **fields, branch=branch.pk)
    everywhere = boss.add(TaxRule, **fields)

    assert refused.context["adminform"].form.errors == {"branch": ["This field is required."]}
    assert (before, own.status_code, everywhere.status_code) == (0, 302, 302)
    assert set(TaxRule.objects.values_list("branch", flat=True)) == {branch.pk, None}


def test_a_manager_reads_what_holds_everywhere_and_leaves_it_as_it_is(
    chief: Office, branch: Branch, rate: TaxRate
) -> None:
    rule = TaxRule.objects.create(rate=rate, starts_on=date(2026, 1, 1))
    before = Event.objects.count()

    answers = [
        chief.open(rule),
        chief.post(address(rule, "change", rule.pk), rate=rate.pk, branch=branch.pk, starts_on="2030-01-01"),
        chief.post(address(rule, "delete", rule.pk), post="yes"),
        chief.post(address(rate, "change", rate.pk), name="none", percent="0"),
    ]

    assert [answer.status_code for answer in answers] == [200, 403, 403, 403]
    rule.refresh_from_db()
    assert (rule.branch_id, rule.starts_on) == (None, date(2026, 1, 1))
    assert Event.objects.count() == before
