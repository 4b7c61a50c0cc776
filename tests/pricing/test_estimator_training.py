"""The estimator is taught by a job, at the right times and by one at a time, and what it has learnt is kept whole."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.audit.models import Event
from apps.core.ids import new_id
from apps.pricing import rules, selectors, tasks
from apps.pricing.enums import PriceSource
from apps.pricing.models import EstimatorState, EstimatorVersion, Price
from apps.pricing.registry import PastPrice
from apps.pricing.selectors import learning, versions
from apps.pricing.services import create_price, refresh_estimators, train_estimators, update_price
from tests.factories import BranchFactory, DeviceModelFactory, PartTypeFactory, PriceFactory, RepairTypeFactory
from tests.pricing.shops import SYSTEM, PricedShop, trained
from tests.racing import kinds, race

TODAY = date(2026, 6, 15)
pytestmark = pytest.mark.django_db


class BrokenEstimator:
    """What `settings.PRICE_ESTIMATOR` may name: this one cannot learn."""

    @classmethod
    def fit(cls, known: Any, *, digits: int = 2) -> Any:
        raise ArithmeticError("no convergence")


Estimator = BrokenEstimator
from apps.pricing.estimator import DeviceFacts, Job, KnownPrice  # noqa: E402, F401


@pytest.fixture
def broken(settings: LazySettings) -> Any:
    learning.core.cache_clear()
    settings.PRICE_ESTIMATOR = __name__
    yield
    learning.core.cache_clear()


def test_training_stores_a_version_and_tells_of_it() -> None:
    shop = PricedShop()

    version = trained()

    assert (version.number, version.currency, version.known_prices, version.known_lines) == (1, "USD", 16, 0)
    assert version.suspicious == []
    told = Event.objects.get(type="pricing.estimator_trained")
    assert told.aggregate_id == version.pk
    assert {name: told.payload[name] for name in ("currency", "number", "known_prices", "suspicious")} == {
        "currency": "USD", "number": 1, "known_prices": 16, "suspicious": 0,
    }  # fmt: skip
    state = EstimatorState.objects.get()
    assert (state.pk, state.last, state.lease_owner, state.lease_until, state.last_error) == ("USD", 1, None, None, "")
    assert len(shop.prices) == 16


def test_what_has_been_learnt_is_not_learnt_again() -> None:
    PricedShop(models=3)
    trained()

    assert train_estimators(actor=SYSTEM) == []
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert train_estimators(actor=SYSTEM) == []
    assert EstimatorVersion.objects.count() == 1


def test_nothing_is_stored_for_a_shop_without_prices() -> None:
    assert train_estimators(actor=SYSTEM) == []
    assert train_estimators(actor=SYSTEM, currencies=["USD"]) == []
    assert not EstimatorVersion.objects.exists()


def test_the_last_price_that_goes_leaves_an_estimator_that_knows_nothing() -> None:
    price = PriceFactory()
    trained()
    Price.objects.all().delete()

    version = trained()

    assert (version.number, version.known_prices) == (2, 0)
    assert price.device_model is not None


@pytest.mark.exhaustive
def test_versions_are_numbered_by_currency_and_the_newest_are_kept(settings: LazySettings) -> None:
    settings.ESTIMATOR_VERSIONS_KEPT = 2
    price = PriceFactory()
    PriceFactory(currency="EUR")

    for amount in ("50.00", "51.00", "52.00"):
        Price.objects.filter(pk=price.pk).update(price=Decimal(amount))
        train_estimators(actor=SYSTEM)

    assert list(EstimatorVersion.objects.order_by("currency", "number").values_list("currency", "number")) == [
        ("EUR", 1), ("USD", 2), ("USD", 3),
    ]  # fmt: skip


def test_a_refresh_trains_what_was_changed_once_it_may() -> None:
    now = datetime(2026, 6, 15, 12, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        price = create_price(
            {"device_model": DeviceModelFactory(), "repair_type": RepairTypeFactory(), "price": Decimal("50.00")},
            actor=SYSTEM,
        )
        first = refresh_estimators(actor=SYSTEM)
        again = refresh_estimators(actor=SYSTEM)
        update_price(price.pk, {"price": Decimal("60.00")}, actor=SYSTEM)
        too_soon = refresh_estimators(actor=SYSTEM)
    with time_machine.travel(now + timedelta(minutes=10, seconds=1), tick=False):
        later = refresh_estimators(actor=SYSTEM)
        quiet = refresh_estimators(actor=SYSTEM)

    assert [version.number for version in first] == [1]
    assert (again, too_soon, quiet) == ([], [], [])
    assert [version.number for version in later] == [2]


def test_a_deleted_price_is_seen_by_the_refresh() -> None:
    shop = PricedShop(models=2)
    refresh_estimators(actor=SYSTEM)
    EstimatorState.objects.update(rests_until=None)

    shop.prices[0].delete()

    assert [version.known_prices for version in refresh_estimators(actor=SYSTEM)] == [3]


def test_a_quiet_refresh_is_two_statements() -> None:
    PricedShop(models=2)
    tasks.refresh_estimators()

    with CaptureQueriesContext(connection) as queries:
        tasks.refresh_estimators()

    assert len(queries) == 2


@pytest.mark.parametrize(
    ("seconds", "rest"), [(0.01, timedelta(seconds=5)), (2.0, timedelta(seconds=40)), (300.0, timedelta(minutes=10))]
)
def test_rest_grows_with_the_training(seconds: float, rest: timedelta) -> None:
    assert rules.rest_after(seconds) == rest


@pytest.mark.usefixtures("broken")
def test_a_training_that_fails_leaves_the_version_in_use_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    PricedShop(models=2)

    with caplog.at_level(logging.ERROR, "apps.pricing"):
        made = train_estimators(actor=SYSTEM)

    state = EstimatorState.objects.get()
    assert made == []
    assert not EstimatorVersion.objects.exists()
    assert state.last_error == "ArithmeticError: no convergence"
    assert (state.lease_owner, state.seen) == (None, "")
    assert state.rests_until is not None
    assert timedelta(minutes=9) < state.rests_until - timezone.now() <= timedelta(minutes=10)
    assert [record.getMessage() for record in caplog.records] == ["The estimator for USD could not be trained."]
    with pytest.raises(CommandError, match="USD: ArithmeticError: no convergence"):
        call_command("train_estimator", stdout=StringIO())


def test_a_failed_training_is_forgotten_by_the_next() -> None:
    PricedShop(models=2)
    EstimatorState.objects.create(currency="USD", last_error="ValueError: bad luck")

    trained()

    assert selectors.training_errors() == {}


def test_who_finds_somebody_training_leaves_it_to_them() -> None:
    PricedShop(models=2)
    EstimatorState.objects.create(
        currency="USD", lease_owner=new_id(), lease_until=timezone.now() + timedelta(minutes=1)
    )

    assert train_estimators(actor=SYSTEM) == []
    assert not EstimatorVersion.objects.exists()


def test_a_lease_of_a_killed_training_runs_out() -> None:
    PricedShop(models=2)
    EstimatorState.objects.create(
        currency="USD", lease_owner=new_id(), lease_until=timezone.now() - timedelta(seconds=1)
    )

    assert trained().number == 1


@pytest.mark.django_db(transaction=True)
def test_four_trainings_at_once_make_one_version() -> None:
    PricedShop(models=2)

    outcomes = race(*[lambda: train_estimators(actor=SYSTEM)] * 4)

    assert kinds(outcomes) == {"list": 4}
    assert EstimatorVersion.objects.count() == 1
    assert Event.objects.filter(type="pricing.estimator_trained").count() == 1


def known(currency: str = "USD") -> dict[str, tuple[float, float]]:
    """Price and weight of what would be learnt, by id."""
    return {one.id: (one.price, one.weight) for one in selectors.known_prices(currency, TODAY).prices}


def test_prices_that_hold_or_lately_did_are_learnt_and_no_estimates() -> None:
    here = {"valid_from": date(2026, 1, 1)}
    valid, branch = PriceFactory(**here), PriceFactory(branch=BranchFactory(), **here)
    ended = PriceFactory(valid_from=date(2025, 1, 1), valid_until=date(2026, 6, 14))
    PriceFactory(valid_from=date(2020, 1, 1), valid_until=date(2025, 6, 14))
    PriceFactory(valid_from=date(2026, 6, 16))
    PriceFactory(is_estimated=True, **here)
    PriceFactory(source=PriceSource.ESTIMATE, **here)
    euros = PriceFactory(currency="EUR", **here)

    assert known() == {str(valid.pk): (99.0, 1.0), str(branch.pk): (99.0, 0.5), str(ended.pk): (99.0, 0.5)}
    assert known("EUR") == {str(euros.pk): (99.0, 1.0)}


def test_of_one_key_the_latest_price_is_learnt() -> None:
    first = PriceFactory(valid_from=date(2025, 1, 1), valid_until=date(2026, 5, 31))
    second = PriceFactory(
        device_model=first.device_model, repair_type=first.repair_type, valid_from=date(2026, 6, 1),
        price=Decimal("120.00"),
    )  # fmt: skip

    assert known() == {str(second.pk): (120.0, 1.0)}


def test_what_was_charged_is_learnt_with_less_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    part = PartTypeFactory(name="Display", quality="aftermarket_premium")
    model, repair, line = DeviceModelFactory(name="Fon 1"), RepairTypeFactory(name="Screen"), new_id()
    past = PastPrice(line, model.pk, repair.pk, part.pk, Decimal("75.00"), date(2026, 5, 1))
    monkeypatch.setattr(learning, "past_prices", lambda currency, since, most: [past])

    found = selectors.known_prices("USD", TODAY)

    (one,) = found.prices
    assert (one.id, one.price, one.weight, one.day, found.lines) == (
        f"line:{line}", 75.0, 0.25, date(2026, 5, 1).toordinal(), 1,
    )  # fmt: skip
    assert (one.job.part, one.job.part_name, one.job.quality, one.job.repair_name) == (
        "display", "Display", "aftermarket_premium", "Screen",
    )  # fmt: skip


def test_a_typing_error_is_found_and_named() -> None:
    shop = PricedShop(models=12)
    odd = shop.prices[8]
    Price.objects.filter(pk=odd.pk).update(price=odd.price * 10)

    version = trained()

    assert version.suspicious == [str(odd.pk)]
    assert list(selectors.suspicious_prices(version, actor=SYSTEM)) == [odd]


def test_each_process_reads_a_version_once() -> None:
    PricedShop(models=2)
    trained()
    first = selectors.current_estimator("USD")

    with CaptureQueriesContext(connection) as queries:
        again = selectors.current_estimator("USD")
        none = selectors.current_estimator("CHF")

    assert first is not None
    assert (again is first, none, len(queries)) == (True, None, 2)


def test_a_version_that_cannot_be_read_gives_way_to_the_list_and_is_made_anew(caplog: pytest.LogCaptureFixture) -> None:
    shop = PricedShop(models=2)
    version = trained()
    EstimatorVersion.objects.update(content=b"of another time")
    versions._loaded.clear()

    with caplog.at_level(logging.WARNING, "apps.pricing"):
        loaded = selectors.current_estimator("USD")

    assert loaded is not None
    asked = selectors.Asked(shop.unlisted(), shop.screen)
    told = selectors.estimated_price(asked, actor=SYSTEM, on=TODAY)
    assert (told.price is not None, told.version) == (True, None)
    assert "cannot be read" in caplog.text
    assert trained().number == version.number + 1


def test_the_command_says_what_was_learnt() -> None:
    PricedShop(models=2)
    out = StringIO()

    call_command("train_estimator", currency="USD", stdout=out)
    call_command("train_estimator", stdout=out)

    first, second = out.getvalue().splitlines()
    assert first.startswith("USD 1: 4 prices and 0 lines of the past, in ")
    assert second == "There is nothing new to be learnt."
    with pytest.raises(CommandError, match="QQQ is not an ISO 4217 currency code"):
        call_command("train_estimator", currency="QQQ", stdout=out)


@pytest.mark.exhaustive
def test_the_estimator_is_not_imported_before_the_first_estimate() -> None:
    code = (
        "import django, sys; django.setup(); import config.urls, apps.pricing.tasks; "
        "print([name for name in sys.modules if name.startswith('apps.pricing.estimator')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
