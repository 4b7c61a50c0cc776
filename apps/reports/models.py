"""Reports as they were made, and when they are made by themselves."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from apps.core.models import Record
from apps.inventory.models import Branch
from apps.reports.enums import Period, RegularPeriod, ReportStatus


class ReportSchedule(Record):
    """That a report of each past period is made for a branch, and mailed."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="report_schedules")
    period = models.CharField(max_length=10, choices=RegularPeriod)
    hour = models.PositiveSmallIntegerField(
        default=6, validators=[MaxValueValidator(23)], help_text="From this hour on, on the branch's clock."
    )
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    is_active = models.BooleanField(default=True)
    # Nothing is made of periods that were over before.
    since = models.DateField(editable=False)

    class Meta:
        ordering = ["branch__name", "period"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "period"],
                name="reports_one_schedule",
                violation_error_message="There is a schedule for this branch and period.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.branch}: every {self.get_period_display()}"


class Report(Record):
    """Figures of a branch and a stretch of its days. ``data`` is what was true when it was made, and never changes."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="reports", db_index=False)
    period = models.CharField(max_length=10, choices=Period)
    first_day = models.DateField()
    last_day = models.DateField()
    status = models.CharField(max_length=10, choices=ReportStatus, default=ReportStatus.WAITING, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    data = models.JSONField(null=True)
    made_at = models.DateTimeField(null=True)
    schedule = models.ForeignKey(ReportSchedule, on_delete=models.SET_NULL, null=True, related_name="reports")
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="reports_days_in_order"),
            models.UniqueConstraint(fields=["schedule", "first_day"], name="reports_scheduled_once"),
        ]
        indexes = [models.Index(fields=["branch", "created_at", "id"], name="reports_report_of_branch")]

    def __str__(self) -> str:
        return f"{self.branch}, {self.first_day} to {self.last_day}"
