"""The shapes of what is typed on the pages."""

from apps.dashboard.forms.fields import OnceField, PageForm
from apps.dashboard.forms.intake import CustomerForm, IntakeForm
from apps.dashboard.forms.orders import AssignForm, NoteForm, PaymentForm, SerialsForm, StatusForm

__all__ = [
    "AssignForm",
    "CustomerForm",
    "IntakeForm",
    "NoteForm",
    "OnceField",
    "PageForm",
    "PaymentForm",
    "SerialsForm",
    "StatusForm",
]
