"""Files behind the customer's link: those that are meant for them, as downloads, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs import tasks
from apps.repairs.services import close_tracking_link
from tests.conftest import Api
from tests.factories import order
from tests.pictures import drawn, pdf
from tests.repairs.contract import SYSTEM
from tests.repairs.files import send
from tests.repairs.quoting import token_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_files")]
WHERE = ["/api/v1/track/{}/attachments/{}", "/track/{}/files/{}/"]
SMALL = ["/api/v1/track/{}/attachments/{}/thumbnail", "/track/{}/files/{}/small/"]


def _sent(manager: Api, taken_in: Any, content: bytes = b"", **fields: str) -> str:
    pk: str = send(manager, taken_in, content or drawn(), **fields).body["data"]["id"]
    return pk


def _fetched(anonymous: Api, path: str) -> Any:
    answer: Any = anonymous.client.get(path)
    answer.sent = b"".join(answer.streaming_content)
    return answer


def test_a_customer_is_shown_the_own_files_and_may_keep_them(anonymous: Api, manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    token = token_of(taken_in)
    picture = _sent(manager, taken_in, kind="after", forCustomer="true")
    paper = _sent(manager, taken_in, pdf(), name="invoice.pdf", forCustomer="true")
    tasks.make_thumbnail(picture)

    told = {row["id"]: row for row in anonymous.get(f"track/{token}").body["data"]["attachments"]}
    page = anonymous.client.get(f"/track/{token}/").content.decode()
    files = [_fetched(anonymous, where.format(token, pk)) for where in WHERE for pk in (picture, paper)]
    small = [_fetched(anonymous, where.format(token, picture)) for where in SMALL]

    path = f"/api/v1/track/{token}/attachments"
    assert [(told[pk]["downloadUrl"], told[pk]["thumbnailUrl"]) for pk in (picture, paper)] == [
        (f"{path}/{picture}", f"{path}/{picture}/thumbnail"), (f"{path}/{paper}", None),
    ]  # fmt: skip
    assert f'href="/track/{token}/files/{paper}/" download' in page
    assert [page.count(f"/files/{pk}/small/") for pk in (picture, paper)] == [1, 0]
    assert [answer["Content-Type"] for answer in [*files, *small]] == ["image/jpeg", "application/pdf"] * 2 + [
        "image/jpeg"
    ] * 2
    for answer in [*files, *small]:
        assert answer.status_code == 200
        assert answer.sent.startswith(b"%PDF-" if answer["Content-Type"] == "application/pdf" else b"\xff\xd8")
        assert answer["Content-Disposition"].startswith(f'attachment; filename="{taken_in.order_number}-')
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "no-store" in answer["Cache-Control"]
        assert (answer["X-Content-Type-Options"], answer["X-Robots-Tag"]) == ("nosniff", "noindex, nofollow")


def test_no_other_file_is_behind_the_link(anonymous: Api, manager: Api, branch: Branch) -> None:
    taken_in, other, closed = order(branch), order(branch), order(branch)
    token, shut = token_of(taken_in), token_of(closed)
    internal = _sent(manager, taken_in)
    foreign, hidden = (_sent(manager, whose, forCustomer="true") for whose in (other, closed))
    gone = _sent(manager, taken_in, pdf(), name="gone.pdf", forCustomer="true")
    for pk in (internal, foreign, hidden):
        tasks.make_thumbnail(pk)
    manager.delete(f"repairs/{taken_in.pk}/attachments/{gone}")
    close_tracking_link(closed.pk, actor=SYSTEM)
    asked = [
        (token, internal),
        (token, foreign),
        (token, gone),
        (token, new_id()),
        (shut, hidden),
        ("nonsense", hidden),
    ]

    answers = [anonymous.client.get(where.format(*pair)).status_code for where in [*WHERE, *SMALL] for pair in asked]

    assert answers == [404] * 24
    assert anonymous.get(f"track/{token}").body["data"]["attachments"] == []


def test_the_pictures_of_a_page_do_not_use_up_what_its_reader_may_ask(
    anonymous: Api, manager: Api, branch: Branch, settings: Any
) -> None:
    taken_in = order(branch)
    token, picture = token_of(taken_in), _sent(manager, taken_in, forCustomer="true")
    forged = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    tasks.make_thumbnail(picture)
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "api": ["2/h"], "files": ["4/h"]}

    def codes(paths: list[str], of: str, times: int) -> list[int]:
        return [anonymous.client.get(path.format(of, picture)).status_code for path in paths for _ in range(times)]

    shown = codes(SMALL, token, 2)
    too_many = codes([*SMALL, *WHERE], token, 1)
    pages = codes(["/api/v1/track/{}", "/track/{}/"], token, 1)
    guessed = codes(SMALL, forged, 2)

    assert (shown, too_many, pages) == ([200] * 4, [429] * 4, [200, 200])
    assert guessed == [404, 429, 404, 429]
