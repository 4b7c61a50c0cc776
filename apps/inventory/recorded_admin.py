"""A base for the back office: what is laid down for a branch, or for all of them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import RecordedAdmin
from apps.core.actor import Actor
from apps.core.admin_site import actor_of
from apps.inventory import selectors


class BranchSettingsAdmin(RecordedAdmin):
    """Rows of a branch, or of none: those hold everywhere, and only who has the right everywhere changes them."""

    reads = creates = changes = removes = Right.BRANCHES_UPDATE

    def records(self, actor: Actor) -> QuerySet[Any]:
        return selectors.settings_within(actor, self._right, self.model)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_writable(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_writable(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "branch" in form.base_fields and not self._lays_down_everywhere(request):
            form.base_fields["branch"].required = True
        return form

    def _is_writable(self, request: HttpRequest, row: Any) -> bool:
        return row is None or row.branch_id is not None or self._lays_down_everywhere(request)

    @property
    def _right(self) -> Right:
        return Right(self.reads)

    def _lays_down_everywhere(self, request: HttpRequest) -> bool:
        return selectors.lays_down_everywhere(actor_of(request), self._right)
