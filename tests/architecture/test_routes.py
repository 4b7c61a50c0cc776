"""Every route is described, and none is open that should not be."""

import re
from typing import Any
from uuid import UUID

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.architecture.routes import Route, lists, routes
from tests.conftest import Api

PUBLIC = {
    "POST auth/login", "POST auth/refresh", "POST auth/refresh-token", "POST auth/register", "POST auth/verify-otp",
    "POST auth/resend-otp", "POST auth/forgot-password", "POST auth/reset-password", "POST auth/mfa/verify",
    "GET track/{token}", "POST track/{token}/approve", "POST track/{token}/decline",
    "GET track/{token}/attachments/{aid}", "GET track/{token}/attachments/{aid}/thumbnail",
    "GET bookings/link/{token}", "POST bookings/link/{token}/cancel", "POST bookings/link/{token}/move",
    "POST hooks/twilio/status", "POST hooks/twilio/messages", "POST hooks/sendgrid/events",
}  # fmt: skip
NOBODY = UUID("01234567-89ab-7def-8123-456789abcdef")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def _shape(template: str) -> str:
    return re.sub(r"<\w+>|\{\w+\}", "{}", template)


def test_the_document_describes_exactly_the_routes_that_exist(document: dict[str, Any]) -> None:
    described = {
        f"{method.upper()} {_shape(path.removeprefix('/api/v1/'))}"
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    }

    existing = {_shape(str(route)) for route in routes()}

    assert len(existing) > 70
    assert described == existing


@pytest.mark.exhaustive
def test_every_operation_is_described_with_its_refusals(document: dict[str, Any]) -> None:
    lacking = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if not {"400", "406", "429", "503"} < set(operation["responses"]) or not operation["tags"]
    ]

    assert document["openapi"].startswith("3.1")
    assert lacking == []


def test_the_document_asks_for_a_token_where_one_is_needed(document: dict[str, Any]) -> None:
    open_ = {
        f"{method.upper()} {path.removeprefix('/api/v1/')}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation.get("security") != [{"bearer": []}]
    }

    assert open_ == PUBLIC


@pytest.mark.parametrize("path", ["users/{id}/profile", "customer/auth/profile", "admin/auth/profile"])
def test_the_document_knows_that_a_write_may_name_what_it_is_based_on(document: dict[str, Any], path: str) -> None:
    assert "If-Match" in [one["name"] for one in document["paths"][f"/api/v1/{path}"]["put"]["parameters"]]


def test_the_document_does_not_describe_shapes_by_the_docstring_of_their_base(document: dict[str, Any]) -> None:
    described = [name for name, one in document["components"]["schemas"].items() if "shape of the contract" in str(one)]

    assert described == []


def test_only_the_routes_of_the_contract_are_open_to_everybody() -> None:
    assert {_described(route) for route in routes() if route.endpoint.right is None} == PUBLIC


@pytest.mark.exhaustive
@pytest.mark.parametrize("token", [None, "Bearer nonsense"], ids=["without a token", "with a false token"])
def test_every_other_route_refuses_who_has_not_logged_in(anonymous: Api, token: str | None) -> None:
    closed = [route for route in routes() if _described(route) not in PUBLIC]
    headers = {"Authorization": token} if token else {}

    answers = {str(route): anonymous.request(route.method, _nowhere(route), {}, **headers) for route in closed}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(map(str, closed), 401)
    assert {answer.headers["WWW-Authenticate"] for answer in answers.values()} == {"Bearer"}
    for answer in answers.values():
        assert set(answer.body) == {"success", "error", "code", "details", "meta"}
        assert (answer.body["success"], answer.body["code"], answer.body["details"]) == (False, "UNAUTHORIZED", [])


def _described(route: Route) -> str:
    return re.sub(r"<(\w+)>", r"{\1}", str(route))


def _nowhere(route: Route) -> str:
    return route.path({**dict.fromkeys(route.parameters, NOBODY), "version": 1})


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_does_not_exist_is_not_found(anonymous: Api, method: str) -> None:
    answer = anonymous.request(method, "/api/v1/nothing/here")

    assert answer.status_code == 404
    assert answer.body["code"] == "NOT_FOUND"


@pytest.mark.exhaustive
def test_no_list_takes_a_filter_value_for_nothing_said(admin: Api) -> None:
    filtered = {
        (route.template, name): admin.get(f"{_nowhere(route)}?{name}=~nonsense~").status_code
        for route in lists()
        if getattr(route.view, "filterset_class", None) and not route.parameters
        for name in route.view.filterset_class.base_filters
    }

    assert len(filtered) > 20
    assert set(filtered.values()) == {400}, filtered
