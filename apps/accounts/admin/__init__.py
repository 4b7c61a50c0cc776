"""People in the back office."""

from apps.accounts.admin.customers import CustomerAdmin
from apps.accounts.admin.users import SessionAdmin, UserAdmin

__all__ = ["CustomerAdmin", "SessionAdmin", "UserAdmin"]
