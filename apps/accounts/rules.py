"""Who may do what: the role table of the contract, in one place, for every door."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from apps.accounts.enums import Role
from apps.core.actor import Actor
from apps.core.exceptions import Forbidden


class Reach(IntEnum):
    """How far a right goes. Which records are one's own, or in one's branches, is for the selectors to say."""

    NONE = 0
    OWN = 1
    BRANCH = 2
    ALL = 3


class Right(StrEnum):
    """What can be done, in the words of the contract's role table."""

    SIGNED_IN = "signed_in"
    USERS_READ = "users.read"
    USERS_WRITE = "users.write"
    USERS_ACTIVATE = "users.activate"
    USERS_REMOVE = "users.remove"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_CREATE = "customers.create"
    CUSTOMERS_UPDATE = "customers.update"
    CUSTOMERS_REMOVE = "customers.remove"
    CATALOG_READ = "catalog.read"
    CATALOG_WRITE = "catalog.write"
    NOTICES_READ = "notices.read"  # what the shop tells its own counter about a model
    PRICES_READ = "prices.read"
    PRICES_WRITE = "prices.write"
    COSTS_READ = "costs.read"
    ESTIMATES_READ = "estimates.read"  # how right the estimates were that have been used
    ITEMS_READ = "items.read"
    ITEMS_WRITE = "items.write"
    STOCK_READ = "stock.read"
    STOCK_RECORD = "stock.record"
    STOCK_MANAGE = "stock.manage"  # documents that move stock, and undoing movements
    STOCK_COUNT = "stock.count"  # entering what was counted; starting and posting a count is managing
    PURCHASES_READ = "purchases.read"
    PURCHASES_WRITE = "purchases.write"
    BRANCHES_READ = "branches.read"
    BRANCHES_UPDATE = "branches.update"
    BRANCHES_CREATE = "branches.create"
    ORDERS_READ = "orders.read"
    ORDERS_CREATE = "orders.create"
    ORDERS_EDIT = "orders.edit"
    ORDERS_PARTS = "orders.parts"
    ORDERS_STATUS = "orders.status"
    ORDERS_ASSIGN = "orders.assign"
    ORDERS_NOTE = "orders.note"
    WORK_RECORD = "work.record"  # time that is spent on orders
    DEVICE_PASSWORD_READ = "device_password.read"
    PAYMENTS_READ = "payments.read"
    PAYMENTS_TAKE = "payments.take"
    PAYMENTS_REFUND = "payments.refund"
    BOOKINGS_READ = "bookings.read"
    BOOKINGS_CREATE = "bookings.create"
    BOOKINGS_CHANGE = "bookings.change"
    BOOKINGS_CANCEL = "bookings.cancel"
    HISTORY_READ = "history.read"
    REPORTS_READ = "reports.read"
    REPORTS_SCHEDULE = "reports.schedule"
    MESSAGES_READ = "messages.read"
    MESSAGES_RETRY = "messages.retry"
    MESSAGES_SETTLE = "messages.settle"  # templates, quiet hours, what is told at all


def _row(
    *,
    manager: Reach = Reach.NONE,
    technician: Reach = Reach.NONE,
    seller: Reach = Reach.NONE,
    customer: Reach = Reach.NONE,
) -> Mapping[Role, Reach]:
    return {
        Role.ADMIN: Reach.ALL,
        Role.MANAGER: manager,
        Role.TECHNICIAN: technician,
        Role.SELLER: seller,
        Role.CUSTOMER: customer,
    }


_EVERYBODY = _row(manager=Reach.ALL, technician=Reach.ALL, seller=Reach.ALL, customer=Reach.ALL)
_ALL_STAFF = _row(manager=Reach.ALL, technician=Reach.ALL, seller=Reach.ALL)
_MANAGERS = _row(manager=Reach.ALL)

