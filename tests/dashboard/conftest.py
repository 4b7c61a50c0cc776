"""Browsers of each role at one branch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.inventory.models import Branch
from tests.dashboard.browser import Browser
from tests.factories import UserFactory, member

BrowserOf = Callable[[str], Browser]


@pytest.fixture
def browser_of(branch: Branch) -> BrowserOf:
    """``browser_of(role)``: a new member of staff at the branch, an admin of none, a customer, or nobody."""

    def make(role: str) -> Browser:
        if role == "anonymous":
            return Browser()
        if role == "customer":
            return Browser(UserFactory(role="customer"))
        return Browser(member(role, None if role == "admin" else branch))

    return make


@pytest.fixture
def tech(browser_of: BrowserOf) -> Browser:
    return browser_of("technician")


@pytest.fixture
def counter(browser_of: BrowserOf) -> Browser:
    return browser_of("seller")


@pytest.fixture
def boss(browser_of: BrowserOf) -> Browser:
    return browser_of("manager")
