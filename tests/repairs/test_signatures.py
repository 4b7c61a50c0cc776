"""What customers sign: the text as it stood, with a drawn name, and who saw to it."""

from __future__ import annotations

import base64
import io
from hashlib import sha256
from typing import Any

import pytest
from PIL import Image

from apps.core.written_names import written_name
from apps.inventory.models import Branch
from apps.repairs.models import DropOff, Signature, Terms
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, member, order
from tests.pictures import drawn, png
from tests.repairs.contract import books, events_of, named

pytestmark = pytest.mark.django_db


def scribble(**options: Any) -> str:
    picture = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (10, 40, 200, 44))
    written = io.BytesIO()
    picture.save(written, "PNG", **options)
    return base64.b64encode(written.getvalue()).decode()


def terms_of(api: Api, thing: str, purpose: str = "intake") -> dict[str, str]:
    found: dict[str, str] = api.get(f"{thing}/terms?purpose={purpose}").body["data"]
    return found


def signed(api: Api, thing: str, **changes: Any) -> Any:
    digest = terms_of(api, thing, changes.get("purpose", "intake"))["textSha256"]
    body = {"purpose": "intake", "name": "Kim Carter", "image": scribble(), "textSha256": digest, **changes}
    return api.post(f"{thing}/signatures", {name: value for name, value in body.items() if value is not ...})


def test_text_is_that_of_the_branch_in_the_customers_language(
    manager: Api, branch: Branch, other_branch: Branch
) -> None:
    rows = [
        (None, "en", "everywhere"), (branch, "en", "here"), (None, "de", "überall"), (other_branch, "de", "dort"),
        (branch, "fr", "ici"),
    ]  # fmt: skip
    for where, language, text in rows:
        Terms.objects.create(branch=where, language=language, text=text)

    found = {}
    for locale in ("en", "de", "de-CH", "fr", "pl"):
        taken_in = order(branch, customer=CustomerFactory(locale=locale).pk)
        terms = terms_of(manager, f"repairs/{taken_in.pk}")
        assert terms["textSha256"] == sha256(terms["text"].encode()).hexdigest()
        found[locale] = (terms["language"], terms["text"])

    assert found == {
        "en": ("en", "here"), "de": ("de", "überall"), "de-CH": ("de", "überall"), "fr": ("fr", "ici"), "pl": ("en", "here"),
    }  # fmt: skip
    assert (
        terms_of(manager, f"repairs/{taken_in.pk}", "hand_over")["text"] == "I have received the device described here."
    )


def test_signature_is_kept_with_text_time_and_address(manager: Api, branch: Branch) -> None:
    Terms.objects.create(text="You pay.\nWe mend.")
    taken_in = order(branch)
    thing = f"repairs/{taken_in.pk}"

    answer = signed(manager, thing, image=f"data:image/png;base64,{scribble()}")
    Terms.objects.update(text="You pay more.")

    data, kept = answer.body["data"], Signature.objects.get()
    assert (answer.status_code, data["name"], data["text"], data["address"]) == (
        201,
        "Kim Carter",
        "You pay.\nWe mend.",
        "127.0.0.1",
    )
    assert data["textSha256"] == sha256(b"You pay.\nWe mend.").hexdigest()
    assert (data["repairOrderId"], data["dropOffId"], data["actor"]["id"]) == (
        str(taken_in.pk),
        None,
        str(manager.user.pk),
    )
    assert manager.get(f"{thing}/signatures").body["data"]["items"] == [data]
    image = manager.request("GET", data["imageUrl"])
    picture = Image.open(io.BytesIO(image.content))
    assert (image["Content-Type"], picture.size, picture.mode, picture.info) == ("image/png", (300, 100), "L", {})
    assert (picture.getpixel((20, 42)), picture.getpixel((250, 10))) == (0, 255)
    assert image["Content-Disposition"] == f'attachment; filename="signature-{kept.pk.hex[-8:]}.png"'
    assert events_of(taken_in, "repairs.order_signed") == [{"signature_id": str(kept.pk), "purpose": "intake"}]


