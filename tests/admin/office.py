"""A browser in the back office, and what is read off its pages."""

from __future__ import annotations

from html import unescape
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import Event
from tests.answers import read
from tests.entering import enter


def address(model: type[Model] | Model, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def events(event_type: str) -> list[Event]:
    return list(Event.objects.filter(type=event_type).order_by("created_at", "id"))


class Office:
    """A client that is logged in, or not."""

    def __init__(self, user: User | None = None) -> None:
        self.user = user
        self.client = Client(raise_request_exception=False)
        if user is not None:
            enter(self.client, user)

    def get(self, path: str, **params: Any) -> Any:
        return read(self.client.get(path, params))

    def post(self, path: str, **fields: Any) -> Any:
        return read(self.client.post(path, fields))

    def list(self, model: type[Model], **params: Any) -> Any:
        return self.get(address(model, "changelist"), **params)

    def shown(self, model: type[Model], **params: Any) -> set[Any]:
        """The ids of the rows of a list."""
        return {row.pk for row in self.list(model, **params).context["cl"].result_list}

    def open(self, record: Model) -> Any:
        return self.get(address(record, "change", record.pk))

    def save(self, record: Model, **fields: Any) -> Any:
        """Send the form of a record as it is shown, with some fields typed over."""
        form = self.open(record).context["adminform"].form
        return self.post(address(record, "change", record.pk), **{**typed(form), **fields})

    def add(self, model: type[Model], **fields: Any) -> Any:
        form = self.get(address(model, "add")).context["adminform"].form
        return self.post(address(model, "add"), **{**typed(form), **fields})

    def act(self, action: str, *records: Model) -> Any:
        """Choose records in the list and run an action on them."""
        chosen = {ACTION_CHECKBOX_NAME: [str(record.pk) for record in records]}
        return self.client.post(address(records[0], "changelist"), {"action": action, "index": "0", **chosen})

    def page(self, page: str, *records: Model, **fields: Any) -> Any:
        """Send the form of one of the pages for chosen records; without fields, open it."""
        path = address(records[0], page) + "?ids=" + ",".join(str(record.pk) for record in records)
        if not fields:
            return self.client.get(path)
        return read(self.client.post(path, fields))

    def messages(self, answer: Any) -> list[str]:
        """What the page after a redirect says."""
        assert answer.status_code == 302, text(answer)
        return [str(message) for message in self.client.get(answer.url).context["messages"]]


def typed(form: Any) -> dict[str, Any]:
    """What a browser sends back of a form that nobody has touched."""
    sent: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if hasattr(bound.field, "fields"):  # a date and a time
            parts = bound.field.widget.decompress(value)
            sent |= {f"{bound.name}_{number}": part or "" for number, part in enumerate(parts)}
        elif value is not None and value is not False:
            sent[bound.name] = getattr(value, "pk", value)
    return sent
