"""The back office: the one admin site, on which every app registers its records."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from apps.core.actor import PAGE_SESSION_LINK, Actor
from apps.core.api.renderers import request_id_of
from apps.core.client_address import client_address
from apps.core.exceptions import DomainError

NOT_FOR_YOU = "The back office is for managers and admins."


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request to the back office: the user of its session, or somebody anonymous."""
    request_id, address = request_id_of(request), client_address(request)
    user: Any = request.user
    if not user.is_authenticated:
        return Actor.anonymous(request_id=request_id, address=address)
    link = request.session.get(PAGE_SESSION_LINK)
    session_id = UUID(link) if link else None
    return Actor.user(user, request_id=request_id, address=address, session_id=session_id)


class BackOffice(AdminSite):
    """Django's admin site. The form for one's own password comes from the app above that knows users."""

    site_header = "Mendery"
    site_title = "Mendery"
    index_title = "Back office"
    site_url = "/dashboard/"
    password_form: ClassVar[Any] = None
    # Raises for whom no page may be shown yet; set by the app above that knows sessions.
    entry_rule: Callable[[HttpRequest], None] = staticmethod(lambda request: None)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door for passwords and second factors, that of the pages; here one is only let in or not."""
        back = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(back)
        if not self.has_permission(request):
            raise PermissionDenied(NOT_FOR_YOU)
        return redirect("admin:index")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's; what needs a second factor leads to where it is given, and back."""

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                if request.path != reverse("admin:logout"):
                    self.entry_rule(request)
                return view(request, *args, **kwargs)
            except DomainError as refusal:
                if refusal.code != "MFA_REQUIRED":
                    raise
                return redirect_to_login(request.get_full_path(), settings.SECOND_FACTOR_URL)

        return super().admin_view(guarded, cacheable)

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
