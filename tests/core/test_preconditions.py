"""Entity tags: what has not changed is not sent again, and what has changed is not overwritten."""

import re
from typing import Any

import pytest

from apps.catalog.models import Brand
from apps.repairs.models import StatusHistory
from tests.conftest import Api
from tests.factories import BrandFactory, order

STALE = '"00000000000000000000000000000000"'


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory(name="Fairphone")


def tag_of(api: Api, path: str) -> str:
    tag: str = api.get(path).headers["ETag"]
    return tag


def test_record_has_a_strong_tag_that_stays_while_it_does(admin: Api, brand: Brand) -> None:
    answers = [admin.get(f"catalog/brands/{brand.pk}") for _ in range(2)]

    assert {answer.headers["ETag"] for answer in answers} == {answers[0].headers["ETag"]}
    assert re.fullmatch(r'"[0-9a-f]{32}"', answers[0].headers["ETag"])
    assert answers[0].headers["Cache-Control"] == "private, no-cache"


def test_tag_changes_with_each_write_and_is_answered_by_it(admin: Api, brand: Brand) -> None:
    path = f"catalog/brands/{brand.pk}"
    tags = [tag_of(admin, path)]

    for body in ({"name": "Shiftphone"}, {"name": "Shiftphone"}, {"isActive": False}):
        written = admin.patch(path, body).headers["ETag"]
        assert written == tag_of(admin, path)
        tags.append(written)

    assert len(set(tags)) == 4


def test_tag_of_an_order_changes_with_its_lines_and_status(admin: Api) -> None:
    taken_in = order()
    path = f"repairs/{taken_in.pk}"
    tags = [tag_of(admin, path)]

    admin.put(f"{path}/status", {"status": "in_progress"})
    tags.append(tag_of(admin, path))
    repair_type = taken_in.lines.get().repair_type_id
    admin.post(f"{path}/items", {"repairTypeId": str(repair_type), "unitPrice": "5.00"})
    tags.append(tag_of(admin, path))

    assert len(set(tags)) == 3


@pytest.mark.parametrize("form", ["{tag}", '"other", {tag}', '{tag} , "other"', "W/{tag}", 'W/"x", W/{tag}', "*"])
def test_unchanged_record_is_not_sent_again(admin: Api, brand: Brand, form: str) -> None:
    path = f"catalog/brands/{brand.pk}"
    tag = tag_of(admin, path)

    answer = admin.get(path, If_None_Match=form.format(tag=tag))

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == tag


@pytest.mark.parametrize("sent", [STALE, "", "rubbish", 'W/"x"'])
def test_changed_record_is_sent(admin: Api, brand: Brand, sent: str) -> None:
    answer = admin.get(f"catalog/brands/{brand.pk}", If_None_Match=sent)

    assert answer.status_code == 200
    assert answer.body["data"]["name"] == "Fairphone"


@pytest.mark.parametrize("form", ["{tag}", '"other",{tag}', "*"])
@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_write_goes_through_when_the_tag_is_current(admin: Api, brand: Brand, method: str, form: str) -> None:
    path = f"catalog/brands/{brand.pk}"
    tag = tag_of(admin, path)

    answer = admin.request(method, path, {"name": "Shiftphone"}, If_Match=form.format(tag=tag))

    assert answer.status_code == (204 if method == "DELETE" else 200)
    assert list(Brand.objects.values_list("name", flat=True)) == ([] if method == "DELETE" else ["Shiftphone"])


@pytest.mark.parametrize("form", [STALE, "W/{tag}", "rubbish", f'{STALE}, "x"'])
@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_write_with_another_tag_changes_nothing(admin: Api, brand: Brand, method: str, form: str) -> None:
    path = f"catalog/brands/{brand.pk}"
    before = admin.get(path)

    answer = admin.request(method, path, {"name": "Shiftphone"}, If_Match=form.format(tag=before.headers["ETag"]))

    assert (answer.status_code, answer.body["code"]) == (412, "PRECONDITION_FAILED")
    after = admin.get(path)
    assert (after.headers["ETag"], after.body["data"]) == (before.headers["ETag"], before.body["data"])


def test_status_change_with_a_stale_tag_changes_nothing(admin: Api) -> None:
    taken_in = order()
    path = f"repairs/{taken_in.pk}"
    stale = tag_of(admin, path)
    assert admin.put(f"{path}/status", {"status": "in_progress"}, If_Match=stale).status_code == 200
    history = StatusHistory.objects.count()

    answer = admin.put(f"{path}/status", {"status": "completed"}, If_Match=stale)

    assert (answer.status_code, answer.body["code"]) == (412, "PRECONDITION_FAILED")
    taken_in.refresh_from_db()
    assert (taken_in.status, StatusHistory.objects.count()) == ("in_progress", history)


@pytest.mark.parametrize("sent", ["*", STALE])
def test_write_to_what_does_not_exist_is_not_found_whatever_the_tag(admin: Api, sent: str) -> None:
    answer: Any = admin.patch("catalog/brands/01234567-89ab-7def-8123-456789abcdef", {"name": "x"}, If_Match=sent)

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")
