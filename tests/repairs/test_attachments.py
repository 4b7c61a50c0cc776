"""The files of an order: taken from strangers with care, shown to those they are for, kept out of everybody's way."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from apps.core.ids import new_id
from apps.core.uploads import read_upload
from apps.inventory.models import Branch
from apps.repairs import tasks
from apps.repairs.models import Attachment
from apps.repairs.services import attachments as services
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, member, order
from tests.inventory.killing import every_statement_killed
from tests.pictures import drawn, heic, pdf
from tests.racing import race
from tests.repairs.contract import SYSTEM, books, events_of
from tests.repairs.files import send, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_files")]
HANDED_OVER = "in_progress>completed>ready_pickup>delivered"


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def fetch(api: Api, path: str, **headers: str) -> Any:
    return api.client.get(path, headers={**api.headers, **headers})


# Sending and reading.


@pytest.mark.parametrize("content", [drawn(), drawn("PNG"), drawn("WEBP"), heic()], ids=["jpeg", "png", "webp", "heic"])
def test_picture_is_kept_as_a_jpeg_without_metadata(manager: Api, branch: Branch, content: bytes) -> None:
    taken_in = order(branch)

    answer = send(manager, taken_in, content, "C:\\photos\\IMG 1.heic", kind="before", forCustomer="true")
    tasks.make_lost_thumbnails()  # not yet: its job may still be on its way

    kept = Attachment.objects.get()
    data, path = answer.body["data"], f"/api/v1/repairs/{taken_in.pk}/attachments/{kept.pk}/download"
    assert answer.status_code == 201
    assert data == {
        "id": str(kept.pk), "kind": "before", "name": "IMG 1.heic", "media": "image/jpeg", "size": data["size"],
        "width": 300, "height": 200, "forCustomer": True, "downloadUrl": path, "thumbnailUrl": None,
        "actor": {"kind": "user", "id": str(manager.user.pk), "name": manager.user.get_full_name()},
        "createdAt": data["createdAt"], "updatedAt": data["updatedAt"],
    }  # fmt: skip
    assert stored() == [f"{kept.pk}.jpg"]
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    file = fetch(manager, path)
    picture = Image.open(io.BytesIO(content_of(file)))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (300, 200), {})
    assert events_of(taken_in, "repairs.attachment_added") == [
        {"attachment_id": str(kept.pk), "kind": "before", "media": "image/jpeg", "for_customer": True}
    ]


def test_file_is_answered_so_that_nothing_in_it_runs(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    data = send(manager, taken_in, pdf(), "Rechnung.pdf").body["data"]

    file = fetch(manager, data["downloadUrl"], Accept="application/pdf")

    assert (data["kind"], data["media"], data["width"], data["thumbnailUrl"]) == (
        "document",
        "application/pdf",
        None,
        None,
    )
    assert content_of(file).startswith(b"%PDF-")
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == (
        f'attachment; filename="{taken_in.order_number}-document-{data["id"][-8:]}.pdf"'
    )
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert file["Cache-Control"] == "private, no-store"


def test_small_form_is_made_by_a_job_once(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    pk = send(manager, taken_in, drawn()).body["data"]["id"]
    path = f"/api/v1/repairs/{taken_in.pk}/attachments/{pk}/thumbnail"
    before = fetch(manager, path).status_code

    for _ in range(2):
        tasks.make_thumbnail(pk)

    listed = manager.get(f"repairs/{taken_in.pk}/attachments").body["data"]["items"]
    assert (before, [row["thumbnailUrl"] for row in listed]) == (404, [path])
    assert Image.open(io.BytesIO(content_of(fetch(manager, path)))).size == (256, 171)
    assert events_of(taken_in, "repairs.thumbnail_made") == [{"attachment_id": pk}]
    assert stored() == [f"{pk}-small.jpg", f"{pk}.jpg"]


def test_lost_job_is_made_up_for(manager: Api, branch: Branch) -> None:
    taken_in, now = order(branch), timezone.now()
    for content in (drawn(), drawn("PNG"), pdf()):
        send(manager, taken_in, content)
    lost = Attachment.objects.order_by("created_at").first()
    assert lost is not None
    default_storage.delete(f"attachments/{lost.pk}.jpg")

    made = [
        services.make_lost_thumbnails(actor=SYSTEM, now=now + later)
        for later in (timedelta(0), timedelta(minutes=2), timedelta(minutes=2), timedelta(days=2))
    ]

    assert made == [0, 1, 0, 0]
    assert not services.make_thumbnail(lost.pk, actor=SYSTEM)


def test_same_file_twice_is_one(manager: Api, seller: Api, branch: Branch) -> None:
    taken_in, other = order(branch), order(branch)
    content = drawn()

    first = send(manager, taken_in, content, kind="before")
    again = send(seller, taken_in, content, "another.jpg", kind="after", forCustomer="true")
    elsewhere = send(manager, other, content)

    assert [answer.status_code for answer in (first, again, elsewhere)] == [201, 200, 201]
    assert again.body["data"] == first.body["data"]
    assert (taken_in.attachments.count(), len(stored())) == (1, 2)
    assert len(events_of(taken_in, "repairs.attachment_added")) == 1


def test_file_that_is_sent_twice_with_one_key_is_kept_once(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)

    answers = [send(manager, taken_in, drawn(), Idempotency_Key="once") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert (Attachment.objects.count(), len(stored())) == (1, 1)


def test_kind_and_reader_are_changed(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    pk = send(manager, taken_in, drawn(), kind="intake").body["data"]["id"]
    path = f"repairs/{taken_in.pk}/attachments/{pk}"

    same = manager.patch(path, {"kind": "intake", "forCustomer": False})
    changed = manager.patch(path, {"kind": "after", "forCustomer": True})
    wrong = manager.patch(path, {"forCustomer": "yes"})

    assert [answer.status_code for answer in (same, changed, wrong)] == [200, 200, 400]
    assert (changed.body["data"]["kind"], changed.body["data"]["forCustomer"]) == ("after", True)
    assert events_of(taken_in, "repairs.attachment_changed") == [
        {"attachment_id": pk, "changed": ["kind", "for_customer"]}
    ]


# Taking away.


def test_removed_file_is_gone_and_its_row_stays(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    pk = send(manager, taken_in, drawn()).body["data"]["id"]
    tasks.make_thumbnail(pk)
    path = f"repairs/{taken_in.pk}/attachments/{pk}"

    answers = [manager.delete(path), manager.delete(path), manager.get(f"{path}/download"), manager.patch(path, {})]

    assert [answer.status_code for answer in answers] == [204, 404, 404, 404]
    kept = Attachment.objects.get()
    assert (kept.removed_at is None, kept.has_thumbnail, stored()) == (False, False, [])
    assert manager.get(f"repairs/{taken_in.pk}/attachments").body["data"]["items"] == []
    assert events_of(taken_in, "repairs.attachment_removed") == [{"attachment_id": pk}]
    assert send(manager, taken_in, drawn()).status_code == 201  # it may come back


def test_file_whose_job_comes_after_its_removal_has_no_small_form(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    kept, _ = services.add_attachment(taken_in.pk, read_upload(io.BytesIO(drawn()), "p"), actor=SYSTEM)
    held = Attachment.objects.get()
    services.remove_attachment(taken_in.pk, kept.pk, actor=SYSTEM)

    made = [services.make_thumbnail(kept.pk, actor=SYSTEM), services._point_to_thumbnail(held, SYSTEM)]

    assert (made, stored(), Attachment.objects.get().has_thumbnail) == ([False, False], [], False)


@pytest.mark.parametrize(("role", "status"), [("seller", 409), ("technician", 409), ("manager", 204), ("admin", 204)])
def test_after_the_hand_over_a_manager_removes_files(branch: Branch, role: str, status: int) -> None:
    user = member(role, branch)
    taken_in = order(branch, status=HANDED_OVER, technician=user)
    kept, _ = services.add_attachment(taken_in.pk, read_upload(io.BytesIO(drawn()), "p"), actor=SYSTEM)

    answer = Api(user).delete(f"repairs/{taken_in.pk}/attachments/{kept.pk}")

    assert answer.status_code == status
    assert (len(stored()), Attachment.objects.filter(removed_at=None).count()) == ((0, 0) if status == 204 else (1, 1))


# Who.


def test_who_sees_which_files(branch: Branch, other_branch: Branch) -> None:
    technician, owner = member("technician", branch), CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, technician=technician, customer=owner.pk)
    manager = Api(member("manager", branch))
    hidden = send(manager, taken_in, drawn(), "hidden").body["data"]
    shown = send(manager, taken_in, drawn("PNG"), "shown", forCustomer="true").body["data"]
    both = ["hidden", "shown"]
    expected = {
        "seller": (Api(member("seller", branch)), both, 200, 200),
        "technician": (Api(technician), both, 200, 200),
        "customer": (Api(owner.user), ["shown"], 404, 200),
        "another technician": (Api(member("technician", branch)), 404, 404, 404),
        "another customer": (Api(UserFactory(role="customer")), 404, 404, 404),
        "elsewhere": (Api(member("manager", other_branch)), 404, 404, 404),
        "nobody": (Api(), 401, 401, 401),
    }

    seen = {}
    for who, (api, *_) in expected.items():
        answer = api.get(f"repairs/{taken_in.pk}/attachments")
        names = (
            [row["name"] for row in answer.body["data"]["items"]] if answer.status_code == 200 else answer.status_code
        )
        files = [fetch(api, data["downloadUrl"]).status_code for data in (hidden, shown)]
        seen[who] = (names, *files)

    assert seen == {who: tuple(row[1:]) for who, row in expected.items()}
    row = Api(owner.user).get(f"repairs/{taken_in.pk}/attachments").body["data"]["items"][0]
    assert {"actor", "forCustomer"}.isdisjoint(row)


@pytest.mark.parametrize(("who", "status"), [("customer", 403), ("stranger", 404), ("nobody", 401)])
def test_who_may_not_write(branch: Branch, who: str, status: int) -> None:
    owner = CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, customer=owner.pk)
    kept, _ = services.add_attachment(
        taken_in.pk, read_upload(io.BytesIO(drawn()), "p"), actor=SYSTEM, for_customer=True
    )
    user = {"customer": owner.user, "nobody": None}.get(who, UserFactory(role="technician"))
    api, path = Api(user), f"repairs/{taken_in.pk}/attachments/{kept.pk}"
    before = books()

    answers = [send(api, taken_in, drawn("PNG")), api.patch(path, {"forCustomer": False}), api.delete(path)]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert (books(), len(stored())) == (before, 1)


def test_file_of_another_order_is_not_found_by_this_one(manager: Api, branch: Branch) -> None:
    taken_in, other = order(branch), order(branch)
    pk = send(manager, other, drawn()).body["data"]["id"]

    answers = [
        manager.get(f"repairs/{taken_in.pk}/attachments/{pk}/download"),
        manager.patch(f"repairs/{taken_in.pk}/attachments/{pk}", {"kind": "after"}),
        manager.delete(f"repairs/{taken_in.pk}/attachments/{pk}"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len(stored()) == 1


# What is left behind, several at once, and an end half-way.


@pytest.mark.parametrize("backend", ["InMemoryStorage", "FileSystemStorage"])
def test_files_that_no_attachment_has_are_gone_after_a_day(
    branch: Branch, backend: str, settings: Any, tmp_path: Path
) -> None:
    storage = {"BACKEND": f"django.core.files.storage.{backend}", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    now = timezone.now()
    assert services.drop_orphaned_attachments(now=now) == 0  # there is no folder yet
    taken_in = order(branch)
    kept, _ = services.add_attachment(taken_in.pk, read_upload(io.BytesIO(drawn()), "p"), actor=SYSTEM)
    others, orphan = ["notes.txt", f"{new_id()}.png"], new_id()
    for name in [f"{orphan}.jpg", f"{orphan}-small.jpg", f"{new_id()}.pdf", *others]:
        default_storage.save(f"attachments/{name}", ContentFile(b"x"))

    early = services.drop_orphaned_attachments(now=now + timedelta(hours=23)), len(stored())
    late = services.drop_orphaned_attachments(now=now + timedelta(hours=25))
    tasks.drop_orphaned_attachments()

    assert (early, late) == ((0, 6), 3)
    assert stored() == sorted([f"{kept.pk}.jpg", *others])


def test_same_file_by_eight_at_once_is_one(branch: Branch) -> None:
    taken_in, content = order(branch), drawn()
    callers = [Api(member("manager", branch)) for _ in range(8)]

    answers = race(*[lambda api=api: send(api, taken_in, content) for api in callers])

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.body["data"]["id"] for answer in answers}) == 1
    kept = Attachment.objects.get()
    assert stored() == [f"{kept.pk}.jpg"]
    assert len(events_of(taken_in, "repairs.attachment_added")) == 1


def test_killed_upload_keeps_nothing(branch: Branch) -> None:
    taken_in, upload = order(branch), read_upload(io.BytesIO(drawn()), "p")

    every_statement_killed(lambda: services.add_attachment(taken_in.pk, upload, actor=SYSTEM))

    assert len(stored()) == 1
