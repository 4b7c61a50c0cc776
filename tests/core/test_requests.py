"""What every request gets, whatever it asks for: an id, a time, a method that exists, and only its own origins."""

import re
from typing import Any

import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from apps.accounts.models import TotpDevice
from apps.accounts.services import update_user
from apps.catalog.models import Brand
from apps.core.actor import Actor
from apps.core.middleware import CookieSessionMiddleware, PageHtmxMiddleware
from apps.core.views import document
from tests.conftest import Api
from tests.factories import BrandFactory

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ORIGIN = "https://shop.example"


@pytest.mark.parametrize("sent", ["a", "7f3a:42/x_y.z+1=@-", "x" * 128])
def test_sane_request_id_is_given_back(admin: Api, sent: str) -> None:
    answer = admin.get("auth/me", X_Request_ID=sent)

    assert (answer.headers["X-Request-ID"], answer.body["meta"]["requestId"]) == (sent, sent)


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "a\tb", "<script>", "é", 'a"b', "a,b"])
def test_other_request_id_is_replaced_by_a_new_one(admin: Api, sent: str) -> None:
    answer = admin.get("auth/me", X_Request_ID=sent)

    assert UUID7.fullmatch(answer.headers["X-Request-ID"])
    assert answer.body["meta"]["requestId"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "path", ["/", "/health/live", "/api/v1/auth/me", "/api/v1/nothing", "/nothing", "/api/schema", "/admin/login/"]
)
def test_every_answer_has_its_id_and_its_time(client: Client, db: None, path: str) -> None:
    answer = client.get(path)

    assert UUID7.fullmatch(answer.headers["X-Request-ID"])
    assert re.fullmatch(r"\d+\.\dms", answer.headers["X-Response-Time"])


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "path", ["/api/v1/catalog/brands", "/api/v1/auth/me", "/health", "/health/live", "/api/schema"]
)
def test_trailing_slash_is_served_without_a_redirect(admin: Api, path: str) -> None:
    answers = [admin.client.get(form, headers=admin.headers) for form in (path, f"{path}/")]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_trailing_slash_is_served_for_a_write(admin: Api) -> None:
    answer = admin.post("catalog/brands/", {"name": "Fairphone"})

    assert (answer.status_code, answer.body["data"]["name"]) == (201, "Fairphone")


def test_head_answers_the_headers_of_get_without_a_body(admin: Api) -> None:
    path = f"/api/v1/catalog/brands/{BrandFactory().pk}"

    head, get = (admin.client.generic(method, path, headers=admin.headers) for method in ("HEAD", "GET"))

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]


def test_head_needs_the_same_right_as_get(anonymous: Api, technician: Api) -> None:
    assert anonymous.client.head("/api/v1/catalog/brands").status_code == 401
    assert technician.client.head("/api/v1/pricing", headers=technician.headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "catalog/brands", "GET, POST, HEAD"),
        ("PATCH", "inventory/movements/01234567-89ab-7def-8123-456789abcdef", "GET, HEAD"),
        ("DELETE", "repairs/01234567-89ab-7def-8123-456789abcdef", "GET, PATCH, HEAD"),
        ("GET", "auth/login", "POST"),
        ("OPTIONS", "catalog/brands", "GET, POST, HEAD"),
        ("BREW", "auth/me", "GET, HEAD"),
    ],
)
def test_method_that_a_route_does_not_have_is_refused(admin: Api, method: str, path: str, allow: str) -> None:
    answer = admin.request(method, path)

    assert (answer.status_code, answer.body["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == set(allow.split(", ")) - {"HEAD"}


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("text/html, application/json;q=0.9", 200),
        ("text/html", 406),
        ("application/xml", 406),
        ("rubbish", 406),
    ],
)
def test_only_json_is_answered(admin: Api, accept: str, status: int) -> None:
    answer = admin.get("auth/me", Accept=accept)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body.get("code") == (None if status == 200 else "NOT_ACCEPTABLE")


@pytest.mark.parametrize("origin", [ORIGIN, "https://evil.example", "null", "https://shop.example.evil.example"])
def test_only_listed_origins_may_read(admin: Api, settings: Any, origin: str) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]

    answer = admin.get("auth/me", Origin=origin)

    assert answer.headers.get("Access-Control-Allow-Origin") == (ORIGIN if origin == ORIGIN else None)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert ("ETag" in answer.headers.get("Access-Control-Expose-Headers", "")) is (origin == ORIGIN)


