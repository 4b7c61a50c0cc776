"""Filters of the list of users."""

import django_filters
from django.db.models import QuerySet

from apps.accounts.enums import Role
from apps.accounts.models.user import awaiting_approval
from apps.core.api.filters import ContractFilterSet, TruthFilter


class UserFilter(ContractFilterSet):
    role = django_filters.ChoiceFilter(choices=Role.choices)
    is_active = TruthFilter()
    is_verified = TruthFilter()
    branch = django_filters.UUIDFilter(field_name="branch_memberships__branch_id", help_text="The id of a branch.")
    awaits_approval = TruthFilter(method="awaiting", help_text="Staff whom nobody has confirmed yet.")

    def awaiting(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(awaiting_approval()) if value else queryset.exclude(awaiting_approval())
