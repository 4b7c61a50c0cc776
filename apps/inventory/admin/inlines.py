"""Rows that are typed together with the record that they hang on."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class ChoosingInline(admin.StackedInline):
    """Rows that each choose an item. Whoever may change the record may change them."""

    autocomplete_fields = ["item"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_add_related"):
            # A row chooses an item; the items themselves are kept elsewhere, and a phone has no room for their buttons.
            widget = field.widget
            widget.can_add_related = widget.can_change_related = False
            widget.can_delete_related = widget.can_view_related = False
        return field

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True
