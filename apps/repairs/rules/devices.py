"""What a device's numbers must be."""

from stdnum import imei

NOT_AN_IMEI = "This is not a valid IMEI; the last of its 15 digits is a check digit."


def bare_imei(text: str) -> str:
    """An IMEI without the spaces and dashes between its 15 digits (3GPP TS 23.003, Luhn); empty text stays empty.

    Raises ``ValueError`` for anything else.
    """
    digits = "".join(char for char in text if char not in " -./")
    if digits and not (len(digits) == 15 and imei.is_valid(digits)):
        raise ValueError(NOT_AN_IMEI)
    return digits
