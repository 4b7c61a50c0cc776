"""Amounts as people type them in their country: what can be read in one way only is read, the rest is refused."""

import re
from decimal import Decimal

from apps.core.file_rows import RefusedCell

_DIGITS = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([ '.,][0-9]{3})+")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'"})
_MOST_WHOLE, _MOST_DECIMALS = 11, 3


def read_amount(text: str) -> Decimal:
    """``1299.50``, ``1299,50``, ``1.299,50``, ``1,299.50``, ``1 299,50`` and ``1'299.50`` are all the same.

    A single point is always that of decimals, as in every export. A single comma before three digits (“1,299”) may stand
    between thousands or before decimals, and is refused, unless a 0 stands before it. Raises ``RefusedCell``.
    """
    bare = text.translate(_SPACES).strip()
    if bare.startswith(("-", "−")):
        raise RefusedCell("min_value", "This must not be less than 0.")
    whole, decimals = _parts(bare)
    if len(whole) > _MOST_WHOLE or len(decimals) > _MOST_DECIMALS:
        raise RefusedCell("invalid", f"An amount has at most {_MOST_WHOLE} digits, and {_MOST_DECIMALS} decimals.")
    return Decimal(f"{whole}.{decimals}" if decimals else whole)


def _parts(bare: str) -> tuple[str, str]:
    """The digits before and behind the sign of decimals."""
    sign = _decimal_sign(bare)
    before, _, behind = bare.rpartition(sign) if sign else (bare, "", "")
    separators = set(re.sub(r"[0-9]", "", before))
    grouped = len(separators) == 1 and sign not in separators and _GROUPED.fullmatch(before)
    if not (_DIGITS.fullmatch(before) or grouped) or (sign and not _DIGITS.fullmatch(behind)):
        raise RefusedCell("invalid", "This is not an amount such as 1299.50.")
    return re.sub(r"[^0-9]", "", before), behind


def _decimal_sign(bare: str) -> str:
    """The point or comma behind which decimals stand; none for a whole number, perhaps with signs between thousands."""
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return ""
    sign, other = bare[last], ",.".replace(bare[last], "")
    if bare.count(sign) > 1:
        return ""
    alone = other not in bare and not {" ", "'"} & set(bare)
    if sign == "," and alone and len(bare) - last == 4 and _GROUPED.fullmatch(bare):
        raise RefusedCell("ambiguous", f"“{bare[:20]}” may be thousands or decimals. Write 1299 or 1.299.")
    return sign
