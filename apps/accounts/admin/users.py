"""Accounts and their sessions in the back office."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.accounts import selectors, services
from apps.accounts.admin.forms import (
    NewPasswordForm,
    NewUserForm,
    OwnPasswordForm,
    ReasonForm,
    RoleForm,
    UserForm,
)
from apps.accounts.admin.user_tables import tables_of
from apps.accounts.enums import MANAGED, Role, SessionEnd
from apps.accounts.exceptions import MfaRequired
from apps.accounts.models import Session, User
from apps.accounts.models.user import awaiting_approval
from apps.accounts.rules import Reach, Right, reach
from apps.audit.recorded_admin import HistoryAdmin
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, Table
from apps.core.admin_forms import refuse
from apps.core.admin_site import actor_of, site
from apps.core.exceptions import DomainError

site.password_form = OwnPasswordForm  # type: ignore[misc]

_PAGES = {
    "Set password": "password_page", "Change role": "role_page", "End all sessions": "end_sessions_page",
    "Reset second factor": "second_factor_page", "Erase": "erase_page",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a page asks before something is done to accounts, and what they are afterwards."""

    title: str
    advice: str
    form: type[forms.Form]
    done: str


class ApprovalFilter(admin.SimpleListFilter):
    """Staff whom nobody has confirmed yet."""

    title = "approval"
    parameter_name = "approval"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("awaited", "awaits approval")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(awaiting_approval()) if self.value() == "awaited" else queryset


