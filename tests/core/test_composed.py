"""Statements that are composed once: what the first call was about must not stick to the next ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet

from apps.core import composed
from apps.core.ids import new_id
from apps.inventory.models import Branch
from tests.conftest import Api
from tests.factories import order


@pytest.fixture(autouse=True)
def _nothing_composed() -> Iterator[None]:
    composed._texts.clear()
    yield
    composed._texts.clear()


@pytest.mark.parametrize("role", ["technician", "customer", "manager"])
def test_who_asks_first_for_an_order_with_their_own_id_keeps_it_from_nobody(
    role: str, branch: Branch, request: pytest.FixtureRequest
) -> None:
    asking: Api = request.getfixturevalue(role)
    assert asking.user is not None
    who = {"technician": asking.user} if role == "technician" else {}
    owner = {"customer": asking.user.customer.pk} if role == "customer" else {}
    found = order(branch, **who, **owner)

    first = asking.get(f"repairs/{asking.user.pk}")
    second = asking.get(f"repairs/{found.pk}")
    again = asking.get(f"repairs/{asking.user.pk}")

    assert [answer.status_code for answer in (first, second, again)] == [404, 200, 404]
    assert second.body["data"]["id"] == str(found.pk)


def test_the_first_call_may_write_its_id_as_text(branch: Branch) -> None:
    pk = str(new_id())

    def make(wanted: object) -> QuerySet[Branch, Any]:
        return Branch.objects.filter(pk=wanted).values_list("pk")

    missed = composed.rows("first as text", lambda: make(pk), {"pk": pk})
    found = composed.rows("first as text", lambda: make(pk), {"pk": branch.pk})
    again = composed.rows("first as text", lambda: make(pk), {"pk": str(branch.pk)})

    assert (missed, found, again) == ([], [(branch.pk,)], [(branch.pk,)])
