"""What hangs on an account, as its page in the back office shows it."""

from typing import Any

from apps.accounts import selectors
from apps.accounts.models import User
from apps.audit.models import Event
from apps.audit.recorded_admin import details_of
from apps.core.actor import Actor
from apps.core.admin_base import Table

_SHOWN = 20


def tables_of(user: User, actor: Actor) -> list[Table]:
    """Branches, latest sessions and latest activity; as much of them as ``actor`` may read."""
    return [_branches(user), _sessions(user, actor), _activity(user, actor)]


def _branches(user: Any) -> Table:
    memberships = user.branch_memberships.select_related("branch").order_by("pk")
    rows = [(found.branch.name, found.branch.code, found.created_at) for found in memberships]
    return Table("Branches", ("Name", "Code", "Since"), rows)


def _sessions(user: User, actor: Actor) -> Table:
    sessions = selectors.sessions_visible_to(actor).filter(user=user).order_by("-last_seen_at", "-pk")
    rows = [
        (found.get_kind_display(), found.device, found.address or "", found.created_at, found.last_seen_at,
         found.get_end_reason_display() or "–")
        for found in sessions[:_SHOWN]
    ]  # fmt: skip
    return Table("Sessions", ("Kind", "Device", "Address", "First seen", "Last seen", "Ended"), rows)


def _activity(user: User, actor: Actor) -> Table:
    rows = [
        (event.created_at, event.actor_label, event.type, _words(event.payload), _address(event, actor))
        for event in selectors.activity_of(user.pk, actor=actor)[:_SHOWN]
    ]
    return Table("Activity", ("When", "Who", "What", "Details", "Address"), rows)


def _address(event: Event, actor: Actor) -> str:
    seen = selectors.sees_address(actor, by=event.actor_id, about=event.aggregate_id)
    return event.address or "" if seen else ""


def _words(payload: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in details_of(payload))
