"""The demo shop, loaded once for all who only look at it."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from apps.demo import services


@pytest.fixture(scope="module")
def loaded_shop(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), transaction.atomic():
        services.load_demo("Given-Password-7")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo_shop(loaded_shop: None, db: None) -> None:
    """Whatever a test changes in it is undone at its end."""
