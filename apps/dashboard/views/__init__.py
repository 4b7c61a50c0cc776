"""The pages."""

from apps.dashboard.views.intake import choose_customer, choose_model, take_in
from apps.dashboard.views.login import LoginPage
from apps.dashboard.views.orders import order
from apps.dashboard.views.work import home

__all__ = ["LoginPage", "choose_customer", "choose_model", "home", "order", "take_in"]
