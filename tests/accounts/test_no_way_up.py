"""Whatever those who are no admins ask for in whatever order: nobody becomes one, and nobody gets another role."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.accounts.models import User
from tests.conftest import Api
from tests.factories import BranchFactory, CustomerFactory, UserFactory, member
from tests.factories.people import PASSWORD

ROLES = ("admin", "manager", "technician", "seller", "customer")
CALLERS = st.sampled_from(["manager", "technician", "seller", "waiting", "customer", "nobody"])
TARGETS = st.sampled_from(["admin", "manager", "technician", "seller", "waiting", "customer", "far"])
# Every way in which a role, a status or a confirmation could be written into a body.
CLAIMS = st.dictionaries(
    st.sampled_from(
        ["role", "isActive", "isVerified", "isApproved", "is_superuser", "isStaff", "authVersion", "reason"]
    ),
    st.sampled_from([*ROLES, True, False, None, "because"]),
    max_size=3,
)
DOORS = st.sampled_from([
    ("PUT", "users/{pk}/status"), ("PUT", "admin/auth/users/{pk}/status"), ("PUT", "users/{pk}/profile"),
    ("PUT", "admin/auth/profile"), ("PUT", "manager/auth/profile"), ("PUT", "technician/auth/profile"),
    ("PUT", "seller/auth/profile"), ("PUT", "customer/auth/profile"), ("PATCH", "users/{pk}"),
    ("DELETE", "admin/auth/users/{pk}"), ("POST", "users"), ("POST", "auth/register"), ("PATCH", "customers/{pk}"),
])  # fmt: skip
FILLED = {"firstName": "Eve", "lastName": "Climber", "isActive": True, "reason": "because"}


class Climbers(RuleBasedStateMachine):
    """A shop with somebody of each kind, who ask for all that they can think of."""

    def __init__(self) -> None:
        super().__init__()
        branch = BranchFactory()
        self.people: dict[str, User] = {role: member(role, branch) for role in ROLES}
        self.people["waiting"] = UserFactory(role="seller", is_approved=False)
        self.people["far"] = member("technician", BranchFactory())
        CustomerFactory(user=self.people["customer"])
        self.before = self.standing()
        self.first = set(User.objects.values_list("pk", flat=True))

    def standing(self) -> dict[Any, tuple[str, bool, bool]]:
        pks = [user.pk for user in self.people.values()]
        rows = User.objects.filter(pk__in=pks).values_list("pk", "role", "is_approved", "is_verified")
        return {pk: (role, approved, verified) for pk, role, approved, verified in rows}

    @rule(caller=CALLERS, whose=TARGETS, door=DOORS, claims=CLAIMS, whole=st.booleans())
    def asks(self, caller: str, whose: str, door: tuple[str, str], claims: dict[str, Any], whole: bool) -> None:
        user = User.objects.filter(pk=self.people[caller].pk, is_active=True).first() if caller != "nobody" else None
        method, path = door
        body = {**(FILLED if whole else {}), **claims}
        if path == "auth/register":
            body = {
                "firstName": "Eve",
                "lastName": "C",
                "email": f"{whose}@evil.example",
                "password": PASSWORD,
                **claims,
            }

        answer = Api(user).request(method, path.format(pk=self.people[whose].pk), body)

        assert answer.status_code < 500

    @invariant()
    def everybody_is_what_they_were(self) -> None:
        assert self.standing() == self.before
        admin = User.objects.get(pk=self.people["admin"].pk)
        assert (admin.is_active, admin.erased_at) == (True, None)

    @invariant()
    def nobody_else_is_more_than_a_customer_or_a_seller_in_waiting(self) -> None:
        others = User.objects.exclude(pk__in=self.first)
        assert {user.role for user in others} <= {"customer", "seller"}
        assert all(user.awaits_approval for user in others if user.role == "seller")


@pytest.mark.django_db
def test_no_sequence_of_calls_by_others_makes_an_admin() -> None:
    how = settings(
        max_examples=25, stateful_step_count=12, derandomize=True, deadline=None, database=None,
        phases=[Phase.generate],
    )  # fmt: skip

    run_state_machine_as_test(Climbers, settings=how)
