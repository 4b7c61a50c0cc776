"""The number of a phone (3GPP TS 23.003, section 6.2): eight digits of its type, six of its own, and a check digit."""

from dataclasses import dataclass

from stdnum import luhn

_BETWEEN = " -./\u00a0"
IMEI_LENGTH, IMEISV_LENGTH, TAC_LENGTH = 15, 16, 8


class NotAnImei(ValueError):
    """The text is no IMEI; ``code`` says why: ``invalid``, ``invalid_length`` or ``invalid_check_digit``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Imei:
    """The digits of an IMEI, or of an IMEISV, where two digits for the software stand instead of the check digit."""

    digits: str

    @property
    def tac(self) -> str:
        """The type allocation code."""
        return self.digits[:TAC_LENGTH]

    @property
    def checked(self) -> str:
        """The 15 digits of the IMEI; for an IMEISV the check digit is computed, as it does not cover the software's."""
        own = self.digits[: IMEI_LENGTH - 1]
        return own + str(luhn.calc_check_digit(own))


def parse_imei(text: str) -> Imei:
    """The number that was typed or scanned, with or without spaces and dashes between its digits.

    Raises ``NotAnImei``.
    """
    digits = "".join(char for char in text if char not in _BETWEEN)
    if digits and not (digits.isascii() and digits.isdigit()):
        raise NotAnImei("invalid", "An IMEI consists of digits.")
    if len(digits) not in {IMEI_LENGTH, IMEISV_LENGTH}:
        raise NotAnImei("invalid_length", f"An IMEI has 15 digits, an IMEISV 16; these are {len(digits)}.")
    if len(digits) == IMEI_LENGTH and not luhn.is_valid(digits):
        raise NotAnImei("invalid_check_digit", "The last digit does not match the others: one of them is wrong.")
    return Imei(digits)
