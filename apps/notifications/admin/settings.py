"""What a branch has settled for its messages: words, quiet hours, what is told at all."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.admin_base import ScopedFilter
from apps.core.admin_site import actor_of, site
from apps.inventory.recorded_admin import BranchSettingsAdmin
from apps.notifications import selectors, services
from apps.notifications.admin.forms import MessageTemplateForm, MessagingSettingsForm, PreviewForm, SwitchedOffForm
from apps.notifications.models import MessageTemplate, MessagingSettings, SwitchedOff


class MessagingAdmin(BranchSettingsAdmin):
    """Rows of a branch, or of all."""

    reads = creates = changes = removes = Right.MESSAGES_SETTLE
    list_select_related = ["branch"]
    search_fields = ["branch__name", "branch__code"]


@admin.register(MessagingSettings, site=site)
class MessagingSettingsAdmin(MessagingAdmin):
    """When a branch writes."""

    form = MessagingSettingsForm
    list_display = ["branch", "quiet_from", "quiet_until", "merge_minutes"]
    list_filter = [("branch", ScopedFilter)]


@admin.register(SwitchedOff, site=site)
class SwitchedOffAdmin(MessagingAdmin):
    """What customers are not told over a channel."""

    form = SwitchedOffForm
    list_display = ["event", "channel", "branch"]
    list_filter = ["event", "channel", ("branch", ScopedFilter)]


@admin.register(MessageTemplate, site=site)
class MessageTemplateAdmin(MessagingAdmin):
    """The shop's own words, with a preview on a real order."""

    form = MessageTemplateForm
    list_display = ["event", "channel", "language", "branch", "version", "is_active"]
    list_filter = ["event", "channel", "language", "is_active", ("branch", ScopedFilter)]
    pages = {"preview": "preview_page"}

    def links(self, request: HttpRequest, record: MessageTemplate) -> list[tuple[str, str]]:
        return [("Preview", self.page_address("preview_page", [record.pk]))]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        with audit.changing(self.get_queryset(request), obj.pk, actor=actor_of(request)) as held:
            form.instance = services.reword(held, form.cleaned_data)

    def preview_page(self, request: HttpRequest) -> HttpResponse:
        """The template on an order, or on a sample; nothing is sent."""
        template = self.chosen(request, self.reads).select_related("branch").first()
        if template is None:
            raise Http404
        form = PreviewForm(request.POST or None)
        order = None
        if form.is_valid() and form.cleaned_data["order_number"]:
            order = selectors.order_by_number(form.cleaned_data["order_number"], actor=actor_of(request))
            if order is None:
                form.add_error("order_number", "There is no such order among yours.")
        return self.page(
            request,
            "admin/notifications/preview.html",
            f"Preview of {template}",
            form=form,
            object=template,
            preview=services.preview_template(template, order),
        )
