"""A POST that is sent again does nothing again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from apps.catalog.models import Brand, RepairType
from apps.core.models import IdempotencyRecord
from apps.core.services import purge_idempotency
from apps.repairs.models import OrderNote
from tests.conftest import Api
from tests.factories import BrandFactory, member, order
from tests.racing import race

BODY = {"name": "Fairphone", "isActive": True}


def test_repetition_answers_the_same_bytes_and_makes_nothing(admin: Api) -> None:
    first = admin.post("catalog/brands", BODY, Idempotency_Key="k1")
    second = admin.post("catalog/brands", BODY, Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert ("Idempotent-Replayed" in first.headers, second.headers["Idempotent-Replayed"]) == (False, "true")
    assert (second.headers["ETag"], second.headers["Content-Type"]) == (first.headers["ETag"], "application/json")
    assert Brand.objects.count() == 1


def test_repetition_means_the_same_whatever_the_order_of_its_fields(admin: Api) -> None:
    first = admin.post("catalog/brands", b'{"name": "Fairphone", "isActive": true}', Idempotency_Key="k1")
    second = admin.post("catalog/brands", b'{ "isActive":true,"name":"Fairphone" }', Idempotency_Key="k1")

    assert second.content == first.content
    assert Brand.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("catalog/brands", {"name": "Shiftphone", "isActive": True}),
        ("catalog/brands", {"name": "Fairphone"}),
        ("catalog/brands", {"name": "Fairphone", "isActive": "true"}),
        ("catalog/brands?x=1", BODY),
    ],
)
def test_same_key_with_another_request_is_a_mismatch(admin: Api, path: str, body: Any) -> None:
    admin.post("catalog/brands", BODY, Idempotency_Key="k1")

    answer = admin.post(path, body, Idempotency_Key="k1")

    assert (answer.status_code, answer.body["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert list(Brand.objects.values_list("name", flat=True)) == ["Fairphone"]


def test_same_key_of_another_caller_is_another_request(admin: Api, manager: Api) -> None:
    first = admin.post("catalog/brands", {"name": "Fairphone"}, Idempotency_Key="k1")
    second = manager.post("catalog/brands", {"name": "Shiftphone"}, Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in second.headers
    assert Brand.objects.count() == 2


def test_same_key_on_another_route_is_another_request(admin: Api) -> None:
    first = admin.post("catalog/brands", {"name": "Screen"}, Idempotency_Key="k1")
    second = admin.post("catalog/repair-types", {"name": "Screen"}, Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert (Brand.objects.count(), RepairType.objects.count()) == (1, 1)


def test_trailing_slash_is_the_same_route(admin: Api) -> None:
    admin.post("catalog/brands", BODY, Idempotency_Key="k1")

    answer = admin.post("catalog/brands/", BODY, Idempotency_Key="k1")

    assert answer.headers["Idempotent-Replayed"] == "true"


def test_refusal_is_not_remembered(admin: Api) -> None:
    taken = BrandFactory(name="Fairphone")
    refused = admin.post("catalog/brands", BODY, Idempotency_Key="k1")
    taken.delete()

    answer = admin.post("catalog/brands", BODY, Idempotency_Key="k1")

    assert (refused.status_code, answer.status_code) == (409, 201)
    assert "Idempotent-Replayed" not in answer.headers


def test_key_is_forgotten_after_a_day(admin: Api) -> None:
    now = timezone.now()
    with time_machine.travel(now - timedelta(hours=24, seconds=1), tick=False):
        admin_then = Api(admin.user)
        admin_then.post("catalog/brands", BODY, Idempotency_Key="k1")
    with time_machine.travel(now - timedelta(hours=23, minutes=59), tick=False):
        Api(admin.user).post("catalog/brands", {"name": "Shiftphone"}, Idempotency_Key="k2")

    after = admin.post("catalog/brands", {"name": "Other"}, Idempotency_Key="k1")
    within = admin.post("catalog/brands", {"name": "Shiftphone"}, Idempotency_Key="k2")

    assert (after.status_code, "Idempotent-Replayed" in after.headers) == (201, False)
    assert (within.status_code, "Idempotent-Replayed" in within.headers) == (201, True)


def test_purge_deletes_only_what_can_no_longer_be_replayed(db: None) -> None:
    for key, age in (("old", timedelta(hours=24, seconds=1)), ("young", timedelta(hours=23))):
        IdempotencyRecord.objects.create(
            caller="c", route="r", key=key, fingerprint="", created_at=timezone.now() - age
        )

    assert purge_idempotency() == 1
    assert IdempotencyRecord.objects.get().key == "young"


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "\x7f", "\x00"])
def test_key_that_is_none_is_refused(admin: Api, key: str) -> None:
    answer = admin.post("catalog/brands", BODY, Idempotency_Key=key)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.body["details"]] == ["Idempotency-Key"]
    assert not Brand.objects.exists()


@pytest.mark.parametrize("key", ["x" * 255, "with space", "ключ", '"quoted"'])
def test_any_printable_key_is_taken(admin: Api, key: str) -> None:
    first, second = (admin.post("catalog/brands", BODY, Idempotency_Key=key) for _ in range(2))

    assert (first.status_code, second.headers["Idempotent-Replayed"]) == (201, "true")


def test_key_on_other_methods_is_ignored(admin: Api) -> None:
    brand = BrandFactory()

    answers = [admin.patch(f"catalog/brands/{brand.pk}", {"name": "x"}, Idempotency_Key="k1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not IdempotencyRecord.objects.exists()


def test_tokens_are_never_stored(admin: Api) -> None:
    body = {"identifier": "nobody@shop.example", "password": "x"}

    admin.post("auth/login", body, Idempotency_Key="k1")
    admin.post("auth/logout", {}, Idempotency_Key="k2")

    assert not IdempotencyRecord.objects.exists()


def test_work_and_memory_are_one_transaction(admin: Api) -> None:
    taken_in = order()
    path = f"repairs/{taken_in.pk}/notes"

    answers = [admin.post(path, {"text": "once"}, Idempotency_Key="k1") for _ in range(3)]

    assert {answer.content for answer in answers} == {answers[0].content}
    assert OrderNote.objects.filter(order=taken_in).count() == 1
    assert IdempotencyRecord.objects.get().status == 201


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_run_once() -> None:
    admin = Api(member("admin", None))

    def send() -> Any:
        return Client().post(
            "/api/v1/catalog/brands", BODY, content_type="application/json",
            headers={**admin.headers, "Idempotency-Key": "k1"},
        )  # fmt: skip

    answers = race(*[send] * 4)

    assert Brand.objects.count() == 1
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    assert sorted("Idempotent-Replayed" in answer.headers for answer in answers) == [False, True, True, True]
