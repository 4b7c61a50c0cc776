"""The one form of every answer."""

import re
from typing import Any

import pytest
from django.db import IntegrityError

from apps.catalog.models import Brand, PartType
from apps.core.api import errors
from apps.core.ids import is_record_id, new_id
from tests.conftest import Api
from tests.factories import BrandFactory, DeviceModelFactory, order

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NOWHERE = "01234567-89ab-7def-8123-456789abcdef"


def assert_meta(answer: Any) -> None:
    meta = answer.body["meta"]
    assert set(meta) == {"timestamp", "version", "requestId"}
    assert INSTANT.fullmatch(meta["timestamp"])
    assert meta["version"] == "1.0"
    assert meta["requestId"] == answer.headers["X-Request-ID"]
    assert answer.headers["Content-Type"] == "application/json"


def assert_refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.body.get("code")) == (status, code)
    assert set(answer.body) == {"success", "error", "code", "details", "meta"}
    assert answer.body["success"] is False
    assert answer.body["error"][-1] == "."
    assert_meta(answer)


def test_success_stands_in_the_envelope(admin: Api) -> None:
    brand = BrandFactory(name="Fairphone")

    answer = admin.get(f"catalog/brands/{brand.pk}")

    assert set(answer.body) == {"success", "data", "message", "meta"}
    assert (answer.status_code, answer.body["success"], answer.body["message"]) == (200, True, None)
    assert_meta(answer)


def test_record_is_answered_in_camel_case_with_utc_times(admin: Api) -> None:
    brand = BrandFactory(name="Fairphone")

    data = admin.get(f"catalog/brands/{brand.pk}").body["data"]

    assert list(data) == ["id", "name", "isActive", "createdAt", "updatedAt"]
    assert (data["id"], data["name"], data["isActive"]) == (str(brand.pk), "Fairphone", True)
    assert INSTANT.fullmatch(data["createdAt"])
    assert data["createdAt"] == brand.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_list_has_items_and_pagination(admin: Api) -> None:
    BrandFactory(name="Fairphone")

    answer = admin.get("catalog/brands")

    assert set(answer.body["data"]) == {"items", "pagination"}
    assert [item["name"] for item in answer.body["data"]["items"]] == ["Fairphone"]
    assert answer.body["data"]["pagination"] == {"page": 1, "limit": 20, "total": 1, "pages": 1}
    assert_meta(answer)


def test_deletion_is_answered_without_a_body(admin: Api) -> None:
    brand = BrandFactory()

    answer = admin.delete(f"catalog/brands/{brand.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert "X-Request-ID" in answer.headers
    assert not Brand.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "catalog/brands", {}, 400, "VALIDATION_ERROR"),
        ("POST", "catalog/brands", b"{", 400, "MALFORMED_JSON"),
        ("POST", "catalog/device-models", {"name": "X", "brandId": NOWHERE}, 400, "FOREIGN_KEY_ERROR"),
        ("GET", f"catalog/brands/{NOWHERE}", None, 404, "NOT_FOUND"),
        ("GET", "catalog/brands/not-an-id", None, 404, "NOT_FOUND"),
        ("PATCH", "catalog/brands", {}, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "inventory/movements", None, 405, "METHOD_NOT_ALLOWED"),
        ("TRACE", "catalog/brands", None, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "catalog/brands", {"name": "taken"}, 409, "DUPLICATE_ERROR"),
    ],
)
def test_refusal_stands_in_the_envelope(admin: Api, method: str, path: str, body: Any, status: int, code: str) -> None:
    BrandFactory(name="Taken")

    answer = admin.request(method, f"/api/v1/{path}", body)

    assert_refused(answer, status, code)
    assert bool(answer.body["details"]) is (code in {"VALIDATION_ERROR", "FOREIGN_KEY_ERROR"})
    assert Brand.objects.count() == 1


def test_forbidden_names_no_details(seller: Api) -> None:
    answer = seller.post("catalog/brands", {"name": "Fairphone"})

    assert_refused(answer, 403, "FORBIDDEN")
    assert answer.body["details"] == []
    assert not Brand.objects.exists()


def test_record_in_use_is_not_deleted(admin: Api) -> None:
    model = DeviceModelFactory()

    answer = admin.delete(f"catalog/brands/{model.brand_id}")

    assert_refused(answer, 409, "IN_USE")
    assert Brand.objects.filter(pk=model.brand_id).exists()


