"""The back office as each role meets it."""

import pytest

from apps.inventory.models import Branch
from tests.admin.office import Office
from tests.factories import member


@pytest.fixture
def boss(db: None) -> Office:
    return Office(member("admin", None, first_name="Ada", last_name="Boss"))


@pytest.fixture
def chief(branch: Branch) -> Office:
    """The manager of the branch."""
    return Office(member("manager", branch, first_name="Mo", last_name="Chief"))
