"""The text that a customer signs."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.core.exceptions import NotFound
from apps.repairs.enums import SignaturePurpose
from apps.repairs.models import Signature, Terms

FALLBACK = "en"
# What is signed where a shop has written no terms: that the device has changed hands, and nothing else.
PLAIN = {
    SignaturePurpose.INTAKE: "I have handed in the device described here, as it is described.",
    SignaturePurpose.HAND_OVER: "I have received the device described here.",
}


@dataclass(frozen=True)
class TermsText:
    """A text in a language; ``text_sha256`` is of its UTF-8 form, by which it is known that it has not changed."""

    purpose: str
    language: str
    text: str

    @property
    def text_sha256(self) -> str:
        return sha256(self.text.encode()).hexdigest()


def terms_for(branch_id: UUID, purpose: str, language: str) -> TermsText:
    """What is signed at a branch: its own text before the general one, in ``language``, its main language or English."""
    languages = [language, language.partition("-")[0], FALLBACK]
    rows = Terms.objects.filter(Q(branch_id=branch_id) | Q(branch=None), purpose=purpose, language__in=languages)
    found = {(row.branch_id is None, row.language): row for row in rows}
    # A text that the customer can read comes before one of the branch that they cannot.
    for spoken in languages:
        for is_general in (False, True):
            if row := found.get((is_general, spoken)):
                return TermsText(purpose, row.language, row.text)
    return TermsText(purpose, FALLBACK, PLAIN[SignaturePurpose(purpose)])


def image_of_signature(among: QuerySet[Signature], pk: UUID) -> bytes:
    """The picture of one of ``among``. Raises ``NotFound``."""
    image = among.filter(pk=pk).values_list("image", flat=True).first()
    if image is None:
        raise NotFound("There is no such signature.")
    return bytes(image)
