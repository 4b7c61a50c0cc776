"""A customer's name below a text."""

import base64
import binascii

from django import forms

from apps.core.images import ImageRefused
from apps.core.written_names import MOST_BYTES, read_signature
from apps.dashboard.forms.fields import OnceField, PageForm, text_input

_PREFIX = "data:image/png;base64,"


class SignatureForm(PageForm):
    """The typed name, and the drawn one if there is one; with the hash of the text that the page shows."""

    id = OnceField()
    name = forms.CharField(label="Name of who signs", max_length=200, widget=text_input())
    image = forms.CharField(required=False, max_length=2 * MOST_BYTES, widget=forms.HiddenInput)
    text_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean_image(self) -> bytes:
        text: str = self.cleaned_data["image"]
        if not text:
            return b""
        try:
            return read_signature(base64.b64decode(text.removeprefix(_PREFIX), validate=True))
        except (binascii.Error, ImageRefused):
            raise forms.ValidationError("The drawing did not arrive; sign once more.") from None
