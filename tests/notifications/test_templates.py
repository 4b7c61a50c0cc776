"""The shop words its messages itself, in a language that can do nothing but say words, and sees them before they go."""

from __future__ import annotations

from typing import Any

import pytest

from apps.audit import services as audit
from apps.inventory.models import Branch
from apps.notifications import rules
from apps.notifications.content import WORDINGS
from apps.notifications.enums import Channel, MessageEvent, Purpose
from apps.notifications.models import MessageTemplate, Notification
from apps.notifications.selectors import default_wording, wording_of
from apps.notifications.services.letters import letter_in, paragraphs_of
from apps.notifications.services.templates import check_template, sample_words
from apps.repairs.enums import OrderStatus
from apps.repairs.services import change_status
from tests.conftest import Api
from tests.factories import CustomerFactory, order
from tests.repairs.contract import SYSTEM

pytestmark = pytest.mark.django_db
PATH = "notifications/templates"
SMS = {"event": "repair_in_progress", "channel": "sms", "language": "en", "body": "{{ shop }} has begun. {{ link }}"}
MAIL = {**SMS, "channel": "email", "subject": "Begun: {{ order_number }}", "body": "Hello {{ name }},\n\n{{ link }}"}


# The language.


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ nmae }}", "There is no “nmae” here; there are: name."),
        ("{{ name.__class__ }}", "There is no “name.__class__” here; there are: name."),
        ("{{ name", "expected '}}', found end of file"),
        ("{% if name %}a", "expected tag endif, found end of expression"),
        ("{% for i in (1..9) %}a{% endfor %}", "unexpected tag 'for'"),
        ("{% include 'x' %}", "unexpected tag 'include'"),
        ("{% assign name = 'x' %}", "unexpected tag 'assign'"),
        ("{{ name | url_encode }}", "unknown filter 'url_encode'"),
        ("{% if name %}" * 2000, "block nesting limit reached"),
    ],
)
def test_what_is_no_template_is_named(text: str, problem: str) -> None:
    assert rules.problems(text, {"name"}) == [problem]


def test_words_are_never_read_as_a_template() -> None:
    words = {"name": "{{ link }}{% if name %}", "link": None}

    assert rules.rendered("Hello {{ name }}{% if link %}, here: {{ link }}{% endif %}.", words) == (
        "Hello {{ link }}{% if name %}."
    )


def test_a_subject_is_one_line() -> None:
    assert rules.one_line("For {{ name }}", {"name": "Kim\r\nBcc: everybody@mail.example"}) == (
        "For Kim Bcc: everybody@mail.example"
    )


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),  # the euro sign does not fit into the last place of a part
        ("é" * 160, "GSM-7", 160, 1),
        ("ê" * 70, "UCS-2", 70, 1),
        ("ê" * 71, "UCS-2", 71, 2),
        ("ق" * 134, "UCS-2", 134, 2),
        ("ق" * 135, "UCS-2", 135, 3),
        ("🔧" * 35, "UCS-2", 70, 1),
        ("a" * 66 + "🔧" + "a" * 66, "UCS-2", 134, 3),
    ],
)
def test_an_sms_is_counted_as_it_is_paid(text: str, encoding: str, units: int, count: int) -> None:
    assert rules.segments(text) == rules.Segments(encoding, units, count)


# What comes with Mendery.


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("channel", Channel)
def test_each_event_has_words_that_are_templates(language: str, channel: Channel) -> None:
    for event in rules.WORDED:
        worded = default_wording(event, channel, language)

        check_template(event, channel, worded.subject, worded.body)
        subject, body = worded.rendered(sample_words(rules.variables_of(event)))
        assert worded.language == language
        assert "{" not in subject + body
        assert rules.segments(body).count <= 3 or channel != Channel.SMS, (event, body)


def test_every_event_of_a_customer_is_worded_in_every_language() -> None:
    told = {event for event in MessageEvent if rules.purpose_of(event) in {Purpose.SERVICE, Purpose.REMINDER}}

    for wordings in WORDINGS.values():
        assert wordings.keys() == told


@pytest.mark.parametrize(
    ("locale", "language"), [("de-AT", "de"), ("de_CH", "de"), ("DE", "de"), ("ar", "en"), ("", "en")]
)
def test_who_speaks_another_language_is_written_to_in_english(branch: Branch, locale: str, language: str) -> None:
    assert wording_of(MessageEvent.QUOTE_SENT, Channel.SMS, locale, branch.pk).language == language


# The letter.


def test_what_a_template_says_is_text_in_the_letter_and_never_html(branch: Branch) -> None:
    html = letter_in(
        "S", "<script>x</script>\n\nhttps://shop.example/track/x/\n\nsee https://shop.example", "en", branch
    )

    assert "<script>" not in html
    assert "&lt;script&gt;x&lt;/script&gt;" in html
    assert html.count('href="https://shop.example/track/x/"') == 1
    assert html.count("<a ") == 1


def test_paragraphs_are_parted_by_empty_lines() -> None:
    found = [(part.lines, part.link) for part in paragraphs_of("One\ntwo\n\n\nhttps://x.example/y\n\n")]

    assert found == [(("One", "two"), ""), ((), "https://x.example/y")]


# The door.


