"""Events are written beside the change they tell of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.db import IntegrityError, models, transaction
from django.test.utils import isolate_apps

from apps.accounts.services import create_customer
from apps.audit.enums import DeliveryStatus
from apps.audit.models import Delivery, Event
from apps.audit.services import changing, creating, record, record_created, record_many
from apps.audit.services.recording import snapshot
from apps.catalog.models import Brand
from apps.core.actor import Actor
from apps.core.events import DomainEvent
from apps.core.exceptions import NotFound
from apps.core.fields import EncryptedTextField
from apps.core.ids import new_id
from apps.repairs.models import DeviceSecret
from tests.audit.conftest import SYSTEM, tell
from tests.conftest import Api
from tests.factories import BrandFactory, UserFactory, order
from tests.probe.events import Told

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@dataclass(frozen=True, kw_only=True)
class Weighed(DomainEvent):
    event_type: ClassVar[str] = "test.weighed"
    aggregate: ClassVar[str] = "test.thing"
    grams: Decimal
    by_id: UUID
    at: datetime
    names: tuple[str, ...]
    missing: None = None


@pytest.mark.django_db
def test_record_writes_one_delivery_for_each_subscriber() -> None:
    event = tell()

    assert sorted(Delivery.objects.values_list("event_id", "subscriber", "status", "attempts")) == [
        (event.pk, "probe.first_ear", DeliveryStatus.PENDING, 0),
        (event.pk, "probe.second_ear", DeliveryStatus.PENDING, 0),
    ]


@pytest.mark.django_db
def test_record_without_a_subscriber_writes_the_event_alone() -> None:
    with transaction.atomic():
        record(Weighed(aggregate_id=ID, grams=Decimal(1), by_id=ID, at=datetime.now(UTC), names=()), actor=SYSTEM)

    assert Event.objects.count() == 1
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_record_is_undone_with_the_change() -> None:
    @transaction.atomic
    def change() -> None:
        Brand.objects.create(name="Nokia")
        record(Told(aggregate_id=new_id()), actor=SYSTEM)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()

    assert (Brand.objects.count(), Event.objects.count(), Delivery.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_a_change_that_the_database_refuses_leaves_no_event() -> None:
    first = create_customer({"first_name": "Kim", "last_name": "Carter", "phone": "+4930123456"}, actor=SYSTEM)

    with pytest.raises(IntegrityError):
        create_customer({"id": first.pk, "first_name": "Lea", "last_name": "Ott", "phone": "+4930"}, actor=SYSTEM)

    assert list(Event.objects.values_list("type", "aggregate_id")) == [("accounts.customer_created", first.pk)]


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError, match="in the transaction of its change"):
        record(Told(aggregate_id=new_id()), actor=SYSTEM)

    assert (Event.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_record_wakes_the_workers_after_the_commit_with_the_ids(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        tell()

    sent = [callback.args for callback in callbacks]
    ids = [str(pk) for pk in Delivery.objects.order_by("pk").values_list("pk", flat=True)]
    assert sent == [("audit.deliver", (ids,))]


@pytest.mark.django_db
def test_record_keeps_a_payload_of_plain_values() -> None:
    at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    weighed = Weighed(aggregate_id=ID, grams=Decimal("12.50"), by_id=ID, at=at, names=("a", "b"))

    with transaction.atomic():
        record(weighed, actor=SYSTEM)

    assert Event.objects.get().payload == {
        "grams": "12.50",
        "by_id": str(ID),
        "at": "2026-03-01T12:30:00Z",
        "names": ["a", "b"],
        "missing": None,
    }


@pytest.mark.django_db
def test_record_keeps_who_did_it_for_which_request_and_from_where() -> None:
    user = UserFactory(first_name="A" * 100, last_name="L" * 100)
    actor = Actor.user(user, request_id="req-1", address="2001:db8::1")

    with transaction.atomic():
        record(Told(aggregate_id=ID), actor=actor)

    event = Event.objects.get()
    assert (event.actor_kind, event.actor_id, event.actor_label) == ("user", user.pk, f"{'A' * 100} {'L' * 99}")
    assert (event.request_id, event.address, event.aggregate_id) == ("req-1", "2001:db8::1", ID)


@pytest.mark.django_db
def test_record_many_costs_the_same_for_one_and_for_thirty(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for count in (1, 30):
        with transaction.atomic(), django_assert_num_queries(2):
            record_many([Told(aggregate_id=new_id()) for _ in range(count)], actor=SYSTEM)

    assert (Event.objects.count(), Delivery.objects.count()) == (31, 62)


@pytest.mark.django_db
def test_record_many_of_nothing_writes_nothing() -> None:
    with transaction.atomic():
        assert record_many([], actor=SYSTEM) == []

    record_created([], actor=SYSTEM)
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_creating_that_fails_leaves_neither_record_nor_event() -> None:
    def create() -> None:
        with creating(actor=SYSTEM) as created:
            created.append(BrandFactory())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        create()

    assert (Brand.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_changing_without_a_difference_records_nothing() -> None:
    brand = BrandFactory()

    with changing(Brand.objects.all(), brand.pk, actor=SYSTEM) as held:
        held.save()

    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_changing_a_record_outside_the_queryset_is_refused() -> None:
    brand = BrandFactory(name="Nokia")

    with pytest.raises(NotFound), changing(Brand.objects.none(), brand.pk, actor=SYSTEM) as held:
        held.name = "Never"

    brand.refresh_from_db()
    assert (brand.name, Event.objects.count()) == ("Nokia", 0)


@pytest.mark.django_db
def test_recorded_columns_hold_no_password_and_nothing_encrypted() -> None:
    taken_in = order(device_password="Gh3im-1234")
    user = UserFactory(email="old@shop.example")
    with changing(type(user).objects.all(), user.pk, actor=SYSTEM) as held:
        held.email = "new@shop.example"
        held.set_password("N3w-Secret-Word")
        held.save()

    with transaction.atomic():
        record_created([DeviceSecret.objects.get(order=taken_in), user], actor=SYSTEM)

    changed = Event.objects.get(type="accounts.user.updated").payload["changes"]
    assert changed == {"email": ["old@shop.example", "new@shop.example"]}
    secret = Event.objects.get(type="repairs.devicesecret.created").payload["changes"]
    assert secret.pop("kept_since")[0] is None
    assert secret == {"order_id": [None, str(taken_in.pk)], "kind": [None, "text"]}
    assert "password" not in Event.objects.get(type="accounts.user.created").payload["changes"]


@isolate_apps("tests.probe")
def test_a_snapshot_leaves_out_what_is_encrypted_under_any_name() -> None:
    class Vault(models.Model):
        label = models.CharField(max_length=20)
        seed = EncryptedTextField()

        class Meta:
            app_label = "probe"

        def __str__(self) -> str:
            return self.label

    assert snapshot(Vault(label="totp", seed="JBSWY3DP")) == {"label": "totp"}


@pytest.mark.django_db
def test_no_event_of_a_whole_repair_holds_a_secret(manager: Api, branch: object) -> None:
    taken_in = order(branch, device_password="Gh3im-1234")
    manager.get(f"repairs/{taken_in.pk}/device-password")
    manager.patch(f"repairs/{taken_in.pk}", {"devicePassword": "0ther-5678"})
    manager.client.post("/api/v1/auth/login", {"identifier": manager.user.email, "password": "Wr0ng-guess"})

    told = "\n".join(f"{event.type} {event.payload}" for event in Event.objects.all())

    assert "repairs.device_password_read" in told
    assert "repairs.order_changed" in told
    for secret in ("Gh3im-1234", "0ther-5678", "Wr0ng-guess", manager.user.password, manager.headers["Authorization"]):
        assert secret not in told