@pytest.mark.parametrize("origin", [ORIGIN, "https://evil.example"])
def test_preflight_is_answered_for_listed_origins_only(client: Client, settings: Any, origin: str) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    headers = {
        "Origin": origin, "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, idempotency-key, if-match",
    }  # fmt: skip

    answer = client.options("/api/v1/catalog/brands", headers=headers)

    assert answer.status_code == 200
    assert answer.headers.get("Access-Control-Allow-Origin") == (ORIGIN if origin == ORIGIN else None)
    allowed = answer.headers.get("Access-Control-Allow-Headers", "").split(", ")
    assert ({"authorization", "idempotency-key", "if-match"} <= set(allowed)) is (origin == ORIGIN)


def test_nobody_is_listed_unless_the_settings_do(admin: Api) -> None:
    answer = admin.get("auth/me", Origin=ORIGIN)

    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/auth/me", "/", "/admin/login/", "/api/docs"])
def test_every_answer_forbids_sniffing_and_framing(client: Client, db: None, path: str) -> None:
    headers = client.get(path).headers

    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_what_a_browser_may_load_is_nothing_for_data_and_the_shops_own_for_pages(client: Client, db: None) -> None:
    policies = [client.get(path).headers["Content-Security-Policy"] for path in ("/api/v1/auth/me", "/admin/login/")]

    assert [policy.partition("default-src ")[2].partition(";")[0] for policy in policies] == ["'none'", "'self'"]


def test_fault_of_ours_is_told_without_its_cause(admin: Api, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.IDEMPOTENCY_LIFETIME = "a day"  # nothing can be reckoned with that

    answer = admin.post("catalog/brands", {"name": "Fairphone"}, Idempotency_Key="k")

    assert (answer.status_code, answer.body["code"], answer.body["details"]) == (500, "INTERNAL_ERROR", [])
    assert answer.body["error"] == "Something went wrong on our side. It has been recorded."
    logged = [record.message for record in caplog.records if record.name == "apps.core.api.errors"]
    assert logged == ["Unhandled TypeError"]
    assert not Brand.objects.exists()


@pytest.mark.exhaustive
def test_the_description_of_the_interface_is_composed_once(client: Client, db: None) -> None:
    document.cache_clear()

    answers = [client.get("/api/schema", headers={"Accept": "application/json"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["openapi"] == "3.1.0"
    assert (document.cache_info().misses, document.cache_info().hits) == (1, 2)


@pytest.mark.parametrize("path", ["auth/logout-all", "auth/mfa/totp/setup", "auth/mfa/recovery-codes"])
def test_fields_for_what_takes_none_are_refused_and_nothing_happens(admin: Api, path: str) -> None:
    answer = admin.post(path, {"refreshToken": "x", "code": "000000"})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert {(detail["field"], detail["code"]) for detail in answer.body["details"]} == {
        ("refreshToken", "unknown_field"), ("code", "unknown_field"),
    }  # fmt: skip
    assert admin.get("auth/me").status_code == 200
    assert not TotpDevice.objects.exists()


def test_an_empty_object_is_no_body(admin: Api) -> None:
    assert admin.post("auth/logout-all", {}).status_code == 204


def test_the_own_account_has_a_tag_that_changes_with_it(admin: Api) -> None:
    first = admin.get("auth/me")
    same = admin.get("auth/me", If_None_Match=first.headers["ETag"])
    update_user(admin.user.pk, {"first_name": "Zoe"}, actor=Actor.system("test"))
    other = admin.get("auth/me", If_None_Match=first.headers["ETag"])

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert (same.status_code, other.status_code) == (304, 200)
    assert other.body["data"]["firstName"] == "Zoe"


def test_the_interface_passes_what_only_pages_need_in_one_step() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("htmx" if hasattr(request, "htmx") else "plain")

    innermost = convert_exception_to_response(view)
    inner = convert_exception_to_response(PageHtmxMiddleware(innermost))
    outer = CookieSessionMiddleware(inner)

    page, interface = RequestFactory().get("/dashboard/"), RequestFactory().get("/api/v1/repairs")

    assert (outer.get_response, outer.past) == (inner, innermost)
    assert (outer(page).content, outer(interface).content) == (b"htmx", b"plain")
    assert (hasattr(page, "session"), hasattr(interface, "session")) == (True, False)