def test_a_template_is_used_from_then_on_and_its_words_are_counted(admin: Api, branch: Branch) -> None:
    made = admin.post(PATH, {**SMS, "branchId": str(branch.pk)})
    same = admin.patch(f"{PATH}/{made.body['data']['id']}", {"isActive": True})
    other = admin.patch(f"{PATH}/{made.body['data']['id']}", {"body": "Begun. {{ link }}"})
    history = admin.get(f"{PATH}/{made.body['data']['id']}/history").body["data"]["items"]

    assert (made.status_code, same.body["data"]["version"], other.body["data"]["version"]) == (201, 1, 2)
    assert history[-1]["payload"]["changes"]["body"] == [SMS["body"], "Begun. {{ link }}"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"body": "{{ nmae }}"}, "body", "invalid"),
        ({"body": "ق" * 500}, "body", "max_length"),
        ({"subject": "Begun"}, "subject", "not_allowed"),
        ({"channel": "email"}, "subject", "required"),
        ({"event": "otp"}, "event", "invalid"),
        ({"event": "stock_low"}, "event", "invalid"),
        ({"language": "EN"}, "language", "invalid"),
        ({"channel": "pigeon"}, "channel", "invalid_choice"),
    ],
)
def test_what_is_no_template_is_refused_and_nothing_is_kept(
    admin: Api, change: dict[str, str], field: str, code: str
) -> None:
    answer = admin.post(PATH, {**SMS, **change})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(detail["field"], detail["code"]) for detail in answer.body["details"]] == [(field, code)]
    assert MessageTemplate.objects.count() == 0


def test_a_change_that_leaves_no_template_is_refused(admin: Api) -> None:
    made = admin.post(PATH, MAIL).body["data"]

    answer = admin.patch(f"{PATH}/{made['id']}", {"subject": ""})

    assert (answer.status_code, answer.body["details"][0]["field"]) == (400, "subject")
    assert MessageTemplate.objects.get().subject == MAIL["subject"]


def test_there_is_one_template_for_each_event_channel_language_and_branch(admin: Api, branch: Branch) -> None:
    first, again = admin.post(PATH, SMS), admin.post(PATH, SMS)
    own = admin.post(PATH, {**SMS, "branchId": str(branch.pk)})

    assert (first.status_code, again.status_code, own.status_code) == (201, 409, 201)
    assert MessageTemplate.objects.count() == 2


def test_a_branchs_own_words_come_before_those_of_all_and_those_before_mendery(
    branch: Branch, other_branch: Branch
) -> None:
    MessageTemplate.objects.create(**{**MAIL, "subject": "Everywhere"})
    MessageTemplate.objects.create(branch=branch, **{**MAIL, "subject": "Here"})
    MessageTemplate.objects.create(branch=other_branch, **{**MAIL, "subject": "Off"}, is_active=False)
    told = []
    for place in (branch, other_branch):
        taken_in = order(place, customer=CustomerFactory(email="kim@mail.example", locale="en").pk)
        change_status(taken_in.pk, OrderStatus.IN_PROGRESS, actor=SYSTEM)
        audit.sweep()
        message = Notification.objects.get(order=taken_in, event=MessageEvent.REPAIR_IN_PROGRESS)
        told.append((message.subject, message.template_version))

    assert told == [("Here", 1), ("Everywhere", 1)]


def test_a_template_is_shown_on_a_real_order_and_nothing_is_sent(manager: Api, admin: Api, branch: Branch) -> None:
    taken_in = order(branch, customer=CustomerFactory(first_name="Kim", last_name="<b>", locale="en").pk)
    made = admin.post(PATH, MAIL).body["data"]["id"]
    before = Notification.objects.count()

    answer = manager.post(f"{PATH}/{made}/preview", {"repairOrderId": str(taken_in.pk)})
    sample = manager.post(f"{PATH}/{made}/preview", {})

    shown = answer.body["data"]
    assert (answer.status_code, shown["subject"]) == (200, f"Begun: {taken_in.order_number}")
    assert shown["body"].startswith("Hello Kim <b>,\n\nhttps://shop.example/track/")
    assert "Hello Kim &lt;b&gt;," in shown["html"]
    assert shown["segments"] is None
    assert sample.body["data"]["subject"] == "Begun: R-2026-000123"
    assert Notification.objects.count() == before


def test_the_preview_of_an_sms_says_what_it_costs(admin: Api) -> None:
    made = admin.post(PATH, SMS).body["data"]["id"]

    shown = admin.post(f"{PATH}/{made}/preview", {}).body["data"]

    assert shown["segments"] == {"encoding": "GSM-7", "units": len(shown["body"]), "count": 1}
    assert (shown["subject"], shown["html"]) == ("", "")


def test_a_move_says_beforehand_what_it_would_send(seller: Api, branch: Branch, provider: Any) -> None:
    taken_in = order(branch, customer=CustomerFactory(email="kim@mail.example", phone="+491701234567", locale="de").pk)

    sent, silent = (
        seller.post("notifications/preview", {"repairOrderId": str(taken_in.pk), "status": status}).body["data"]
        for status in ("in_progress", "waiting_parts")
    )

    assert [(told["channel"], told["recipient"]) for told in sent["messages"]] == [
        ("email", "kim@mail.example"),
        ("sms", "+491701234567"),
    ]
    assert sent["messages"][0]["subject"].startswith("Die Arbeit an Ihrem")
    assert silent == {"messages": []}


def test_the_words_of_mendery_are_listed_with_their_variables(manager: Api) -> None:
    found = manager.get(f"{PATH}/defaults").body["data"]["templates"]

    assert len(found) == len(WORDINGS) * len(rules.WORDED) * len(Channel)
    assert found[0]["variables"] == sorted(rules.variables_of(MessageEvent.REPAIR_CREATED))
