"""Everything that changes users, sessions and customers."""

from apps.accounts.services.customers import create_customer, erase_customer, merge_customers, update_customer
from apps.accounts.services.login import log_in, note_page_login
from apps.accounts.services.sessions import (
    Device,
    TokenPair,
    authenticate,
    end_all_sessions,
    end_session,
    purge_sessions,
    refresh,
)
from apps.accounts.services.users import change_role, create_user, set_active, set_password, update_user

__all__ = [
    "Device", "TokenPair", "authenticate", "change_role", "create_customer", "create_user", "end_all_sessions",
    "end_session", "erase_customer", "log_in", "merge_customers", "note_page_login", "purge_sessions", "refresh",
    "set_active", "set_password", "update_customer", "update_user",
]  # fmt: skip
