"""By when something has to happen to an order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from apps.repairs.enums import OrderStatus

WARNED_BEFORE = timedelta(hours=1)  # that a promise is going to be missed
_AT_WORK = (OrderStatus.PENDING, OrderStatus.AWAITING_APPROVAL, OrderStatus.IN_PROGRESS, OrderStatus.WAITING_PARTS)


@dataclass(frozen=True)
class Limit:
    """How long an order may stay in a status: at one branch or at all, for one priority or for all."""

    branch_id: UUID | None
    priority: str
    hours: int


@dataclass(frozen=True)
class Due:
    """The promise holds while the work is not done, the limit as long as the order stays in its status."""

    promised_at: datetime | None
    limit_hours: int | None
    limit_at: datetime | None

    @property
    def due_at(self) -> datetime | None:
        times = [moment for moment in (self.promised_at, self.limit_at) if moment is not None]
        return min(times, default=None)

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now


def narrowest(limits: Iterable[Limit], branch_id: UUID, priority: str) -> int | None:
    """The hours of the limit that holds: the branch's before the one for all, then the priority's before that for all."""
    fitting = [limit for limit in limits if limit.branch_id in {None, branch_id} and limit.priority in {"", priority}]
    best = max(fitting, key=lambda limit: (limit.branch_id is not None, limit.priority != ""), default=None)
    return None if best is None else best.hours


def due(status: str, since: datetime, promised_at: datetime | None, hours: int | None) -> Due:
    """When an order is due that has been in a status since a moment."""
    return Due(
        promised_at if status in _AT_WORK else None,
        hours,
        None if hours is None else since + timedelta(hours=hours),
    )