def test_client_made_id_is_kept_and_a_second_one_is_a_duplicate(admin: Api) -> None:
    pk = str(new_id())

    first = admin.post("catalog/brands", {"id": pk, "name": "Fairphone"})
    second = admin.post("catalog/brands", {"id": pk, "name": "Shiftphone"})

    assert (first.status_code, first.body["data"]["id"]) == (201, pk)
    assert_refused(second, 409, "DUPLICATE_ERROR")
    assert Brand.objects.get().name == "Fairphone"


@pytest.mark.parametrize("pk", ["b7e2a1c4-3b1d-4f7a-9d6e-2a5c8f0e1b3d", "7", 7, None, {}, [], True, ""])
def test_client_made_id_must_be_a_uuid_of_version_seven(admin: Api, pk: Any) -> None:
    answer = admin.post("catalog/brands", {"id": pk, "name": "Fairphone"})

    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.body["details"]] == ["id"]
    assert not Brand.objects.exists()


def test_own_ids_are_uuids_of_version_seven(admin: Api) -> None:
    admin.post("catalog/brands", {"name": "Fairphone"})

    assert is_record_id(Brand.objects.get().pk)


@pytest.mark.parametrize("field", ["qualty", "quality_level", "warranty_months"])
def test_unknown_field_is_refused_by_name(admin: Api, field: str) -> None:
    answer = admin.post("catalog/part-types", {"name": "Display", field: 3})

    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert answer.body["details"] == [{"field": field, "code": "unknown_field", "message": "There is no such field."}]
    assert not PartType.objects.exists()


def test_unknown_field_is_named_with_its_path(admin: Api) -> None:
    taken_in = order()
    body = {
        "customerId": str(taken_in.customer_id),
        "deviceModelId": str(taken_in.device_model_id),
        "branchId": str(taken_in.branch_id),
        "issueDescription": "x",
        "items": [{"repairTypeId": NOWHERE}, {"repairTypeId": NOWHERE, "colour": "red", "quantity": 0}],
    }

    answer = admin.post("repairs", body)

    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert answer.body["details"] == [
        {"field": "items.1.colour", "code": "unknown_field", "message": "There is no such field."}
    ]


def test_wrong_values_are_named_with_their_paths_and_codes(admin: Api) -> None:
    taken_in = order()
    body = {
        "customerId": "x", "deviceModelId": str(taken_in.device_model_id), "issueDescription": "y",
        "items": [{"repairTypeId": NOWHERE, "quantity": 0, "unitPrice": "-1"}],
    }  # fmt: skip

    answer = admin.post("repairs", body)

    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert sorted((detail["field"], detail["code"]) for detail in answer.body["details"]) == [
        ("customerId", "invalid"), ("items.0.quantity", "min_value"), ("items.0.unitPrice", "min_value"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("colour=red", "colour", "unknown_parameter"),
        ("is_active=true", "is_active", "unknown_parameter"),
        ("q=a%00b", "q", "invalid_text"),
        ("ordering=colour", "ordering", "invalid_choice"),
        ("ordering=-created_at", "ordering", "invalid_choice"),
        ("isActive=perhaps", "isActive", "invalid"),
        ("q=" + "x" * 201, "q", "max_length"),
    ],
)
def test_unknown_parameter_of_a_list_is_refused(admin: Api, query: str, field: str, code: str) -> None:
    answer = admin.get(f"catalog/brands?{query}")

    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert [(detail["field"], detail["code"]) for detail in answer.body["details"]] == [(field, code)]


def test_unknown_parameter_of_a_record_is_refused(admin: Api) -> None:
    answer = admin.get(f"catalog/brands/{BrandFactory().pk}?expand=models")

    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.body["details"]] == ["expand"]


def test_ordering_runs_in_both_directions_and_by_several_fields(admin: Api) -> None:
    for name, active in (("B", True), ("A", False), ("C", False)):
        BrandFactory(name=name, is_active=active)

    def names(query: str) -> list[str]:
        return [item["name"] for item in admin.get(f"catalog/brands?{query}").body["data"]["items"]]

    assert names("ordering=name") == ["A", "B", "C"]
    assert names("ordering=-name") == ["C", "B", "A"]
    assert names("ordering=-name,name") == ["C", "B", "A"]
    assert names("isActive=false&ordering=-createdAt,name") == ["C", "A"]
    assert names("isActive=true") == ["B"]


def test_reference_that_breaks_at_the_commit_is_a_conflict() -> None:
    # Nobody can be made to lose this race on SQLite: the error is what it raises at the commit.
    answer = errors.handle(IntegrityError("FOREIGN KEY constraint failed"), {})

    assert (answer.status_code, answer.data["code"], answer.data["details"]) == (409, "CONFLICT", [])
