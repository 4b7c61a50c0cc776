"""The role table of the contract's section 2, once more by hand, against the one in the code."""

from __future__ import annotations

import pytest

from apps.accounts.enums import Role
from apps.accounts.rules import GRANTS, Reach, Right, reach, require
from apps.core.actor import Actor
from apps.core.exceptions import Forbidden
from apps.core.ids import new_id

ALL, BRANCH, OWN, NONE = Reach.ALL, Reach.BRANCH, Reach.OWN, Reach.NONE
ROLES = (Role.ADMIN, Role.MANAGER, Role.TECHNICIAN, Role.SELLER, Role.CUSTOMER)

# right                      admin manager technician seller customer
TABLE = {
    "signed_in":            (ALL, ALL,    ALL,    ALL,    ALL),
    "users.read":           (ALL, BRANCH, OWN,    OWN,    OWN),
    "users.write":          (ALL, NONE,   NONE,   NONE,   NONE),
    "users.activate":       (ALL, BRANCH, NONE,   NONE,   NONE),
    "users.remove":         (ALL, NONE,   NONE,   NONE,   OWN),
    "customers.read":       (ALL, ALL,    OWN,    ALL,    OWN),
    "customers.create":     (ALL, ALL,    NONE,   ALL,    NONE),
    "customers.update":     (ALL, ALL,    NONE,   ALL,    OWN),
    "customers.remove":     (ALL, ALL,    NONE,   NONE,   NONE),
    "catalog.read":         (ALL, ALL,    ALL,    ALL,    ALL),
    "catalog.write":        (ALL, ALL,    NONE,   NONE,   NONE),
    "notices.read":         (ALL, ALL,    ALL,    ALL,    NONE),
    "prices.read":          (ALL, ALL,    ALL,    ALL,    ALL),
    "prices.write":         (ALL, ALL,    NONE,   NONE,   NONE),
    "costs.read":           (ALL, ALL,    ALL,    ALL,    NONE),
    "estimates.read":       (ALL, BRANCH, NONE,   NONE,   NONE),
    "items.read":           (ALL, ALL,    ALL,    ALL,    NONE),
    "items.write":          (ALL, ALL,    NONE,   NONE,   NONE),
    "stock.read":           (ALL, BRANCH, BRANCH, BRANCH, NONE),
    "stock.record":         (ALL, BRANCH, OWN,    NONE,   NONE),
    "stock.manage":         (ALL, BRANCH, NONE,   NONE,   NONE),
    "stock.count":          (ALL, BRANCH, BRANCH, BRANCH, NONE),
    "purchases.read":       (ALL, BRANCH, BRANCH, BRANCH, NONE),
    "purchases.write":      (ALL, BRANCH, NONE,   NONE,   NONE),
    "branches.read":        (ALL, ALL,    ALL,    ALL,    ALL),
    "branches.update":      (ALL, BRANCH, NONE,   NONE,   NONE),
    "branches.create":      (ALL, NONE,   NONE,   NONE,   NONE),
    "orders.read":          (ALL, BRANCH, OWN,    BRANCH, OWN),
    "orders.create":        (ALL, BRANCH, NONE,   BRANCH, NONE),
    "orders.edit":          (ALL, BRANCH, NONE,   BRANCH, NONE),
    "orders.parts":         (ALL, BRANCH, OWN,    BRANCH, NONE),
    "orders.status":        (ALL, BRANCH, OWN,    BRANCH, NONE),
    "orders.assign":        (ALL, BRANCH, OWN,    BRANCH, NONE),
    "orders.note":          (ALL, BRANCH, OWN,    BRANCH, NONE),
    "work.record":          (ALL, BRANCH, OWN,    NONE,   NONE),
    "device_password.read": (ALL, BRANCH, OWN,    NONE,   NONE),
    "payments.read":        (ALL, BRANCH, NONE,   BRANCH, OWN),
    "payments.take":        (ALL, BRANCH, NONE,   BRANCH, NONE),
    "payments.refund":      (ALL, BRANCH, NONE,   NONE,   NONE),
    "bookings.read":        (ALL, BRANCH, BRANCH, BRANCH, OWN),
    "bookings.create":      (ALL, BRANCH, NONE,   BRANCH, OWN),
    "bookings.change":      (ALL, BRANCH, NONE,   BRANCH, NONE),
    "bookings.cancel":      (ALL, BRANCH, NONE,   BRANCH, OWN),
    "history.read":         (ALL, BRANCH, NONE,   NONE,   NONE),
    "reports.read":         (ALL, BRANCH, NONE,   NONE,   NONE),
    "reports.schedule":     (ALL, BRANCH, NONE,   NONE,   NONE),
    "messages.read":        (ALL, BRANCH, OWN,    BRANCH, OWN),
    "messages.retry":       (ALL, BRANCH, NONE,   NONE,   NONE),
    "messages.settle":      (ALL, BRANCH, NONE,   NONE,   NONE),
}  # fmt: skip
CELLS = [(right, role, found) for right, row in TABLE.items() for role, found in zip(ROLES, row, strict=True)]


def actor(role: str) -> Actor:
    return Actor("user", "Ada", new_id(), role)


def test_every_right_and_every_role_stand_in_the_table() -> None:
    assert {right.value for right in Right} == TABLE.keys() == {right.value for right in GRANTS}
    assert all(set(row) == set(Role) == set(ROLES) for row in GRANTS.values())


@pytest.mark.parametrize(("right", "role", "expected"), CELLS)
def test_a_right_reaches_as_far_as_the_contract_says(right: str, role: Role, expected: Reach) -> None:
    assert reach(actor(role), Right(right)) is expected


@pytest.mark.parametrize(("right", "role", "expected"), CELLS)
def test_a_right_that_is_missing_is_forbidden(right: str, role: Role, expected: Reach) -> None:
    if expected is NONE:
        with pytest.raises(Forbidden):
            require(actor(role), Right(right))
    else:
        assert require(actor(role), Right(right)) is expected


@pytest.mark.parametrize("right", Right)
def test_who_has_not_logged_in_has_no_right_and_mendery_itself_every_one(right: Right) -> None:
    assert reach(Actor.anonymous(), right) is NONE
    assert reach(Actor.system("job"), right) is ALL


def test_an_unknown_role_is_an_error_and_not_a_right() -> None:
    with pytest.raises(ValueError, match="owner"):
        reach(actor("owner"), Right.SIGNED_IN)
