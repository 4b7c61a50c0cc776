"""Forms of the back office of messages."""

from typing import Any

from django import forms

from apps.core.admin_forms import RefusableForm
from apps.core.exceptions import ValidationFailed
from apps.notifications import services
from apps.notifications.models import MessageTemplate, MessagingSettings, SwitchedOff


class MessageTemplateForm(RefusableForm):
    """Words are checked as over the interface."""

    language = forms.RegexField(r"^[a-z]{2,3}$", max_length=3, initial="en")

    class Meta:
        model = MessageTemplate
        fields = ["branch", "event", "channel", "language", "subject", "body", "is_active"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            services.check_template(*(given.get(name) or "" for name in ("event", "channel", "subject", "body")))
        except ValidationFailed as refusal:
            for detail in refusal.details:
                self.add_error(detail.field, detail.message)
        except ValueError:  # no event: that is said at its field
            pass
        return given


class MessagingSettingsForm(RefusableForm):
    class Meta:
        model = MessagingSettings
        fields = ["branch", "quiet_from", "quiet_until", "merge_minutes"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            self.add_error("quiet_until", "Quiet hours have a beginning and an end, or neither.")
        return given


class SwitchedOffForm(RefusableForm):
    class Meta:
        model = SwitchedOff
        fields = ["branch", "event", "channel"]


class PreviewForm(forms.Form):
    """On which order a template is shown."""

    order_number = forms.CharField(max_length=20, required=False, label="Order number")