@admin.register(User, site=site)
class UserAdmin(HistoryAdmin):
    """Accounts. Role and status are changed by the services that also end what the account could do before."""

    reads, creates, changes = Right.USERS_READ, Right.USERS_WRITE, Right.USERS_WRITE
    form = UserForm
    list_display = [
        "__str__", "email", "role", "branches_worked_at", "approval", "has_second_factor", "is_active", "last_login",
    ]  # fmt: skip
    list_filter = ["role", "is_active", "is_verified", ApprovalFilter]
    search_help_text = "Name, e-mail, username or phone"
    readonly_fields = ["role", "is_active", "approval", "has_second_factor", "last_login", "created_at"]
    actions = ["approve", "activate", "deactivate", "change_roles", "end_sessions", "erase"]
    pages = {
        "let-in": "let_in_page", "deactivate": "deactivate_page", "role": "role_page", "password": "password_page",
        "end-sessions": "end_sessions_page", "second-factor": "second_factor_page", "erase": "erase_page",
    }  # fmt: skip

    def records(self, actor: Actor) -> QuerySet[User]:
        return selectors.users_visible_to(actor)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return selectors.with_second_factor(super().get_queryset(request)).prefetch_related("branches")

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.users_found_by(records, text)

    @admin.display(description="branches")
    def branches_worked_at(self, user: Any) -> str:
        return ", ".join(str(branch) for branch in user.branches.all()) or "–"

    @admin.display(description="approval")
    def approval(self, user: User) -> str:
        if not user.is_verified:
            return "e-mail not verified"
        return "awaits approval" if user.awaits_approval else "confirmed"

    @admin.display(description="second factor", boolean=True)
    def has_second_factor(self, user: Any) -> bool:
        return bool(user.second_factor)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [*NewUserForm.Meta.fields, "password", "repeated"]
        return [*UserForm.Meta.fields, *self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.readonly_fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": NewUserForm}), **kwargs)

    def links(self, request: HttpRequest, record: User) -> list[tuple[str, str]]:
        places = User._meta.get_field("branch_memberships").related_model._meta  # an app above knows the branches
        found = [("Branches", reverse(f"admin:{places.app_label}_{places.model_name}_changelist"))]
        if self.has_change_permission(request, record):
            found.append(("Sessions", reverse("admin:accounts_session_changelist")))
        theirs = [(words, f"{address}?user__id__exact={record.pk}") for words, address in found]
        pages = self._doors(request, record)
        if self.has_change_permission(request, record):
            pages |= _PAGES
        return theirs + [(words, self.page_address(page, [record.pk])) for words, page in pages.items()]

    def _doors(self, request: HttpRequest, record: User) -> dict[str, str]:
        """The pages that let this account in or keep it out, as far as the caller may."""
        may_approve = self.has_change_permission(request, record)
        if not may_approve and not (self.has_activate_permission(request) and record.role in MANAGED):
            return {}
        found = {}
        if may_approve and not record.is_approved:
            found["Approve"] = "let_in_page"
        elif not record.is_active:
            found["Activate"] = "let_in_page"
        return {**found, "Deactivate": "deactivate_page"} if record.is_active else found

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return reach(actor_of(request), Right.USERS_ACTIVATE) is not Reach.NONE

    def tables(self, request: HttpRequest, record: User) -> list[Table]:
        return tables_of(record, actor_of(request))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        actor, given = actor_of(request), form.cleaned_data
        if change:
            details = {name: given[name] for name in form.changed_data}
            services.update_user(obj.pk, details, actor=actor)
        else:
            fields = {name: given[name] for name in NewUserForm.Meta.fields}
            services.create_user({"id": obj.pk, "is_verified": True, **fields}, given["password"], actor=actor)

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse:
        return self._let_in(request, users.filter(is_approved=False), "approved")

    @admin.action(description="Activate", permissions=["activate"])
    def activate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse:
        return self._let_in(request, users.filter(is_active=False), "activated")

    def _let_in(self, request: HttpRequest, users: QuerySet[User], words: str) -> HttpResponse:
        actor = actor_of(request)
        done = self.apply(
            request, users, lambda user: services.set_active(user, active=True, actor=actor, reason=words)
        )
        return self.to_list(request, done, words)

    @admin.action(description="Deactivate …", permissions=["activate"])
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        return self.page_for(request, "deactivate_page", users)

    @admin.action(description="Change role …", permissions=["change"])
    def change_roles(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        return self.page_for(request, "role_page", users)

    @admin.action(description="End all sessions …", permissions=["change"])
    def end_sessions(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        return self.page_for(request, "end_sessions_page", users)

    @admin.action(description="Erase …", permissions=["change"])
    def erase(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        return self.page_for(request, "erase_page", users)

    def let_in_page(self, request: HttpRequest) -> HttpResponse:
        def work(user: User, given: dict[str, Any], actor: Actor) -> None:
            services.set_active(user, active=True, actor=actor, reason=given["reason"])

        asked = Asked("Let in", "They can log in, and do what their role allows.", ReasonForm, "let in")
        approval = {"is_approved": True} if self.has_change_permission(request) else {}
        return self._ask(request, asked, work, {"is_active": True, **approval}, Right.USERS_ACTIVATE)

    def deactivate_page(self, request: HttpRequest) -> HttpResponse:
        def work(user: User, given: dict[str, Any], actor: Actor) -> None:
            services.set_active(user, active=False, actor=actor, reason=given["reason"])

        asked = Asked("Deactivate", "They are logged out, and do not come in again.", ReasonForm, "deactivated")
        return self._ask(request, asked, work, {"is_active": False}, Right.USERS_ACTIVATE)

    def role_page(self, request: HttpRequest) -> HttpResponse:
        def work(user: User, given: dict[str, Any], actor: Actor) -> None:
            services.change_role(user, Role(given["role"]), actor=actor, reason=given["reason"])

        asked = Asked("Change role", "Everybody whose role changes is logged out.", RoleForm, "given another role")
        return self._ask(request, asked, work, except_for={"role": request.POST.get("role", "")})

    def end_sessions_page(self, request: HttpRequest) -> HttpResponse:
        def work(user: User, given: dict[str, Any], actor: Actor) -> None:
            services.end_all_sessions(user.pk, SessionEnd.LOGOUT_ALL, actor=actor)

        asked = Asked("End all sessions", "They log in again wherever they were.", forms.Form, "logged out")
        return self._ask(request, asked, work)

    def second_factor_page(self, request: HttpRequest) -> HttpResponse:
        def work(user: User, given: dict[str, Any], actor: Actor) -> None:
            services.reset_second_factor(user, actor=actor, reason=given["reason"])

        advice = "Make sure who is asking. Until they set one up again, the password alone lets them in."
        return self._ask(request, Asked("Reset second factor", advice, ReasonForm, "without a second factor"), work)

    def erase_page(self, request: HttpRequest) -> HttpResponse:
        def work(user: User, given: dict[str, Any], actor: Actor) -> None:
            services.delete_user(user.pk, actor=actor)

        advice = "Names, addresses, sessions and branches go, open orders are nobody's. This cannot be undone."
        return self._ask(request, Asked("Erase", advice, forms.Form, "erased"), work)

    def _ask(
        self,
        request: HttpRequest,
        asked: Asked,
        work: Callable[[User, dict[str, Any], Actor], None],
        except_for: dict[str, Any] | None = None,
        right: Right = Right.USERS_WRITE,
    ) -> HttpResponse:
        """A page that asks once for all chosen accounts; those that are so already are left alone."""
        users, actor = self.chosen(request, right), actor_of(request)
        form = asked.form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            others = users.exclude(**except_for) if except_for else users
            done = self.apply(request, others, lambda user: work(user, form.cleaned_data, actor))
            return self.to_list(request, done, asked.done)
        return self.page(
            request, "admin/action_page.html", asked.title, records=users, form=form, advice=asked.advice,
            button=asked.title,
        )  # fmt: skip

    def password_page(self, request: HttpRequest) -> HttpResponse:
        """A new password for somebody else, such as after a forgotten one."""
        user = self.chosen(request, self.changes).get()
        form = NewPasswordForm(user, request.POST or None)
        if form.is_valid():
            try:
                services.give_password(user, form.cleaned_data["password"], actor=actor_of(request))
                return self.to_list(request, 1, "password set")
            except MfaRequired:
                raise  # nothing to say on the form: the site leads to where the second factor is given
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
    also_by = ("user",)
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
