"""The pages."""

from apps.dashboard.views.bookings import booking
from apps.dashboard.views.count_results import count_lines, post_count
from apps.dashboard.views.counts import count, counts
from apps.dashboard.views.intake import choose_customer, choose_model, take_in
from apps.dashboard.views.login import LoginPage, second_factor
from apps.dashboard.views.orders import order
from apps.dashboard.views.papers import document
from apps.dashboard.views.password import forgotten, reset
from apps.dashboard.views.registration import register, verify
from apps.dashboard.views.reports import report, report_csv, reports
from apps.dashboard.views.second_factor import confirm
from apps.dashboard.views.security import (
    account,
    add_passkey,
    authenticator,
    end_other_sessions,
    end_session,
    new_recovery_codes,
    password,
    remove_authenticator,
    remove_passkey,
)
from apps.dashboard.views.signing import sign
from apps.dashboard.views.tracking import track, tracked_file
from apps.dashboard.views.unsubscribing import unsubscribe
from apps.dashboard.views.work import home

__all__ = [
    "LoginPage", "account", "add_passkey", "authenticator", "booking", "choose_customer", "choose_model", "confirm",
    "count", "count_lines", "counts", "document", "end_other_sessions", "end_session", "forgotten", "home",
    "new_recovery_codes", "order", "password", "post_count", "register", "remove_authenticator", "remove_passkey",
    "report", "report_csv", "reports", "reset", "second_factor", "sign", "take_in", "track", "tracked_file",
    "unsubscribe", "verify",
]  # fmt: skip
