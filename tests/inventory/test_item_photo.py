"""The photo of an item: taken from strangers with care, shown to those who may see the item, gone when it is replaced."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from PIL import Image

from apps.audit.models import Event
from apps.audit.services import sweep
from apps.core.actor import Actor
from apps.core.exceptions import Unavailable
from apps.core.ids import new_id
from apps.core.images import read_picture
from apps.inventory.models import Item
from apps.inventory.services import drop_orphaned_photos, photos
from apps.inventory.services.photos import set_photo
from apps.inventory.tasks import drop_orphaned_photos as nightly
from tests.conftest import Api
from tests.factories import ItemFactory
from tests.pictures import BOMBS, drawn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_files")]
SYSTEM = Actor.system("test")


def files() -> list[str]:
    return sorted(default_storage.listdir("items")[1]) if default_storage.exists("items") else []


def send(api: Api, item: Item, content: bytes, name: str = "photo.jpg", **headers: str) -> Any:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, content)})
    sent = {**api.headers, **{key.replace("_", "-"): value for key, value in headers.items()}}
    path = f"/api/v1/inventory/items/{item.pk}/photo"
    response: Any = api.client.generic("POST", path, body, content_type=MULTIPART_CONTENT, headers=sent)
    response.body = response.json()
    return response


def fetch(api: Api, item: Item, query: str = "", **headers: str) -> Any:
    sent = {**api.headers, **{key.replace("_", "-"): value for key, value in headers.items()}}
    return api.client.get(f"/api/v1/inventory/items/{item.pk}/photo{query}", headers=sent)


def shown(response: Any) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(response.streaming_content)))


# Giving, seeing, taking away.


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_photo_is_given_shown_and_removed(manager: Api, kind: str) -> None:
    item = ItemFactory()

    given = send(manager, item, drawn(kind))
    full, small = fetch(manager, item), fetch(manager, item, "?size=thumb")
    removed = manager.delete(f"inventory/items/{item.pk}/photo")

    assert (given.status_code, given.body["data"]["photoUrl"]) == (200, f"/api/v1/inventory/items/{item.pk}/photo")
    assert (full.status_code, full["Content-Type"]) == (200, "image/jpeg")
    assert (shown(full).format, shown(small).size) == ("JPEG", (256, 171))
    assert removed.status_code == 204
    assert (fetch(manager, item).status_code, manager.get(f"inventory/items/{item.pk}").body["data"]["photoUrl"]) == (
        404,
        None,
    )
    assert files() == []
    assert manager.delete(f"inventory/items/{item.pk}/photo").status_code == 404


def test_photo_is_shown_so_that_nothing_in_it_runs_and_each_read_is_judged(manager: Api, anonymous: Api) -> None:
    item = ItemFactory()
    send(manager, item, drawn())

    answer = fetch(manager, item)
    again = fetch(manager, item, If_None_Match=answer["ETag"])
    small = fetch(manager, item, "?size=thumb", If_None_Match=answer["ETag"])
    as_picture = fetch(manager, item, Accept="image/jpeg")

    photo = Item.objects.get().photo
    assert answer["ETag"] == f'"{photo}-full"'
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"] == f'inline; filename="{photo}.jpg"'
    assert (again.status_code, again.content, small.status_code, as_picture.status_code) == (304, b"", 200, 200)
    assert fetch(anonymous, item).status_code == 401


def test_photo_is_read_by_staff_and_changed_by_managers(
    seller: Api, technician: Api, customer: Api, manager: Api
) -> None:
    item = ItemFactory()
    send(manager, item, drawn())
    kept = Item.objects.get().photo

    written = [send(api, item, drawn()).status_code for api in (seller, technician, customer)]
    removed = [api.delete(f"inventory/items/{item.pk}/photo").status_code for api in (seller, technician, customer)]

    assert (written, removed) == ([403] * 3, [403] * 3)
    assert [fetch(api, item).status_code for api in (seller, technician, customer)] == [200, 200, 403]
    assert Item.objects.get().photo == kept


def test_photo_that_is_replaced_takes_its_files_with_it_and_is_told(manager: Api) -> None:
    item = ItemFactory()
    first = send(manager, item, drawn())
    old = Item.objects.get().photo

    second = send(manager, item, drawn("PNG"), If_Match=first["ETag"])
    stale = send(manager, item, drawn(), If_Match=first["ETag"])

    new = Item.objects.get().photo
    assert (second.status_code, stale.status_code, stale.body["code"]) == (200, 412, "PRECONDITION_FAILED")
    assert first["ETag"] != second["ETag"]
    assert files() == [f"{new}-small.jpg", f"{new}.jpg"]
    changes = [
        event.payload["changes"]
        for event in Event.objects.filter(type="inventory.item.updated").order_by("created_at", "id")
    ]
    assert changes == [{"photo": [None, str(old)]}, {"photo": [str(old), str(new)]}]


def test_photo_goes_with_its_item(manager: Api) -> None:
    item = ItemFactory()
    send(manager, item, drawn())

    answer = manager.delete(f"inventory/items/{item.pk}")
    sweep()

    assert answer.status_code == 204
    assert files() == []


def test_photo_that_is_sent_twice_with_one_key_is_kept_once(manager: Api) -> None:
    item, content = ItemFactory(), drawn()

    answers = [send(manager, item, content, Idempotency_Key="once") for _ in range(2)]
    other = send(manager, item, drawn("PNG"), Idempotency_Key="once")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.body["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert len(files()) == 2


def test_photo_of_a_change_that_fails_is_not_kept() -> None:
    item = ItemFactory()
    picture = read_picture(io.BytesIO(drawn()))
    set_photo(item.pk, picture, actor=SYSTEM)
    kept, before = Item.objects.get().photo, files()

    with transaction.atomic():
        set_photo(item.pk, picture, actor=SYSTEM)
        transaction.set_rollback(True)

    assert Item.objects.get().photo == kept
    assert set(before) <= set(files())  # what nobody names lies there until it is cleared away, and is shown to nobody


def test_photo_that_cannot_be_written_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    item = ItemFactory()

    def full(name: str, content: Any, max_length: int | None = None) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    with pytest.raises(Unavailable):
        set_photo(item.pk, read_picture(io.BytesIO(drawn())), actor=SYSTEM)

    assert Item.objects.get().photo is None


@pytest.mark.parametrize("backend", ["InMemoryStorage", "FileSystemStorage"])
def test_files_that_no_item_names_are_gone_after_a_day(backend: str, settings: Any, tmp_path: Path) -> None:
    storage = {"BACKEND": f"django.core.files.storage.{backend}", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    assert drop_orphaned_photos(now=timezone.now()) == 0  # there is no folder yet
    item, picture = ItemFactory(), read_picture(io.BytesIO(drawn()))
    set_photo(item.pk, picture, actor=SYSTEM)
    kept = [f"{Item.objects.get().photo}-small.jpg", f"{Item.objects.get().photo}.jpg"]
    others = ["notes.txt", f"{new_id()}.png", f"{{{new_id()}}}.jpg"]
    orphan = new_id()
    for name in [f"{orphan}.jpg", f"{orphan}-small.jpg", *others]:
        default_storage.save(f"items/{name}", ContentFile(b"x"))

    early = drop_orphaned_photos(now=timezone.now() + timedelta(hours=23)), len(files())
    late = drop_orphaned_photos(now=timezone.now() + timedelta(hours=25))

    assert early == (0, 7)
    assert late == 2
    assert files() == sorted([*kept, *others])
    assert drop_orphaned_photos(now=timezone.now() + timedelta(hours=25)) == 0


def test_orphaned_photos_are_looked_up_in_chunks(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(photos, "_CHUNK", 2)
    for _ in range(5):
        default_storage.save(f"items/{new_id()}.jpg", ContentFile(b"x"))

    with django_assert_num_queries(3):
        nightly()
    with django_assert_num_queries(3):
        dropped = drop_orphaned_photos(now=timezone.now() + timedelta(hours=25))

    assert (dropped, files()) == (5, [])


# What is refused.


@pytest.mark.parametrize("bomb", BOMBS)
def test_file_that_is_no_picture_or_too_large_is_refused(manager: Api, bomb: str) -> None:
    item, (content, code) = ItemFactory(), BOMBS[bomb]

    answer = send(manager, item, content)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [("file", code)]
    assert (Item.objects.get().photo, files()) == (None, [])


@pytest.mark.parametrize(
    ("body", "type_", "status", "code"),
    [
        (b"{}", "application/json", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"", MULTIPART_CONTENT, 400, "VALIDATION_ERROR"),
        (b"--", "multipart/form-data", 400, "MALFORMED_JSON"),
        (encode_multipart(BOUNDARY, {"file": "text"}), MULTIPART_CONTENT, 400, "VALIDATION_ERROR"),
        (encode_multipart(BOUNDARY, {"photo": SimpleUploadedFile("p", b"x")}), MULTIPART_CONTENT, 400, "VALIDATION_ERROR"),
        (b"x" * (16 * 1024 * 1024), MULTIPART_CONTENT, 413, "PAYLOAD_TOO_LARGE"),
    ],
    ids=["json", "empty", "no boundary", "text", "another name", "too large"],
)  # fmt: skip
def test_body_that_is_no_form_with_a_file_is_refused(
    manager: Api, body: bytes, type_: str, status: int, code: str
) -> None:
    item = ItemFactory()

    answer = manager.client.generic(
        "POST", f"/api/v1/inventory/items/{item.pk}/photo", body, content_type=type_, headers=manager.headers
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Item.objects.get().photo is None


@pytest.mark.parametrize("query", ["?size=huge", "?size=", "?width=3", "?size=thumb&size=full"])
def test_unknown_form_of_a_photo_is_refused(manager: Api, query: str) -> None:
    item = ItemFactory()
    send(manager, item, drawn())

    answer = fetch(manager, item, query)

    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")


def test_photo_of_no_item_is_not_found(manager: Api) -> None:
    item = ItemFactory()
    send(manager, item, drawn())
    gone = Item()

    assert send(manager, gone, drawn()).status_code == 404
    assert fetch(manager, gone).status_code == 404
    assert len(files()) == 2


def test_photo_whose_file_is_lost_is_not_found(manager: Api) -> None:
    item = ItemFactory()
    send(manager, item, drawn())
    for name in files():
        default_storage.delete(f"items/{name}")

    assert fetch(manager, item).status_code == 404


# In the back office.


@pytest.fixture
def office(manager: Api) -> Client:
    client = Client()
    assert manager.user is not None
    client.force_login(manager.user)
    return client


def form_of(item: Item, **fields: Any) -> dict[str, Any]:
    return {
        "sku": item.sku, "name": item.name, "unit_of_measure": "pcs", "unit_price": "20.00", "cost_price": "8.00",
        "currency": "USD", "reorder_level": 0, "reorder_quantity": 0, "is_active": "on", **fields,
    }  # fmt: skip


@pytest.mark.exhaustive
def test_back_office_shows_and_changes_the_photo(office: Client) -> None:
    item = ItemFactory()
    path = f"/admin/inventory/item/{item.pk}"

    without = office.get(f"{path}/photo/")
    given = office.post(f"{path}/change/", form_of(item, new_photo=SimpleUploadedFile("p.png", drawn("PNG"))))
    page, picture = office.get(f"{path}/change/"), office.get(f"{path}/photo/?size=thumb")
    refused = office.post(f"{path}/change/", form_of(item, new_photo=SimpleUploadedFile("p.png", b"<svg/>")))
    kept = Item.objects.get().photo
    removed = office.post(f"{path}/change/", form_of(item, without_photo="on"))

    assert (without.status_code, given.status_code, removed.status_code) == (404, 302, 302)
    assert f'<img src="{path}/photo/?size=thumb"' in page.content.decode()
    assert (picture["Content-Type"], shown(picture).size) == ("image/jpeg", (256, 171))
    assert picture["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "A picture is a JPEG, PNG, WebP or HEIC." in refused.content.decode()
    assert kept is not None
    assert (Item.objects.get().photo, files()) == (None, [])


def test_back_office_shows_the_photo_to_nobody_else(office: Client, customer: Api) -> None:
    item = ItemFactory()
    set_photo(item.pk, read_picture(io.BytesIO(drawn())), actor=SYSTEM)
    assert customer.user is not None
    stranger = Client()

    assert stranger.get(f"/admin/inventory/item/{item.pk}/photo/").status_code == 302
