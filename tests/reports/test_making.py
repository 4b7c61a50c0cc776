"""Reports are asked for once, made once, kept as made; schedules make one for each period and mail it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from apps.audit.models import Event
from apps.audit.services import sweep as sweep_deliveries
from apps.core.actor import Actor
from apps.core.exceptions import ReferenceMissing
from apps.notifications.services import sweep
from apps.reports.models import Report, ReportSchedule
from apps.reports.services import ReportRequest, ask_report, make_due_reports, make_report, make_waiting_reports
from tests.conftest import Api
from tests.factories import BranchFactory, member, order
from tests.factories.work import SYSTEM

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 4, 4, 30, tzinfo=UTC)


def asked(**fields: object) -> Report:
    request = ReportRequest(**{"period": "day", "day": MONDAY.date(), "branch_id": BranchFactory().pk, **fields})
    return ask_report(request, actor=SYSTEM)


def test_a_report_that_was_made_stays_as_it_was() -> None:
    report = asked()

    first = make_report(report.pk, actor=SYSTEM, now=MONDAY)
    report.refresh_from_db()
    kept = report.data
    order(report.branch)
    again = make_report(report.pk, actor=SYSTEM, now=MONDAY + timedelta(days=1))

    report.refresh_from_db()
    assert (first, again, report.status, report.made_at) == (True, False, "made", MONDAY)
    assert report.data == kept
    assert Event.objects.filter(type="reports.report_made").count() == 1


def test_what_was_lost_is_made_by_the_sweeper_and_what_is_being_made_is_left_alone() -> None:
    with time_machine.travel(MONDAY, tick=False):
        lost, working = asked(), asked()
        Report.objects.filter(pk=working.pk).update(attempts=1, updated_at=MONDAY)

    early = make_waiting_reports(actor=SYSTEM, now=MONDAY + timedelta(seconds=10))
    soon = make_waiting_reports(actor=SYSTEM, now=MONDAY + timedelta(minutes=1))
    later = make_waiting_reports(actor=SYSTEM, now=MONDAY + timedelta(minutes=7))

    assert (early, soon, later) == (0, 1, 1)
    assert set(Report.objects.filter(pk__in=[lost.pk, working.pk]).values_list("status", flat=True)) == {"made"}


def test_a_report_that_never_gets_done_is_given_up() -> None:
    report = asked()
    Report.objects.filter(pk=report.pk).update(attempts=5)

    assert make_report(report.pk, actor=SYSTEM, now=MONDAY) is False
    report.refresh_from_db()
    assert (report.status, report.data) == ("failed", None)


def test_a_manager_asks_within_the_own_branches() -> None:
    own, foreign = BranchFactory(), BranchFactory()
    actor = Actor.user(member("manager", own))

    found = ask_report(ReportRequest("month", day=MONDAY.date()), actor=actor)
    with pytest.raises(ReferenceMissing):
        ask_report(ReportRequest("month", foreign.pk, day=MONDAY.date()), actor=actor)

    assert (found.branch_id, found.first_day, found.last_day) == (own.pk, date(2026, 5, 1), date(2026, 5, 31))
    assert Report.objects.count() == 1


def test_a_schedule_makes_one_report_of_each_period_and_mails_it_to_those_who_may_read_it() -> None:
    branch = BranchFactory(timezone="Europe/Berlin", name="Hafen")
    reader, gone = member("manager", branch), member("manager", None)
    schedule = ReportSchedule.objects.create(branch=branch, period="week", hour=6, since=date(2026, 4, 1))
    schedule.recipients.set([reader, gone])

    with time_machine.travel(MONDAY, tick=False):
        early = make_due_reports(actor=SYSTEM, now=MONDAY - timedelta(hours=1))
        due = make_due_reports(actor=SYSTEM, now=MONDAY)
        again = make_due_reports(actor=SYSTEM, now=MONDAY + timedelta(hours=5))
        report = Report.objects.get()
        make_report(report.pk, actor=SYSTEM, now=MONDAY)

    assert (early, due, again) == (0, 1, 0)
    assert (report.first_day, report.last_day, report.period) == (date(2026, 4, 27), date(2026, 5, 3), "week")
    made = Event.objects.get(type="reports.report_made")
    assert made.payload["recipient_ids"] == [str(reader.pk)]


def test_a_schedule_makes_nothing_of_what_was_over_before_it() -> None:
    branch = BranchFactory(timezone="UTC")
    ReportSchedule.objects.create(branch=branch, period="month", hour=0, since=MONDAY.date())

    assert make_due_reports(actor=SYSTEM, now=MONDAY) == 0


@pytest.mark.django_db(transaction=True)
def test_a_scheduled_report_arrives_by_mail() -> None:
    branch = BranchFactory(timezone="UTC", name="Hafen")
    reader = member("manager", branch)
    schedule = ReportSchedule.objects.create(branch=branch, period="day", hour=0, since=date(2026, 4, 1))
    schedule.recipients.set([reader])
    make_due_reports(actor=SYSTEM, now=MONDAY)
    make_report(Report.objects.get().pk, actor=SYSTEM, now=MONDAY)

    sweep_deliveries()
    sweep()

    [letter] = mail.outbox
    assert letter.to == [reader.email]
    assert letter.subject == "Hafen: 2026-05-03"
    assert "Taken in: 0" in letter.body
    assert "{" not in letter.body


def test_over_http_a_report_is_asked_for_and_read() -> None:
    branch = BranchFactory()
    manager, seller = Api(member("manager", branch)), Api(member("seller", branch))

    created = manager.post("reports", {"period": "day", "day": "2026-05-04"})
    pk = created.body["data"]["id"]
    waiting = manager.get(f"reports/{pk}/csv")
    make_report(Report.objects.get().pk, actor=SYSTEM, now=MONDAY)
    read, sheet = manager.get(f"reports/{pk}"), manager.get(f"reports/{pk}/csv")

    assert (created.status_code, created.body["data"]["figures"]) == (201, None)
    assert (waiting.status_code, waiting.body["code"]) == (409, "CONFLICT")
    assert read.body["data"]["figures"]["orders"]["in"]["count"] == 0
    assert sheet["Content-Type"] == "text/csv; charset=utf-8"
    assert b"orders,,in,0" in b"".join(sheet.streaming_content)
    assert seller.post("reports", {"period": "day", "day": "2026-05-04"}).status_code == 403
    assert Api(member("manager", BranchFactory())).get(f"reports/{pk}").status_code == 404


def test_a_second_schedule_of_a_period_is_refused_in_words() -> None:
    branch = BranchFactory()
    api = Api(member("manager", branch))
    body = {"branchId": str(branch.pk), "period": "week"}

    made, again = api.post("report-schedules", body), api.post("report-schedules", body)

    assert (made.status_code, again.status_code, again.body["code"]) == (201, 409, "DUPLICATE_ERROR")
    assert again.body["error"] == "There is a schedule for this branch and period."
    assert ReportSchedule.objects.count() == 1
