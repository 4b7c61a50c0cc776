"""Bases for the back office: the history of a record is its events, and every write to reference data becomes one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.forms.models import construct_instance
from django.http import HttpRequest, HttpResponse

from apps.audit import selectors, services
from apps.audit.models import Event
from apps.core.admin_base import BackOfficeAdmin
from apps.core.admin_site import actor_of


@dataclass(frozen=True)
class Entry:
    """One event as the history page shows it."""

    at: datetime
    actor: str
    type: str
    details: list[tuple[str, str]]


def details_of(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What an event says, in words: the changes of reference data as “old → new”, anything else as it is."""
    for name, value in payload.items():
        if name == "changes" and isinstance(value, dict):
            yield from ((column, f"{_shown(old)} → {_shown(new)}") for column, (old, new) in value.items())
        else:
            yield name, _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "–"
    return "–" if value in (None, "") else str(value)


class HistoryAdmin(BackOfficeAdmin):
    """A record whose history page is read from the event log; ``aggregate`` is what the log calls its kind."""

    keeps_history = True
    aggregate: ClassVar[str] = ""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        events = selectors.history_of(self.aggregate or self.opts.label_lower, record.pk)
        page = self.get_paginator(request, events, self.list_per_page).get_page(request.GET.get("p", "1"))
        entries = [_entry(event) for event in page.object_list]
        return self.page(
            request, "admin/history.html", f"History of {record}", object=record, entries=entries, found=page
        )


def _entry(event: Event) -> Entry:
    return Entry(event.created_at, event.actor_label, event.type, list(details_of(event.payload)))


class RecordedAdmin(HistoryAdmin):
    """Records whose only rules are those of their form: the form's fields are saved, and what changed is recorded."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            with services.creating(actor=actor_of(request)) as created:
                obj.save(force_insert=True)
                form.save_m2m()
                created.append(obj)
            return
        with services.changing(self.get_queryset(request), obj.pk, actor=actor_of(request)) as held:
            # Only what was on the form is taken over: the rest of ``obj`` was read before the lock.
            form.instance = construct_instance(form, held, list(form.cleaned_data))
            held.save()
            form.save_m2m()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.delete(self.get_queryset(request), obj.pk, actor=actor_of(request))


class ActiveAdmin(RecordedAdmin):
    """Reference data that is taken out of use instead of being deleted."""

    actions = ["activate", "deactivate"]

    @admin.action(description="Take into use", permissions=["change"])
    def activate(self, request: HttpRequest, records: QuerySet[Any]) -> None:
        self._set_active(request, records, active=True)

    @admin.action(description="Take out of use", permissions=["change"])
    def deactivate(self, request: HttpRequest, records: QuerySet[Any]) -> None:
        self._set_active(request, records, active=False)

    def _set_active(self, request: HttpRequest, records: QuerySet[Any], *, active: bool) -> None:
        def switch(record: Any) -> None:
            with services.changing(self.get_queryset(request), record.pk, actor=actor_of(request)) as held:
                held.is_active = active
                held.save()

        done = self.apply(request, records.exclude(is_active=active), switch)
        self.to_list(request, done, "taken into use" if active else "taken out of use")
