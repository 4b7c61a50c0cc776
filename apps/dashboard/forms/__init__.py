"""The shapes of what is typed on the pages."""

from apps.dashboard.forms.orders import (
    AssignForm,
    CustomerForm,
    IntakeForm,
    NoteForm,
    OnceField,
    PageForm,
    PaymentForm,
    SerialsForm,
    StatusForm,
)

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
