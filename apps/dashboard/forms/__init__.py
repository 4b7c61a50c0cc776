"""The shapes of what is typed on the pages."""

from apps.dashboard.forms.bookings import BookingLinkForm, DayForm
from apps.dashboard.forms.fields import OnceField, PageForm
from apps.dashboard.forms.intake import CustomerForm, IntakeForm
from apps.dashboard.forms.orders import AssignForm, NoteForm, PaymentForm, SerialsForm, StatusForm
from apps.dashboard.forms.signing import SignatureForm
from apps.dashboard.forms.tracking import AnswerForm

__all__ = [
    "AnswerForm", "AssignForm", "BookingLinkForm", "CustomerForm", "DayForm", "IntakeForm", "NoteForm",
    "OnceField", "PageForm", "PaymentForm", "SerialsForm", "SignatureForm", "StatusForm",
]  # fmt: skip
