"""Rubbish over HTTP: whatever is sent, the answer is never a fault of ours."""

import json
import string
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker
from rest_framework import serializers

from tests.architecture.routes import Route, lists, routes
from tests.conftest import Api
from tests.factories.world import World

STRANGE = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**300, 0.1, -0.0, 1e300, "", " ", "\t", "x", "0",
    "-1", "1e999999", "NaN", "Infinity", "9" * 400, "null", "true", "\u202e", "ﷺ" * 60, "İ" * 100, "😀" * 70, "a" * 3000,
    "'; DROP TABLE repairs_repairorder; --", "{{ 7*7 }}", "../../etc/passwd", "%s%s%n", "<script>", "+44", "2025-02-30",
    "0000-00-00", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "2025-01-01", "12:00", "-",
    [], {}, [[]], [{}], [None], {"": None}, {"id": {}}, ["x"] * 150, [0] * 150,
]  # fmt: skip
WRITES = [route for route in routes() if route.method in {"POST", "PUT", "PATCH"}]
FEW = settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
rubbish = st.recursive(
    st.sampled_from(STRANGE) | st.text(max_size=8) | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all of the rubbish: whatever that does to it is undone at once."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = World()
        found.grow()
        yield found
        transaction.set_rollback(True)


def fields_of(route: Route) -> dict[str, Any]:
    return dict(route.endpoint.request().fields) if route.endpoint.request else {}


def near_miss(field: Any, world: World) -> st.SearchStrategy[Any]:
    """Something that is almost right for a field, so that the checks behind the first one are reached."""
    if isinstance(field, serializers.ListSerializer):
        return st.lists(body_for(dict(field.child.fields), world), max_size=2)
    if isinstance(field, serializers.BaseSerializer):
        return body_for(dict(field.fields), world)
    if isinstance(field, serializers.ChoiceField):
        return st.sampled_from(list(field.choices))
    if isinstance(field, serializers.DecimalField):
        return st.sampled_from(["0", "0.001", "10.00", "99999999999.99", "1e10", "-0.00", 5, 12.5])
    if isinstance(field, serializers.UUIDField | serializers.PrimaryKeyRelatedField):
        known = [world.branch, world.item, world.customer, world.order, world.technician, world.price.device_model,
                 world.price.repair_type, world.part]  # fmt: skip
        return st.sampled_from([str(one.pk) for one in known])
    return st.sampled_from(["x", "Fairphone", "kim@shop.example", "+447700900123", 1, 3, True, "2026-01-01", None])


def body_for(fields: dict[str, Any], world: World) -> st.SearchStrategy[Any]:
    values = {name: near_miss(field, world) | st.sampled_from(STRANGE) for name, field in fields.items()}
    required = {name: value for name, value in values.items() if fields[name].required}
    return st.fixed_dictionaries(required, optional={k: v for k, v in values.items() if k not in required})


def assert_answered(answer: Any, sent: Any) -> None:
    assert answer.status_code < 500, (sent, answer.body)
    if answer.status_code >= 400:
        assert set(answer.body) == {"success", "error", "code", "details", "meta"}, sent


@pytest.mark.exhaustive
@pytest.mark.parametrize("route", WRITES, ids=str)
def test_rubbish_in_a_body_is_never_a_fault(admin: Api, world: World, route: Route) -> None:
    path = f"/api/v1/{route.path(world.ids(route.template))}"
    admin_token = admin.headers

    @FEW
    @given(rubbish | body_for(fields_of(route), world) | body_for(fields_of(route), world))
    def run(body: Any) -> None:
        with transaction.atomic():
            admin.headers = admin_token
            assert_answered(admin.request(route.method, path, json.dumps(body).encode()), body)
            transaction.set_rollback(True)

    run()


PAGING = ["page", "limit", "cursor", "ordering", "q"]
TEXTS = [value for value in STRANGE if isinstance(value, str)] + ["\0", "a\0", "a " * 100, "%", "_", "\\", "[" * 50]

RISKY = [
    "", "\0", "-1", "1e999999", "NaN", "Infinity", "9" * 400, "-" + "9" * 30, "0000-00-00", "2025-02-30", "a" * 3000,
    "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "😀", "[" * 50,
]  # fmt: skip


def filters_of(route: Route) -> list[str]:
    filterset = None if route.parameters else getattr(route.view, "filterset_class", None)
    return [*(filterset.base_filters if filterset else []), *(["branchId"] if "low-stock" in route.template else [])]


def asked(api: Api, path: str, query: dict[str, str]) -> None:
    sent = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in query.items())
    with transaction.atomic():
        assert_answered(api.request("GET", f"/api/v1/{path}?{sent}"), f"{path}?{sent}")


@pytest.mark.exhaustive
def test_rubbish_in_a_query_is_never_a_fault(admin: Api, world: World) -> None:
    paths = {route.path(world.ids(route.template)): route for route in lists()}

    @settings(FEW, max_examples=100)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(paths)))
        orderings = st.sampled_from(sorted(getattr(paths[path].view, "ordering", None) or ["x"]))
        names = st.sampled_from(PAGING + filters_of(paths[path])) | st.text(
            string.ascii_letters, min_size=1, max_size=6
        )
        values = st.sampled_from(TEXTS) | st.text(max_size=10) | orderings
        asked(admin, path, data.draw(st.dictionaries(names, values, max_size=3)))

    run()


@pytest.mark.exhaustive
def test_every_filter_bears_rubbish(admin: Api, world: World) -> None:
    named = [(route.path(world.ids(route.template)), name) for route in lists() for name in filters_of(route)]

    assert len(named) > 25
    for path, name in named:
        for value in RISKY:
            asked(admin, path, {name: value})


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", ["repairs", "catalog/device-models"])
def test_paging_bears_rubbish(admin: Api, world: World, path: str) -> None:
    for name in PAGING:
        for value in TEXTS:
            asked(admin, path, {name: value})


@pytest.mark.parametrize(
    "path",
    ["repairs/%00", "repairs/%ff", "repairs/..%2f", "inventory/scan/%00", "inventory/scan/%ff",
     "inventory/scan/" + "x" * 3000,
     "repairs/" + "9" * 500, "catalog/brands/%F0%9F%98%80", "inventory/scan/a%2Fb", "inventory/scan/%20"],
)  # fmt: skip
def test_rubbish_in_a_path_is_never_a_fault(admin: Api, path: str) -> None:
    answer = admin.get(path)

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-ID",
                                  "Accept", "Origin", "X-Forwarded-For", "Host", "Content-Type", "User-Agent"])  # fmt: skip
def test_rubbish_in_a_header_is_never_a_fault(admin: Api, name: str) -> None:
    for value in ("", "\x01", "é", "x" * 5000, ",,,,", '"', "Bearer", "Bearer a.b.c", "*/*;q=x", "W/"):
        with transaction.atomic():
            answer = admin.client.post(
                "/api/v1/catalog/brands", b'{"name": "x"}', content_type="application/json",
                headers={**admin.headers, name: value},
            )  # fmt: skip
        assert answer.status_code < 500, value