def test_name_that_is_typed_is_drawn(manager: Api, branch: Branch) -> None:
    thing = f"repairs/{order(branch).pk}"

    answer = signed(manager, thing, image=..., name="محمد 王小明", purpose="hand_over")

    image = manager.request("GET", answer.body["data"]["imageUrl"])
    assert answer.status_code == 201
    assert image.content == written_name("محمد 王小明")
    assert Image.open(io.BytesIO(image.content)).getextrema() == (0, 255)


def test_nobody_signs_a_text_that_has_changed(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    shown = terms_of(manager, f"repairs/{taken_in.pk}")["textSha256"]
    Terms.objects.create(text="Another one.")
    before = books()

    answer = signed(manager, f"repairs/{taken_in.pk}", textSha256=shown)

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert (books(), Signature.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"image": "not base64!"}, "image", "invalid_image"),
        ({"image": base64.b64encode(b"<svg/>").decode()}, "image", "invalid_image"),
        ({"image": base64.b64encode(drawn("JPEG")).decode()}, "image", "invalid_image"),
        ({"image": base64.b64encode(drawn("PNG")[:-40]).decode()}, "image", "invalid_image"),
        ({"image": base64.b64encode(png(2_000, 1_001)).decode()}, "image", "max_pixels"),
        ({"image": base64.b64encode(b"\0" * 100_001).decode()}, "image", "max_size"),
        ({"image": base64.b64encode(drawn("PNG", mode="RGBA")).decode()}, "image", "blank"),
        ({"image": ""}, "image", "blank"),
        ({"name": ""}, "name", "blank"),
        ({"name": ...}, "name", "required"),
        ({"purpose": "fun"}, "purpose", "invalid_choice"),
        ({"textSha256": "abc"}, "textSha256", "invalid"),
    ],
)  # fmt: skip
def test_signature_that_is_none_is_refused(
    manager: Api, branch: Branch, changes: dict[str, Any], field: str, code: str
) -> None:
    thing = f"repairs/{order(branch).pk}"
    digest = terms_of(manager, thing)["textSha256"]

    answer = (
        signed(manager, thing, **{"textSha256": digest, **changes})
        if changes.get("purpose") != "fun"
        else (manager.post(f"{thing}/signatures", {"purpose": "fun", "name": "K", "textSha256": digest}))
    )

    assert (answer.status_code, named(answer)) == (400, [(field, code)])
    assert Signature.objects.count() == 0


def test_visit_is_signed_for_all_its_devices(seller: Api, branch: Branch) -> None:
    drop_off = DropOff.objects.create(number="D-1", customer=CustomerFactory(), branch=branch)
    thing = f"drop-offs/{drop_off.pk}"

    answer = signed(seller, thing)

    data = answer.body["data"]
    assert (answer.status_code, data["dropOffId"], data["repairOrderId"]) == (201, str(drop_off.pk), None)
    assert [row["id"] for row in seller.get(f"{thing}/signatures").body["data"]["items"]] == [data["id"]]
    assert seller.request("GET", data["imageUrl"]).status_code == 200


def test_who_may_have_something_signed(branch: Branch, other_branch: Branch) -> None:
    technician, owner = member("technician", branch), CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, technician=technician, customer=owner.pk)
    made = signed(Api(member("manager", branch)), f"repairs/{taken_in.pk}").body["data"]
    body = {"purpose": "intake", "name": "K", "textSha256": made["textSha256"]}
    callers = {
        "technician": Api(technician), "customer": Api(owner.user), "another": Api(member("technician", branch)),
        "elsewhere": Api(member("manager", other_branch)), "nobody": Api(),
    }  # fmt: skip

    answers = {
        who: (
            api.post(f"repairs/{taken_in.pk}/signatures", body).status_code,
            api.request("GET", made["imageUrl"]).status_code,
            api.get(f"repairs/{taken_in.pk}/terms").status_code,
        )
        for who, api in callers.items()
    }

    assert answers == {
        "technician": (201, 200, 200), "customer": (403, 403, 200), "another": (404, 404, 404),
        "elsewhere": (404, 404, 404), "nobody": (401, 401, 401),
    }  # fmt: skip
