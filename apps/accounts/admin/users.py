"""Accounts and their sessions in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from apps.accounts import selectors, services
from apps.accounts.admin.forms import (
    NewPasswordForm,
    NewUserForm,
    OwnPasswordForm,
    RoleForm,
    UserForm,
)
from apps.accounts.enums import Role, SessionEnd
from apps.accounts.models import Session, User
from apps.accounts.rules import Right
from apps.accounts.services.users import DETAILS
from apps.audit.recorded_admin import HistoryAdmin
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin
from apps.core.admin_forms import refuse
from apps.core.admin_site import actor_of, site
from apps.core.exceptions import DomainError

site.password_form = OwnPasswordForm  # type: ignore[misc]


@admin.register(User, site=site)
class UserAdmin(HistoryAdmin):
    """Accounts. Role and status are changed by the services that also end what the account could do before."""

    reads, creates, changes = Right.USERS_READ, Right.USERS_WRITE, Right.USERS_WRITE
    form = UserForm
    list_display = ["__str__", "email", "role", "is_active", "is_verified", "last_login"]
    list_filter = ["role", "is_active", "is_verified"]
    search_help_text = "Name, e-mail, username or phone"
    readonly_fields = ["last_login", "created_at"]
    actions = ["activate", "deactivate", "change_roles"]
    pages = {"role": "role_page", "password": "password_page"}

    def records(self, actor: Actor) -> QuerySet[User]:
        return selectors.users_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.users_found_by(records, text)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [*NewUserForm.Meta.fields, "password", "repeated"]
        return [*UserForm.Meta.fields, "last_login", "created_at"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": NewUserForm}), **kwargs)

    def links(self, request: HttpRequest, record: User) -> list[tuple[str, str]]:
        allowed = self.has_change_permission(request, record)
        return [("Set password", self.page_address("password_page", [record.pk]))] if allowed else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        actor, given = actor_of(request), form.cleaned_data
        if not change:
            fields = {name: given[name] for name in NewUserForm.Meta.fields}
            services.create_user({"id": obj.pk, "is_verified": True, **fields}, given["password"], actor=actor)
            return
        details = {name: given[name] for name in form.changed_data if name in DETAILS}
        services.update_user(obj.pk, details, actor=actor)
        if "role" in form.changed_data:
            services.change_role(obj, Role(given["role"]), actor=actor)
        if "is_active" in form.changed_data:
            services.set_active(obj, given["is_active"], actor=actor)

    @admin.action(description="Activate", permissions=["change"])
    def activate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse:
        return self._set_active(request, users, active=True)

    @admin.action(description="Deactivate", permissions=["change"])
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse:
        return self._set_active(request, users, active=False)

    def _set_active(self, request: HttpRequest, users: QuerySet[User], *, active: bool) -> HttpResponse:
        actor = actor_of(request)
        others = users.exclude(is_active=active)
        done = self.apply(request, others, lambda user: services.set_active(user, active, actor=actor))
        return self.to_list(request, done, "activated" if active else "deactivated")

    @admin.action(description="Change role …", permissions=["change"])
    def change_roles(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        return self.page_for(request, "role_page", users)

    def role_page(self, request: HttpRequest) -> HttpResponse:
        users = self.chosen(request, self.changes)
        form = RoleForm(request.POST or None)
        if form.is_valid():
            role, actor = Role(form.cleaned_data["role"]), actor_of(request)
            others = users.exclude(role=role)
            done = self.apply(request, others, lambda user: services.change_role(user, role, actor=actor))
            return self.to_list(request, done, f"made {role.label}")
        advice = "Everybody whose role changes is logged out."
        return self.page(
            request, "admin/action_page.html", "Change role", records=users, form=form, advice=advice, button="Change"
        )

    def password_page(self, request: HttpRequest) -> HttpResponse:
        """A new password for somebody else, such as after a forgotten one."""
        user = self.chosen(request, self.changes).get()
        form = NewPasswordForm(user, request.POST or None)
        if form.is_valid():
            try:
                services.set_password(user, form.cleaned_data["password"], actor=actor_of(request))
                return self.to_list(request, 1, "password set")
            except DomainError as refusal:
                refuse(form, refusal)
        advice = "Every session of the account ends. Tell the password by a safe way."
        return self.page(
            request, "admin/action_page.html", "Set password", records=[user], form=form, advice=advice, button="Set"
        )


@admin.register(Session, site=site)
class SessionAdmin(BackOfficeAdmin):
    """Log-ins of apps and of browsers. Tokens are not stored, and their ids are nobody's business."""

    reads = Right.USERS_WRITE
    list_display = ["user", "kind", "device", "address", "created_at", "last_seen_at", "revoked_at", "end_reason"]
    list_filter = ["kind", "end_reason", "last_seen_at"]
    list_select_related = ["user"]
    search_help_text = "Name, e-mail, username or phone of the user"
    fields = [
        "user",
        "kind",
        "device",
        "address",
        "created_at",
        "last_seen_at",
        "expires_at",
        "revoked_at",
        "end_reason",
    ]
    actions = ["end"]

    def records(self, actor: Actor) -> QuerySet[Session]:
        return selectors.sessions_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.sessions_found_by(records, text)

    @admin.action(description="End", permissions=["view"])
    def end(self, request: HttpRequest, sessions: QuerySet[Session]) -> HttpResponse:
        actor = actor_of(request)
        live = sessions.filter(revoked_at=None)
        done = self.apply(request, live, lambda found: services.end_session(found, SessionEnd.LOGOUT, actor=actor))
        return self.to_list(request, done, "ended")
