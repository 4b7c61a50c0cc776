"""What the pages decide for themselves: which lists a role has, how a scan is read, what a step is called."""

import re
from collections.abc import Mapping
from datetime import datetime

from apps.accounts.enums import Role
from apps.core.actor import Actor
from apps.dashboard.enums import Show, Sort
from apps.repairs.enums import OrderStatus as S
from apps.repairs.models.orders import OPEN

LONGEST_SEARCH = 200
_IMEI_FROM = 14  # digits: one that lacks a digit is not a model either
_LINK = re.compile(r"https?://[^/\s]+/track/([\w-]+)/?")
_SPACED_IMEI = re.compile(r"\d[\d\s./-]{13,25}\d")
_PHONE = re.compile(r"[+(]?[\d\s()./-]{5,30}")

IN_HOUSE = (*OPEN, S.COMPLETED, S.READY_PICKUP)

_STEPS: Mapping[S, str] = {
    S.IN_PROGRESS: "Start work",
    S.AWAITING_APPROVAL: "Ask for approval",
    S.WAITING_PARTS: "Wait for parts",
    S.COMPLETED: "Work completed",
    S.READY_PICKUP: "Ready for pick-up",
    S.DELIVERED: "Hand over",
    S.CANCELLED: "Cancel the order",
    S.PENDING: "Reopen",
}
_STEPS_FROM: Mapping[tuple[S, S], str] = {
    (S.AWAITING_APPROVAL, S.IN_PROGRESS): "Approved: start work",
    (S.WAITING_PARTS, S.IN_PROGRESS): "Resume work",
    (S.COMPLETED, S.IN_PROGRESS): "Check failed: back to work",
    (S.READY_PICKUP, S.IN_PROGRESS): "Rework",
    (S.CANCELLED, S.READY_PICKUP): "Return unrepaired",
}


# In this order: Edge and Opera call themselves Chrome as well, and Chrome calls itself Safari.
_PROGRAMS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(user_agent: str) -> str:
    """``Firefox on Windows``; what is no browser is called what it calls itself."""
    program = next((name for sign, name in _PROGRAMS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if program and system:
        return f"{program} on {system}"
    return user_agent[:60] or "unknown device"


def lists_of(actor: Actor) -> tuple[Show, ...]:
    """The lists that a role has, its usual one first."""
    if actor.role == Role.TECHNICIAN:
        return Show.MINE, Show.FREE
    return (Show.ALL, Show.FREE) if actor.role == Role.SELLER else (Show.ALL, Show.MINE, Show.FREE)


def usual_sort(actor: Actor) -> Sort:
    """The bench works by due time, the counter looks for what has just come in."""
    return Sort.DUE if actor.role == Role.TECHNICIAN else Sort.NEWEST


def search_text(typed: str) -> str:
    """What was typed or scanned, in the form in which it is stored: an IMEI loses its spaces and dashes."""
    text = " ".join(typed.replace("\0", "").split())[:LONGEST_SEARCH]
    digits = re.sub(r"\D", "", text)
    return digits if _SPACED_IMEI.fullmatch(text) and len(digits) == 15 else text


def token_scanned(text: str) -> str:
    """The token in the address of a customer's page, which is the code on their receipt; else nothing."""
    found = _LINK.fullmatch(text)
    return found[1] if found else ""


def is_imei_typed(text: str) -> bool:
    """Whether what was searched for is the number of a phone, be it right or not: no model is called so."""
    digits = re.sub(r"[\s./-]", "", text)
    return digits.isascii() and digits.isdigit() and len(digits) >= _IMEI_FROM


def phone_digits(typed: str) -> str:
    """The digits by which a phone number is found however it is written: without the leading zeros; else nothing."""
    if not _PHONE.fullmatch(typed.strip()):
        return ""
    digits = re.sub(r"\D", "", typed).lstrip("0")
    return digits if len(digits) >= 5 else ""


def is_overdue(status: str, promised: datetime | None, now: datetime) -> bool:
    """Whether the work should have been done by now."""
    return status in OPEN and promised is not None and promised < now


def step_name(status: str, to: str) -> str:
    """What the button of a move says."""
    move = S(status), S(to)
    return _STEPS_FROM.get(move) or _STEPS[move[1]]
