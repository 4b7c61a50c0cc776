"""Branches and their staff in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, ScopedFilter
from apps.core.admin_forms import PhoneField, RefusableForm
from apps.core.admin_site import actor_of, site
from apps.inventory import selectors, services
from apps.inventory.models import Branch, BranchMembership


class BranchForm(RefusableForm):
    phone_number = PhoneField(required=False)

    class Meta:
        model = Branch
        fields = [
            "name", "code", "address", "city", "country", "phone_number", "email", "manager_name", "timezone",
            "currency", "is_active",
        ]  # fmt: skip


@admin.register(Branch, site=site)
class BranchAdmin(ActiveAdmin):
    """The shops; managers see and change those where they work."""

    reads, changes = Right.BRANCHES_READ, Right.BRANCHES_UPDATE
    creates = removes = Right.BRANCHES_CREATE
    form = BranchForm
    list_display = ["name", "code", "city", "timezone", "currency", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "code", "city"]

    def records(self, actor: Actor) -> QuerySet[Branch]:
        return selectors.branches_within(actor, Right.BRANCHES_UPDATE)


class MembershipForm(RefusableForm):
    class Meta:
        model = BranchMembership
        fields = ["user", "branch"]


@admin.register(BranchMembership, site=site)
class MembershipAdmin(BackOfficeAdmin):
    """Who works where. A membership begins and ends; there is nothing about it to change."""

    reads = Right.USERS_READ
    creates = removes = Right.USERS_WRITE
    form = MembershipForm
    list_display = ["user", "branch", "created_at"]
    list_filter = [("branch", ScopedFilter)]
    list_select_related = ["user", "branch"]
    search_fields = ["user__search_text"]
    also_by = ("user",)
    autocomplete_fields = ["user"]
    ordering = ["branch__name", "user__last_name"]

    def records(self, actor: Actor) -> QuerySet[BranchMembership]:
        return selectors.memberships_visible_to(actor)

    def save_model(self, request: HttpRequest, obj: BranchMembership, form: Any, change: bool) -> None:
        obj.pk = services.add_member(obj.branch, obj.user, actor=actor_of(request)).pk

    def delete_model(self, request: HttpRequest, obj: BranchMembership) -> None:
        services.remove_member(obj.branch, obj.user, actor=actor_of(request))
