"""What a device's numbers must be."""

from apps.catalog.rules.imei import IMEI_LENGTH, NotAnImei, parse_imei

NOT_AN_IMEI = "This is not a valid IMEI; the last of its 15 digits is a check digit."


def bare_imei(text: str) -> str:
    """An IMEI without the spaces and dashes between its 15 digits, by the catalogue's rule; empty text stays empty.

    Raises ``ValueError`` for anything else.
    """
    if not text.strip(" -./"):
        return ""
    try:
        imei = parse_imei(text)
    except NotAnImei:
        raise ValueError(NOT_AN_IMEI) from None
    if len(imei.digits) != IMEI_LENGTH:
        raise ValueError(NOT_AN_IMEI)
    return imei.digits
