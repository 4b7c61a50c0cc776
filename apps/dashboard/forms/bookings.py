"""The shapes of what is said on the page of a booking's link."""

from django import forms

from apps.dashboard.forms.fields import PageForm, area

CANCEL, MOVE = "cancel", "move"


class DayForm(forms.Form):
    """The day of which the free times are looked at."""

    day = forms.DateField(
        label="Another day", required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput({"type": "date"})
    )


class BookingLinkForm(PageForm):
    """To move a booking to one of the times that are shown, or to cancel it."""

    field_names = {"startsAt": "starts_at"}
    action = forms.ChoiceField(choices=[(CANCEL, "cancel"), (MOVE, "move")], widget=forms.HiddenInput)
    starts_at = forms.DateTimeField(label="Time", required=False)
    reason = forms.CharField(label="You may say why", max_length=500, required=False, widget=area(2))

    def clean(self) -> None:
        """A time is there where the booking is moved."""
        said = self.cleaned_data
        if said.get("action") == MOVE and not said.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", "Choose one of the times.")
