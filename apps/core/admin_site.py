"""The back office: the one admin site, on which every app registers its records."""

from typing import Any, ClassVar

from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.api.renderers import request_id_of
from apps.core.client_address import client_address


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request to the back office: the user of its session, or somebody anonymous."""
    request_id, address = request_id_of(request), client_address(request)
    user: Any = request.user
    if not user.is_authenticated:
        return Actor.anonymous(request_id=request_id, address=address)
    return Actor.user(user, request_id=request_id, address=address)


class BackOffice(AdminSite):
    """Django's admin site. The forms that take a password come from the app above that knows users."""

    site_header = "Mendery"
    site_title = "Mendery"
    index_title = "Back office"
    site_url = "/dashboard/"
    password_form: ClassVar[Any] = None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer = super().login(request, extra_context)
        form = (getattr(answer, "context_data", None) or {}).get("form")
        retry_after = getattr(form, "retry_after", None)
        if retry_after is not None:
            answer.status_code = 429
            answer["Retry-After"] = str(retry_after)
        return answer

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """One's own password; Django's form would save it without ending what the old one had opened."""
        request.current_app = self.name
        view = _OwnPassword.as_view(
            form_class=self.password_form,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        answer: Any = view(request)
        response: TemplateResponse = answer
        return response


class _OwnPassword(PasswordChangeView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}


site = BackOffice(name="admin")
site.disable_action("delete_selected")  # records with rules are not deleted, and the others one by one
