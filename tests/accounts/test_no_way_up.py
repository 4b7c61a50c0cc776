"""Whatever those who are no admins ask for in whatever order: nobody becomes one, and nobody gets another role."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.accounts.models import User
from tests.conftest import Api
from tests.factories import BranchFactory, CustomerFactory, member
from tests.factories.people import PASSWORD

ROLES = ("admin", "manager", "technician", "seller", "customer")
CALLERS = st.sampled_from(["manager", "technician", "seller", "waiting", "customer", "nobody"])
TARGETS = st.sampled_from(["admin", "manager", "technician", "seller", "waiting", "customer", "far"])
# Every way in which a role, a status or a confirmation could be written into a body.
CLAIMS = st.one_of(
    st.tuples(st.just("role"), st.sampled_from(ROLES)),
    st.tuples(st.sampled_from(["isActive", "isVerified", "isApproved"]), st.booleans()),
    st.tuples(
        st.sampled_from(["is_superuser", "isStaff", "authVersion", "email"]), st.sampled_from([True, 1, "a@b.example"])
    ),
)
STATUS = {"isActive": True, "reason": "because"}
NAMES = {"firstName": "Eve", "lastName": "Climber"}
REGISTER = ("POST", "auth/register", {**NAMES, "email": "eve@evil.example", "password": PASSWORD})
DOORS = st.sampled_from([
    ("PUT", "users/{pk}/status", STATUS), ("PUT", "admin/auth/users/{pk}/status", STATUS),
    ("PUT", "users/{pk}/profile", NAMES), ("PUT", "admin/auth/profile", NAMES), ("PUT", "{role}/auth/profile", NAMES),
    ("DELETE", "admin/auth/users/{pk}", {}), ("DELETE", "users/{pk}", {}), ("PATCH", "users/{pk}", {}),
    ("POST", "users", NAMES), REGISTER, ("PATCH", "customers/{record}", {}),
])  # fmt: skip


class Climbers(RuleBasedStateMachine):
    """A shop with somebody of each kind, who ask for all that they can think of."""

    def __init__(self) -> None:
        super().__init__()
        branch = BranchFactory()
        self.people: dict[str, User] = {role: member(role, branch) for role in ROLES}
        self.people["waiting"] = member("seller", branch, is_approved=False)
        self.people["far"] = member("technician", BranchFactory())
        self.record = CustomerFactory(user=self.people["customer"])
        self.before = self.standing()
        self.first = set(User.objects.values_list("pk", flat=True))

    def standing(self) -> dict[Any, tuple[str, bool, bool]]:
        pks = [user.pk for user in self.people.values()]
        rows = User.objects.filter(pk__in=pks).values_list("pk", "role", "is_approved", "is_verified")
        return {pk: (role, approved, verified) for pk, role, approved, verified in rows}

    @rule(caller=CALLERS, whose=TARGETS, door=DOORS, claim=CLAIMS)
    def asks(self, caller: str, whose: str, door: tuple[str, str, Any], claim: tuple[str, Any]) -> None:
        user = self.people.get(caller)
        method, path, body = door
        path = path.format(pk=self.people[whose].pk, record=self.record.pk, role=user.role if user else "admin")

        answer = self.api(user).request(method, f"/api/v1/{path}", {**body, claim[0]: claim[1]})

        assert answer.status_code < 500

    def api(self, user: User | None) -> Api:
        """A session of the user as they are now; nobody's for who is kept out."""
        return Api(User.objects.filter(pk=user.pk, is_active=True).first() if user else None)

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


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_no_sequence_of_calls_by_others_makes_an_admin() -> None:
    how = settings(
        max_examples=12, stateful_step_count=16, derandomize=True, deadline=None, database=None,
        phases=[Phase.generate],
    )  # fmt: skip

    run_state_machine_as_test(Climbers, settings=how)
