"""A browser without JavaScript: opens pages, fills in the forms that stand on them, and sends what they hold."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from apps.accounts.models import User
from apps.repairs.models import RepairOrder
from tests.entering import enter

FRAME = {"/dashboard/", "/dashboard/logout/"}
SILENT = {"submit", "button", "image", "reset"}


class Form:
    """A form as it stands on the page."""

    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.fields: dict[str, str] = {}
        self.offered: set[str] = set()


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._named: dict[str, Form] = {}  # a field may belong to one that it does not stand in
        self._open: Form | None = None
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        if tag == "form":
            self._open = Form(found.get("action", ""), found.get("method", "get").lower())
            self._named[found.get("id", "")] = self._open
            self.forms.append(self._open)
        elif (form := self._named[found["form"]] if "form" in found else self._open) is not None:
            self._field(form, tag, found)

    def _field(self, form: Form, tag: str, found: dict[str, str]) -> None:
        name = found.get("name", "")
        if tag == "input" and name and found.get("type") not in SILENT:
            form.offered.add(name)
            if found.get("type") != "checkbox" or "checked" in found:
                form.fields[name] = found.get("value", "on" if found.get("type") == "checkbox" else "")
        elif tag == "textarea":
            form.offered.add(name)
            self._text, form.fields[name] = name, ""
        elif tag == "select":
            form.offered.add(name)
            self._select = name
        elif tag == "option" and self._select and ("selected" in found or self._select not in form.fields):
            form.fields[self._select] = found.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._text is not None:
            self._open.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._text is not None and self._open is not None:
            self._open.fields[self._text] = self._open.fields[self._text].removeprefix("\n")
            self._text = None
        elif tag == "select":
            self._select = None


class Browser:
    """One person's browser; forms are sent with the CSRF token that stands in them, and it is checked."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.user = user
        if user is not None:
            enter(self.client, user)
        self.response: Any = None
        self.path = ""

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def text(self) -> str:
        return str(self.response.content.decode())

    def open(self, path: str, **query: str) -> Browser:
        """The page at ``path``, wherever it leads."""
        return self._keep(self.client.get(path, query or None, follow=True))

    def form(self, **hidden: str) -> Form:
        """The one form of the content, not of the frame around it, with these values in it."""
        return self._only(lambda form: form.action not in FRAME and hidden.items() <= form.fields.items())

    def form_to(self, action: str) -> Form:
        """The one form that is sent to ``action``."""
        return self._only(lambda form: form.action == action)

    def _only(self, wanted: Callable[[Form], bool]) -> Form:
        parser = _Forms()
        parser.feed(self.text)
        found = [form for form in parser.forms if wanted(form)]
        assert len(found) == 1, [(form.action, form.fields) for form in parser.forms]
        return found[0]

    def submit(self, form: Form, **fields: str) -> Browser:
        """Send ``form`` with ``fields`` filled in, and follow where it leads."""
        assert fields.keys() <= form.offered, (fields, form.offered)
        sent = {**form.fields, **fields}
        action = form.action or self.path
        if form.method == "get":
            return self._keep(self.client.get(action, sent, follow=True))
        return self._keep(self.client.post(action, sent, follow=True))

    def _keep(self, response: Any) -> Browser:
        self.response = response
        request = response.request
        self.path = request["PATH_INFO"] + (f"?{request['QUERY_STRING']}" if request["QUERY_STRING"] else "")
        return self


def page_of(browser: Browser, taken_in: RepairOrder) -> Browser:
    """The page of an order."""
    return browser.open(f"/dashboard/orders/{taken_in.pk}/")
