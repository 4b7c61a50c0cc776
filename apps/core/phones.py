"""Phone numbers in the one form in which they are kept: E.164."""

import phonenumbers
from django.conf import settings

NOT_POSSIBLE = "This is not a possible phone number."


def e164(text: str) -> str:
    """``text`` as E.164; without a country code it is read as of ``settings.PHONE_REGION``.

    Raises ``ValueError`` for what is not a possible number.
    """
    try:
        number = phonenumbers.parse(text, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        raise ValueError(NOT_POSSIBLE) from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError(NOT_POSSIBLE)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