GRANTS: Mapping[Right, Mapping[Role, Reach]] = {
    Right.SIGNED_IN: _EVERYBODY,
    Right.USERS_READ: _row(manager=Reach.BRANCH, technician=Reach.OWN, seller=Reach.OWN, customer=Reach.OWN),
    Right.USERS_WRITE: _row(),
    Right.USERS_ACTIVATE: _row(manager=Reach.BRANCH),
    Right.USERS_REMOVE: _row(customer=Reach.OWN),
    Right.CUSTOMERS_READ: _row(manager=Reach.ALL, technician=Reach.OWN, seller=Reach.ALL, customer=Reach.OWN),
    Right.CUSTOMERS_CREATE: _row(manager=Reach.ALL, seller=Reach.ALL),
    Right.CUSTOMERS_UPDATE: _row(manager=Reach.ALL, seller=Reach.ALL, customer=Reach.OWN),
    Right.CUSTOMERS_REMOVE: _MANAGERS,
    Right.CATALOG_READ: _EVERYBODY,
    Right.CATALOG_WRITE: _MANAGERS,
    Right.NOTICES_READ: _ALL_STAFF,
    Right.PRICES_READ: _EVERYBODY,
    Right.PRICES_WRITE: _MANAGERS,
    Right.COSTS_READ: _ALL_STAFF,
    Right.ESTIMATES_READ: _row(manager=Reach.BRANCH),
    Right.ITEMS_READ: _ALL_STAFF,
    Right.ITEMS_WRITE: _MANAGERS,
    Right.STOCK_READ: _row(manager=Reach.BRANCH, technician=Reach.BRANCH, seller=Reach.BRANCH),
    Right.STOCK_RECORD: _row(manager=Reach.BRANCH, technician=Reach.OWN),
    Right.STOCK_MANAGE: _row(manager=Reach.BRANCH),
    Right.STOCK_COUNT: _row(manager=Reach.BRANCH, technician=Reach.BRANCH, seller=Reach.BRANCH),
    Right.PURCHASES_READ: _row(manager=Reach.BRANCH, technician=Reach.BRANCH, seller=Reach.BRANCH),
    Right.PURCHASES_WRITE: _row(manager=Reach.BRANCH),
    Right.BRANCHES_READ: _EVERYBODY,
    Right.BRANCHES_UPDATE: _row(manager=Reach.BRANCH),
    Right.BRANCHES_CREATE: _row(),
    Right.ORDERS_READ: _row(manager=Reach.BRANCH, technician=Reach.OWN, seller=Reach.BRANCH, customer=Reach.OWN),
    Right.ORDERS_CREATE: _row(manager=Reach.BRANCH, seller=Reach.BRANCH),
    Right.ORDERS_EDIT: _row(manager=Reach.BRANCH, seller=Reach.BRANCH),
    Right.ORDERS_PARTS: _row(manager=Reach.BRANCH, technician=Reach.OWN, seller=Reach.BRANCH),
    Right.ORDERS_STATUS: _row(manager=Reach.BRANCH, technician=Reach.OWN, seller=Reach.BRANCH),
    Right.ORDERS_ASSIGN: _row(manager=Reach.BRANCH, technician=Reach.OWN, seller=Reach.BRANCH),
    Right.ORDERS_NOTE: _row(manager=Reach.BRANCH, technician=Reach.OWN, seller=Reach.BRANCH),
    Right.WORK_RECORD: _row(manager=Reach.BRANCH, technician=Reach.OWN),
    Right.DEVICE_PASSWORD_READ: _row(manager=Reach.BRANCH, technician=Reach.OWN),
    Right.PAYMENTS_READ: _row(manager=Reach.BRANCH, seller=Reach.BRANCH, customer=Reach.OWN),
    Right.PAYMENTS_TAKE: _row(manager=Reach.BRANCH, seller=Reach.BRANCH),
    Right.PAYMENTS_REFUND: _row(manager=Reach.BRANCH),
    Right.BOOKINGS_READ: _row(manager=Reach.BRANCH, technician=Reach.BRANCH, seller=Reach.BRANCH, customer=Reach.OWN),
    Right.BOOKINGS_CREATE: _row(manager=Reach.BRANCH, seller=Reach.BRANCH, customer=Reach.OWN),
    Right.BOOKINGS_CHANGE: _row(manager=Reach.BRANCH, seller=Reach.BRANCH),
    Right.BOOKINGS_CANCEL: _row(manager=Reach.BRANCH, seller=Reach.BRANCH, customer=Reach.OWN),
    Right.HISTORY_READ: _row(manager=Reach.BRANCH),
    Right.REPORTS_READ: _row(manager=Reach.BRANCH),
    Right.REPORTS_SCHEDULE: _row(manager=Reach.BRANCH),
    Right.MESSAGES_READ: _row(manager=Reach.BRANCH, technician=Reach.OWN, seller=Reach.BRANCH, customer=Reach.OWN),
    Right.MESSAGES_RETRY: _row(manager=Reach.BRANCH),
    Right.MESSAGES_SETTLE: _row(manager=Reach.BRANCH),
}


def reach(actor: Actor, right: Right) -> Reach:
    """How far ``actor``'s right goes. Mendery itself reaches everything, who has not logged in nothing."""
    if actor.is_system:
        return Reach.ALL
    return GRANTS[right].get(Role(actor.role), Reach.NONE) if actor.role else Reach.NONE


def is_recent(given_at: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether a second factor that was given then is still good for what needs one again."""
    return given_at is not None and now - given_at <= within


def lacks_second_factor(role: str, given_at: datetime | None, required: Collection[str]) -> bool:
    """Whether a session in which a second factor was given at ``given_at``, or never, is too weak for a role."""
    return given_at is None and role in required


def require_role(actor: Actor, role: Role) -> None:
    """Raises ``Forbidden`` for every other role, an admin's too."""
    if actor.role != role:
        raise Forbidden("Your role does not allow this.")


def require(actor: Actor, right: Right) -> Reach:
    """The reach of a right that ``actor`` has; raises ``Forbidden`` otherwise."""
    found = reach(actor, right)
    if found is Reach.NONE:
        raise Forbidden("Your role does not allow this.")
    return found


# How long nothing is heard after failures in a row, in seconds: from the fifth for an identifier at one address, and
# from the twentieth for an identifier at whatever addresses, which strangers can cause and which is shorter for it.
_FIRST_LOCK, _FIRST_LOCK_EVERYWHERE = 5, 20
_LOCKS = (60, 120, 300, 900, 3600)
_LOCKS_EVERYWHERE = (60, 120, 300, 900)


def lock_seconds(failures: int) -> int:
    """How long an identifier is not heard at an address where it has failed so often in a row; 0 for not at all."""
    return _step(_LOCKS, failures - _FIRST_LOCK)


def lock_seconds_everywhere(failures: int) -> int:
    """How long an identifier is not heard at addresses that are strange to it; 0 for not at all."""
    return _step(_LOCKS_EVERYWHERE, failures - _FIRST_LOCK_EVERYWHERE)


def _step(locks: tuple[int, ...], number: int) -> int:
    return 0 if number < 0 else locks[min(number, len(locks) - 1)]
