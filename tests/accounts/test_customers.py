"""Customers over HTTP: what is taken, what is found, who sees whom."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Customer
from apps.audit.models import Event
from apps.core.ids import new_id
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, order

pytestmark = pytest.mark.django_db
KIM = {"firstName": "Kim", "lastName": "Carter", "phone": "+447700900123"}
INVALID = (400, "VALIDATION_ERROR")


def created(api: Api, **fields: Any) -> dict[str, Any]:
    answer = api.post("customers", {**KIM, **fields})
    assert answer.status_code == 201, answer.body
    data: dict[str, Any] = answer.body["data"]
    return data


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(item["field"], item["code"]) for item in answer.body["details"]]


def found(api: Api, text: str) -> list[str]:
    answer = api.get(f"customers?q={quote(text)}&ordering=firstName")
    return [item["firstName"] for item in answer.body["data"]["items"]]


def test_a_new_customer_is_answered_whole(seller: Api) -> None:
    data = created(
        seller, email="Kim@Mail.Example", notes="rings twice", locale="de-AT", notificationPreferences={"sms": False}
    )

    stored = Customer.objects.get()
    stamp = "%Y-%m-%dT%H:%M:%S.%fZ"
    assert data == {
        "id": str(stored.pk),
        "firstName": "Kim",
        "lastName": "Carter",
        "email": "kim@mail.example",
        "phone": "+447700900123",
        "notificationPreferences": {"sms": False, "email": True, "push": False},
        "notes": "rings twice",
        "locale": "de-AT",
        "isActive": True,
        "createdAt": stored.created_at.strftime(stamp),
        "updatedAt": stored.updated_at.strftime(stamp),
    }
    event = Event.objects.get(aggregate_id=stored.pk)
    assert (event.type, event.payload) == ("accounts.customer_created", {})


def test_a_new_customer_needs_a_name_and_a_phone_only(seller: Api) -> None:
    data = created(seller)

    assert (data["email"], data["notes"], data["locale"]) == (None, "", "en")
    assert data["notificationPreferences"] == {"sms": True, "email": True, "push": False}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("فاطمة", "الزهراء"),
        ("יוסף", "כהן"),
        ("Zoë", "O’Neill-Müller"),
        ("🦊", "👩‍👩‍👧"),
        ("李", "小龍"),
        ("x" * 100, "ß" * 100),
    ],
)
def test_names_in_any_script_are_kept_and_found(seller: Api, first: str, last: str) -> None:
    data = created(seller, firstName=f"  {first} ", lastName=last)

    read = seller.get(f"customers/{data['id']}").body["data"]
    assert (read["firstName"], read["lastName"]) == (first, last)
    assert found(seller, last) == [first]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"firstName": ""}, ("firstName", "blank")),
        ({"firstName": "   "}, ("firstName", "blank")),
        ({"lastName": None}, ("lastName", "null")),
        ({"firstName": "x" * 101}, ("firstName", "max_length")),
        ({"lastName": "🦊" * 101}, ("lastName", "max_length")),
        ({"firstName": {"a": 1}}, ("firstName", "invalid")),
        ({"lastName": True}, ("lastName", "invalid")),
        ({"email": "no-address"}, ("email", "invalid")),
        ({"email": "a@" + ("x" * 60 + ".") * 4 + "long.example"}, ("email", "max_length")),
        ({"notes": "x" * 1001}, ("notes", "max_length")),
        ({"locale": "english!"}, ("locale", "invalid")),
        ({"phone": ""}, ("phone", "blank")),
        ({"phone": "call me"}, ("phone", "invalid_phone")),
        ({"phone": "07700 900123"}, ("phone", "invalid_phone")),
        ({"phone": "+44123"}, ("phone", "invalid_phone")),
        ({"phone": "+999123456789"}, ("phone", "invalid_phone")),
        ({"phone": "+4477009001234567890"}, ("phone", "invalid_phone")),
        ({"phone": "+" + "4" * 40}, ("phone", "invalid_phone")),
        ({"notificationPreferences": {"sms": "often"}}, ("notificationPreferences.sms", "invalid")),
        ({"notificationPreferences": {"fax": True}}, ("notificationPreferences.fax", "unknown_field")),
        ({"notificationPreferences": [1]}, ("notificationPreferences", "invalid")),
        ({"isActive": False}, ("isActive", "unknown_field")),
        ({"userId": str(new_id())}, ("userId", "unknown_field")),
        ({"id": "1"}, ("id", "invalid")),
        ({"id": "123e4567-e89b-42d3-a456-426614174000"}, ("id", "invalid")),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_created(
    seller: Api, fields: dict[str, Any], expected: tuple[str, str]
) -> None:
    answer = seller.post("customers", {**KIM, **fields})

    assert (outcome(answer), errors(answer)) == (INVALID, [expected])
    assert Customer.objects.count() == 0


@pytest.mark.parametrize("name", KIM)
def test_a_missing_field_is_named(seller: Api, name: str) -> None:
    answer = seller.post("customers", {key: value for key, value in KIM.items() if key != name})

    assert (outcome(answer), errors(answer)) == (INVALID, [(name, "required")])
    assert Customer.objects.count() == 0


@pytest.mark.parametrize(
    ("region", "given_as", "kept"),
    [
        (None, "+44 (0)7700 900-123", "+447700900123"),
        (None, "  +49 171 1234567 ", "+491711234567"),
        ("GB", "07700 900123", "+447700900123"),
        ("DE", "0171/1234567", "+491711234567"),
        ("DE", "0044 7700 900123", "+447700900123"),
        ("US", "(201) 555-0123", "+12015550123"),
    ],
)
def test_a_phone_number_is_kept_in_one_form(
    seller: Api, settings: Any, region: str | None, given_as: str, kept: str
) -> None:
    settings.PHONE_REGION = region

    assert created(seller, phone=given_as)["phone"] == kept


@pytest.mark.exhaustive
@settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_text_for_a_phone_number_breaks_the_server(seller: Api, text: str) -> None:
    answer = seller.post("customers", {**KIM, "phone": text})

    assert answer.status_code in {201, 400}


def test_a_client_may_make_the_id_and_a_second_use_is_refused(seller: Api) -> None:
    pk = str(new_id())
    first = created(seller, id=pk)

    again = seller.post("customers", {**KIM, "firstName": "Lea", "id": pk})

    assert first["id"] == pk
    assert outcome(again) == (409, "DUPLICATE_ERROR")
    assert list(Customer.objects.values_list("first_name", flat=True)) == ["Kim"]


def test_two_customers_may_share_a_phone_number(seller: Api) -> None:
    created(seller)
    created(seller, firstName="Lea")

    assert Customer.objects.filter(phone=KIM["phone"]).count() == 2


def test_a_repeated_creation_with_its_key_makes_one_customer(seller: Api) -> None:
    first, second = (seller.post("customers", KIM, Idempotency_Key="till-1") for _ in range(2))

    assert (first.status_code, second.status_code, Customer.objects.count()) == (201, 201, 1)
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_change_touches_the_given_fields_only_and_names_them(seller: Api) -> None:
    before = created(seller, notes="rings twice")

    answer = seller.patch(f"customers/{before['id']}", {"lastName": "Ng", "notificationPreferences": {"push": True}})

    after = answer.body["data"]
    assert answer.status_code == 200
    assert after == {
        **before,
        "lastName": "Ng",
        "notificationPreferences": {"sms": True, "email": True, "push": True},
        "updatedAt": after["updatedAt"],
    }
    event = Event.objects.get(type="accounts.customer_changed")
    assert sorted(event.payload["changed"]) == ["last_name", "notification_preferences"]
    assert "Ng" not in str(event.payload)


def test_a_change_that_changes_nothing_keeps_the_tag_and_records_nothing(seller: Api) -> None:
    before = created(seller)
    tag = seller.get(f"customers/{before['id']}").headers["ETag"]

    answer = seller.patch(f"customers/{before['id']}", {"lastName": "Carter"})

    assert (answer.status_code, answer.headers["ETag"]) == (200, tag)
    assert not Event.objects.filter(type="accounts.customer_changed").exists()


def test_an_answer_can_be_put_back_as_it_came(seller: Api) -> None:
    before = created(seller, email="kim@mail.example")

    answer = seller.put(f"customers/{before['id']}", {**before, "firstName": "Kimberly"})

    assert answer.status_code == 200
    assert answer.body["data"]["firstName"] == "Kimberly"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": "01890a5d-ac96-774b-bcce-b302099a8057"}, ("id", "read_only")),
        ({"isActive": False}, ("isActive", "read_only")),
        ({"createdAt": "2020-01-01T00:00:00Z"}, ("createdAt", "read_only")),
        ({"phone": None}, ("phone", "null")),
        ({"phone": "1"}, ("phone", "invalid_phone")),
        ({"nickname": "K"}, ("nickname", "unknown_field")),
    ],
)
def test_a_wrong_change_is_refused_whole(seller: Api, fields: dict[str, Any], expected: tuple[str, str]) -> None:
    pk = created(seller)["id"]
    before = Customer.objects.values().get()

    answer = seller.patch(f"customers/{pk}", {"lastName": "Never", **fields})

    assert (outcome(answer), errors(answer)) == (INVALID, [expected])
    assert Customer.objects.values().get() == before


def test_a_stale_tag_refuses_the_write_and_a_fresh_one_lets_it_through(manager: Api) -> None:
    pk = created(manager)["id"]
    stale = manager.get(f"customers/{pk}").headers["ETag"]
    fresh = manager.patch(f"customers/{pk}", {"lastName": "Ng"}, If_Match=stale).headers["ETag"]

    refused = [
        manager.patch(f"customers/{pk}", {"lastName": "Never"}, If_Match=stale),
        manager.delete(f"customers/{pk}", If_Match=stale),
    ]
    unchanged = manager.get(f"customers/{pk}", If_None_Match=fresh)
    accepted = manager.patch(f"customers/{pk}", {"lastName": "Ott"}, If_Match=fresh)

    assert [outcome(answer) for answer in refused] == [(412, "PRECONDITION_FAILED")] * 2
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (accepted.status_code, accepted.body["data"]["lastName"]) == (200, "Ott")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("jose", ["José"]),
        ("JOSÉ", ["José"]),
        ("mull", ["José"]),
        ("müller josé", ["José"]),
        ("jose mul", ["José"]),
        ("strasse", ["Ana"]),
        ("STRASSE", ["Ana"]),
        ("mail.example", ["Ana", "José"]),
        ("ana@", ["Ana"]),
        ("+4477009", ["José"]),
        ("900123", ["José"]),
        ("07700 900 123", ["José"]),
        ("+44 7700-900123", ["José"]),
        ("(0171) 1234", ["Ana"]),
        ("حمة", ["رحمة"]),
        ("jose ana", []),
        ("%", []),
        ("_", []),
        ("000", []),
        ("'; --", []),
    ],
)
def test_customers_are_found_by_name_phone_and_email(seller: Api, text: str, names: list[str]) -> None:
    CustomerFactory(first_name="José", last_name="Müller", phone="+447700900123", email="jose@mail.example")
    CustomerFactory(first_name="Ana", last_name="Straße", phone="+491711234567", email="ana@mail.example")
    CustomerFactory(first_name="رحمة", last_name="X", phone="+201001234567")

    assert found(seller, text) == names


def test_merged_and_erased_customers_are_not_found(manager: Api) -> None:
    kept, merged, erased = (created(manager, firstName=name)["id"] for name in ("Kept", "Merged", "Erased"))
    manager.post(f"customers/{merged}/merge", {"intoId": kept})
    manager.delete(f"customers/{erased}")

    answers = [manager.get(f"customers/{pk}") for pk in (merged, erased)]

    assert found(manager, "carter") == ["Kept"]
    assert [outcome(answer) for answer in answers] == [(404, "NOT_FOUND")] * 2


def test_a_customer_sees_and_changes_their_own_record_without_the_shop_s_notes(customer: Api, seller: Api) -> None:
    own = Customer.objects.get(user=customer.user)
    Customer.objects.filter(pk=own.pk).update(notes="never pays")

    read = customer.get(f"customers/{own.pk}").body["data"]
    listed = customer.get("customers").body["data"]["items"]
    changed = customer.patch(f"customers/{own.pk}", {"lastName": "Ott"})
    refused = customer.patch(f"customers/{own.pk}", {"lastName": "Never", "notes": "pays"})

    assert listed == [read]
    assert "notes" not in read
    assert (changed.status_code, changed.body["data"]["lastName"]) == (200, "Ott")
    assert "notes" not in changed.body["data"]
    assert outcome(refused) == (403, "FORBIDDEN")
    own.refresh_from_db()
    assert (own.last_name, own.notes) == ("Ott", "never pays")


def test_a_customer_does_not_find_others(customer: Api) -> None:
    other = CustomerFactory(last_name="Gardner")

    answers = [customer.get(f"customers/{other.pk}"), customer.patch(f"customers/{other.pk}", {"lastName": "X"})]

    assert [outcome(answer) for answer in answers] == [(404, "NOT_FOUND")] * 2
    assert found(customer, "gardner") == []
    assert customer.get("customers").body["data"]["pagination"]["total"] == 1


def test_a_technician_sees_the_customers_of_their_orders(technician: Api, branch: Any) -> None:
    mine, theirs, nobody_s = (CustomerFactory(first_name=name) for name in ("Mine", "Theirs", "Nobody"))
    order(branch, customer=mine.pk, technician=technician.user)
    order(branch, customer=mine.pk, technician=technician.user)
    order(branch, customer=theirs.pk, technician=UserFactory())
    order(branch, customer=nobody_s.pk)

    listed = technician.get("customers").body["data"]

    assert [item["firstName"] for item in listed["items"]] == ["Mine"]
    assert listed["pagination"]["total"] == 1
    assert technician.get(f"customers/{mine.pk}").status_code == 200
    assert outcome(technician.get(f"customers/{theirs.pk}")) == (404, "NOT_FOUND")
    assert outcome(technician.patch(f"customers/{mine.pk}", {"lastName": "X"})) == (403, "FORBIDDEN")
