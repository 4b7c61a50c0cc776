"""Files that an order does not take."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from apps.core.exceptions import Unavailable
from apps.core.uploads import clean_name, read_upload
from apps.inventory.models import Branch
from apps.repairs.models import Attachment
from apps.repairs.services import attachments as services
from tests.conftest import Api
from tests.factories import order
from tests.pictures import BOMBS, drawn, pdf
from tests.repairs.contract import SYSTEM, named
from tests.repairs.files import send, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_files")]
HANDED_OVER = "in_progress>completed>ready_pickup>delivered"


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def fetch(api: Api, path: str, **headers: str) -> Any:
    return api.client.get(path, headers={**api.headers, **headers})


# What is refused.


@pytest.mark.parametrize("bomb", BOMBS)
def test_file_that_is_no_picture_or_too_large_is_refused(manager: Api, branch: Branch, bomb: str) -> None:
    taken_in, (content, code) = order(branch), BOMBS[bomb]

    answer = send(manager, taken_in, content)

    assert (answer.status_code, named(answer)) == (400, [("file", code)])
    assert (Attachment.objects.count(), stored()) == (0, [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\nnothing", "invalid_pdf"),
        (pdf()[:300], "invalid_pdf"),
        (pdf(201), "max_pages"),
        (pdf(1, 14_401), "max_pages"),
        (b" " + pdf(), "invalid_image"),
        (b"", "empty"),
        (b"MZ\x90", "invalid_image"),
    ],
    ids=["only a head", "cut short", "many pages", "a wall", "a blank before", "empty", "program"],
)
def test_document_that_cannot_be_read_is_refused(manager: Api, branch: Branch, content: bytes, code: str) -> None:
    taken_in = order(branch)

    answer = send(manager, taken_in, content, "scan.pdf")

    assert (answer.status_code, named(answer)) == (400, [("file", code)])
    assert (Attachment.objects.count(), stored()) == (0, [])


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"kind": "selfie"}, "kind", "invalid_choice"),
        ({"forCustomer": "maybe"}, "forCustomer", "invalid_choice"),
        ({"caption": "x"}, "caption", "unknown_field"),
    ],
)
def test_wrong_field_is_named(manager: Api, branch: Branch, fields: dict[str, str], field: str, code: str) -> None:
    taken_in = order(branch)

    answer = send(manager, taken_in, drawn(), **fields)

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert stored() == []


@pytest.mark.parametrize(
    ("body", "type_", "status", "code"),
    [
        (b"{}", "application/json", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"", MULTIPART_CONTENT, 400, "VALIDATION_ERROR"),
        (encode_multipart(BOUNDARY, {"file": "text"}), MULTIPART_CONTENT, 400, "VALIDATION_ERROR"),
        (encode_multipart(BOUNDARY, {"photo": SimpleUploadedFile("p", b"x")}), MULTIPART_CONTENT, 400, "VALIDATION_ERROR"),
        (b"x" * (16 * 1024 * 1024), MULTIPART_CONTENT, 413, "PAYLOAD_TOO_LARGE"),
    ],
    ids=["json", "empty", "text", "another name", "too large"],
)  # fmt: skip
def test_body_that_is_no_form_with_a_file_is_refused(
    manager: Api, branch: Branch, body: bytes, type_: str, status: int, code: str
) -> None:
    path = f"/api/v1/repairs/{order(branch).pk}/attachments"

    answer = manager.client.generic("POST", path, body, content_type=type_, headers=manager.headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Attachment.objects.count() == 0


def test_order_has_a_bounded_number_of_files(manager: Api, branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 2)
    taken_in = order(branch)
    statuses = [send(manager, taken_in, drawn(size=(10, number))).status_code for number in (1, 2, 3)]
    first = taken_in.attachments.order_by("created_at").first()
    manager.delete(f"repairs/{taken_in.pk}/attachments/{first.pk}")

    after = send(manager, taken_in, drawn(size=(10, 3))).status_code

    assert (statuses, after, len(stored())) == ([201, 201, 409], 201, 2)


def test_file_that_cannot_be_written_is_refused(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_in = order(branch)

    def full(name: str, content: Any, max_length: int | None = None) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    with pytest.raises(Unavailable):
        services.add_attachment(taken_in.pk, read_upload(io.BytesIO(drawn()), "p"), actor=SYSTEM)

    assert Attachment.objects.count() == 0


@pytest.mark.parametrize(
    ("called", "kept"),
    [
        ("IMG_0001.HEIC", "IMG_0001.HEIC"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\b.png", "b.png"),
        ("a\r\nSet-Cookie: x\0.jpg", "aSet-Cookie: x.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("фото.jpg", "фото.jpg"),
        ("x" * 400, "x" * 150),
        ("/", "file"),
        ("", "file"),
    ],
)
def test_names_are_one_line_without_folders(called: str, kept: str) -> None:
    assert clean_name(called) == kept
